"""Write a recorded terminal as an SVG that plays by itself, without a script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from wcwidth import wcswidth

from tools.site.pictures.terminal import COLUMNS, LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.site.pictures.terminal import Run, Screen

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 18, 14
MARGIN, BAR = 16, 30
BACKGROUND, FOREGROUND = "#14181f", "#d6dbe3"
COLORS = {
    "default": FOREGROUND,
    "black": "#5c6370",
    "red": "#ff7a70",
    "green": "#6bd38a",
    "brown": "#e5c453",
    "blue": "#6cb2ff",
    "magenta": "#d59bff",
    "cyan": "#56d3e0",
    "white": "#ffffff",
}
# Nobody watches a download, and nobody reads what is gone after a blink.
LONGEST, SHORTEST, LAST = 1.4, 0.05, 5.0


def animation(
    frames: Sequence[tuple[float, Screen]],
    title: str,
    *,
    columns: int = COLUMNS,
    lines: int = LINES,
) -> str:
    """Return the SVG.

    Args:
        frames: what the screen shows from which second on.
        title: what it shows, for those who do not see it.
        columns: how wide the terminal is.
        lines: how high it is.
    """
    shown = _paced(frames)
    width, height = columns * CELL_WIDTH + 2 * MARGIN, lines * CELL_HEIGHT + 2 * MARGIN + BAR
    known = dict.fromkeys(line for _, screen in shown for line in screen if line)
    numbers = {line: number for number, line in enumerate(known)}
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
                'role="img">'
            ),
            f"<title>{escape(title)}</title>",
            f"<style>{_style([seconds for seconds, _ in shown], width)}</style>",
            "<defs>",
            *(
                f'<g id="l{number}">{"".join(map(_run, line))}</g>'
                for line, number in numbers.items()
            ),
            "</defs>",
            f'<rect width="{width:g}" height="{height:g}" rx="10" fill="{BACKGROUND}"/>',
            *(
                f'<circle cx="{22 + 20 * n}" cy="20" r="6" fill="{color}"/>'
                for n, color in enumerate(_LIGHTS)
            ),
            f'<svg x="0" y="{BAR}" width="{width:g}" height="{height - BAR:g}"><g class="film">',
            *(_frame(screen, number * width, numbers) for number, (_, screen) in enumerate(shown)),
            "</g></svg>",
            "</svg>",
            "",
        ]
    )


_LIGHTS = ("#ff5f57", "#febc2e", "#28c840")


def _style(durations: Sequence[float], width: float) -> str:
    """Return what moves the film, on which the screens lie side by side; who
    wants no motion sees the first one.
    """
    total, passed, steps = sum(durations), 0.0, []
    for number, seconds in enumerate(durations):
        steps.append(f"{100 * passed / total:.3f}%{{transform:translateX({-number * width:g}px)}}")
        passed += seconds
    return f"""
text{{font:{FONT_SIZE}px {_FONTS};fill:{FOREGROUND};white-space:pre}}.b{{font-weight:700}}
@keyframes play{{{"".join(steps)}}}
.film{{animation:play {total:.2f}s steps(1,end) infinite}}
@media (prefers-reduced-motion:reduce){{.film{{animation:none}}}}
"""


_FONTS = "ui-monospace,'SF Mono','Cascadia Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"


def _paced(frames: Sequence[tuple[float, Screen]]) -> list[tuple[float, Screen]]:
    """Return how long each frame is shown; those that nobody could see are left out.

    The last one comes first: who looks at a page for a moment sees what the programs did.
    """
    found: list[tuple[float, Screen]] = []
    ends = [begin for begin, _ in frames[1:]]
    for (begin, screen), end in zip(frames, ends, strict=False):
        if end - begin >= SHORTEST:
            found.append((min(end - begin, LONGEST), screen))
    return [(LAST, frames[-1][1]), *found]


def _frame(screen: Screen, left: float, numbers: dict[tuple[Run, ...], int]) -> str:
    uses = (
        f'<use href="#l{numbers[line]}" y="{MARGIN + CELL_HEIGHT * number:g}"/>'
        for number, line in enumerate(screen)
        if line
    )
    return f'<g transform="translate({left + MARGIN:g})">{"".join(uses)}</g>'


def _run(run: Run) -> str:
    """Return a run at its columns: whatever the font, the next one starts where it has to."""
    x, width = run.column * CELL_WIDTH, run.width * CELL_WIDTH
    color = COLORS.get(run.color, f"#{run.color}")
    fill = BACKGROUND if run.reverse else color
    box = (
        f'<rect x="{x:g}" width="{width:g}" height="{CELL_HEIGHT}" fill="{color}"/>'
        if run.reverse
        else ""
    )
    bold = ' class="b"' if run.bold else ""
    shown = "" if fill == FOREGROUND else f' fill="{fill}" style="fill:{fill}"'
    length = _columns(run.text) * CELL_WIDTH
    text = escape(run.text, quote=False)
    return f'{box}<text x="{x:g}" y="13.5" textLength="{length:g}"{bold}{shown}>{text}</text>'


def _columns(text: str) -> int:
    return max(wcswidth(text), 1)
