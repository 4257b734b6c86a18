"""The pictures' script: what a terminal shows becomes an SVG that plays, and the
drawing speaks both languages.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import ROOT
from tools.imports import LAYERS
from tools.site.pictures import modules
from tools.site.pictures.animation import animation
from tools.site.pictures.architecture import architecture
from tools.site.pictures.terminal import Run, Screen, Terminal

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = ROOT / "docs" / "assets" / "pictures"


def _screen(*lines: str) -> Screen:
    return tuple(
        (Run(0, len(line), line, "default", bold=False, reverse=False),) if line else ()
        for line in lines
    )


def _texts(svg: str) -> list[str]:
    return [str(element.text) for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def test_recording(tmp_path: Path) -> None:
    """Keys reach a real shell, and each change of the screen is kept: colours,
    wide characters, the typed line.
    """
    terminal = Terminal(tmp_path, {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    try:
        terminal.type(r"printf '\033[1;32m你好\033[0m  ok\n'")
        terminal.wait()
    finally:
        terminal.close()
    times = [seconds for seconds, _ in terminal.frames]
    assert times == sorted(times)
    last = terminal.frames[-1][1]
    assert last[1][0] == Run(0, 4, "你好", "green", bold=True, reverse=False)
    assert [(run.column, run.text) for run in last[1][1:]] == [(6, "ok")]
    typed = {line[0].text for _, screen in terminal.frames for line in screen[:1] if line}
    assert {"$ p", "$ pri", "$ printf"} <= typed


def test_timeout(tmp_path: Path) -> None:
    """What does not come is not waited for without end, and the screen tells why."""
    terminal = Terminal(tmp_path, {"PATH": os.environ["PATH"]})
    try:
        with pytest.raises(TimeoutError, match=r"\$"):
            terminal.wait("never", timeout=0.3)
    finally:
        terminal.close()


def test_animation() -> None:
    """Each line is stored once, is escaped, and every screen has its time; a
    blink is left out, a wait is short.
    """
    frames = [
        (0.0, _screen("a <b>")),
        (1.0, _screen("a <b>", "c")),
        (1.01, _screen("gone")),
        (60.0, _screen("a <b>", "d")),
    ]
    svg = animation(frames, "title & more")
    # The last screen is shown first.
    assert _texts(svg) == ["a <b>", "d", "gone"]
    assert "<title>title &amp; more</title>" in svg
    assert svg.count('href="#l0"') == 2
    steps = re.findall(r"([\d.]+)%\{transform:translateX\((-?[\d.e+]+)px\)\}", svg)
    assert len(steps) == 3
    assert steps[0] == ("0.000", "0")
    total = re.search(r"play ([\d.]+)s", svg)
    assert total
    assert float(total[1]) == pytest.approx(1.0 + 1.4 + 5.0)
    assert "prefers-reduced-motion" in svg


def test_architecture() -> None:
    """The committed drawing is the present one, and both languages have the same boxes."""
    english, chinese = architecture("en"), architecture("zh")
    assert (PICTURES / "architecture.svg").read_text("utf-8") == english
    assert (PICTURES / "architecture.zh.svg").read_text("utf-8") == chinese
    assert len(_texts(english)) == len(_texts(chinese)) > 25
    assert re.sub(r">[^<]+<", "><", english) == re.sub(r">[^<]+<", "><", chinese)


def test_modules() -> None:
    """The committed drawings of scaffold's parts are those of its present imports."""
    drawn = dict(modules.pictures())
    assert {name: (PICTURES / name).read_text("utf-8") for name in drawn} == drawn
    assert set(_texts(drawn["modules.svg"])) >= {name for layer in LAYERS for name in layer}
    assert {"commands/new", "catalog"} < set(_texts(drawn["flow-new.svg"]))
    assert "engine" not in _texts(drawn["flow-new.svg"])


NARROW = ("terminal-narrow.svg", "terminal-narrow.zh.svg")


@pytest.mark.parametrize("name", ["terminal.svg", "terminal.zh.svg", *NARROW])
def test_recordings(name: str) -> None:
    """The committed recordings show the programs at work, end well, and name no path of
    a checkout.
    """
    texts = _texts((PICTURES / name).read_text("utf-8"))
    assert any("scaffold new myapp" in text for text in texts) == (name not in NARROW)
    assert any("scaffold boot" in text for text in texts)
    assert any("SIGTERM" in text for text in texts)
    assert [text for text in texts if "✗" in text or "Traceback" in text] == []
    paths = {
        path
        for text in texts
        for path in re.findall(r"(?<![\w.:{-])/(?:home|root|Users|work|tmp)/[\w./-]+", text)
    }
    assert all(path.startswith("/tmp/demo") for path in paths)
    assert str(ROOT) not in "".join(texts)


def test_pictures_are_small() -> None:
    """Whoever opens the start page does not wait."""
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert {name for name, size in sizes.items() if size > 200_000} == set()
