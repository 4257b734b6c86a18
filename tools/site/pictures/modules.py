"""Draw the parts of scaffold in their layers, and what each of four commands uses of them.

The pictures hold names of modules only, so that both languages share them.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tools.imports import LAYERS, PACKAGE, graph, part, parts, reached
from tools.site.pictures.architecture import STYLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

WIDTH, MARGIN, GAP = 640, 20, 8
BOX, ROW_GAP = 28, 18
LETTER, PADDING = 8.2, 18
# Commands with a picture of the parts that they use.
FLOWS = ("new", "update", "boot", "check")
NAMES = ".part{font:13px ui-monospace,SFMono-Regular,Menlo,monospace}"


def pictures() -> Iterator[tuple[str, str]]:
    """Yield each picture with the name of its file."""
    modules = graph()
    yield "modules.svg", _picture("The parts of scaffold in layers", parts(modules))
    for command in FLOWS:
        used = reached(modules, f"{PACKAGE}.commands.{command}") - {PACKAGE}
        title = f"What scaffold {command} uses"
        yield f"flow-{command}.svg", _picture(title, {part(module) for module in used}, command)


def _picture(title: str, names: Collection[str], command: str = "") -> str:
    known = [[name for name in layer if name in names] for layer in reversed(LAYERS)]
    unknown = sorted(set(names) - {name for layer in LAYERS for name in layer})
    lines: list[str] = []
    y = MARGIN
    for layer in (*known, unknown):
        for row in _rows(layer):
            lines += _row(row, y, command)
            y += BOX + GAP
        y += (ROW_GAP - GAP) if layer else 0
    height = y - ROW_GAP + MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    style = f"<title>{escape(title)}</title><style>{STYLE}{NAMES}</style>"
    back = f'<rect width="{WIDTH}" height="{height}" rx="10" style="fill:var(--back)"/>'
    return "\n".join([head, style, back, *lines, "</svg>", ""])


def _rows(names: Collection[str]) -> list[list[str]]:
    """Return the names of a layer in rows that fit the picture."""
    rows: list[list[str]] = []
    for name in names:
        if rows and _width([*rows[-1], name]) <= WIDTH - 2 * MARGIN:
            rows[-1].append(name)
        else:
            rows.append([name])
    return rows


def _width(names: Collection[str]) -> float:
    return sum(_box_width(name) for name in names) + GAP * (len(names) - 1)


def _box_width(name: str) -> float:
    return len(name) * LETTER + PADDING


def _row(names: list[str], y: int, command: str) -> Iterator[str]:
    x = (WIDTH - _width(names)) / 2
    for name in names:
        width = _box_width(name)
        shown = f"commands/{command}" if command and name == "commands" else name
        if shown != name:
            x, width = (WIDTH - _box_width(shown)) / 2, _box_width(shown)
        kind, text = ("strong", "part on") if name == "commands" else ("box", "part")
        yield f'<rect class="{kind}" x="{x:g}" y="{y}" width="{width:g}" height="{BOX}" rx="5"/>'
        yield f'<text class="{text}" x="{x + width / 2:g}" y="{y + 19}">{escape(shown)}</text>'
        x += width + GAP
