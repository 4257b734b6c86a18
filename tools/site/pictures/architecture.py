"""Draw how the parts fit together, in each language."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT, GAP, BOX = 640, 634, 12, 54
LEFT, RIGHT = 20, 620
# What stands in the boxes of each row, above what it is in each language.
NAMES = {
    "source": ("copier.yml", "templates/", "releases/"),
    "doors": ("scaffold new", "copier copy", "cookiecutter"),
    "later": ("scaffold update", "scaffold migrate", "scaffold adopt"),
    "engine": ("scaffold check", "scaffold boot", "scaffold up"),
}
BOXES = {
    "en": {
        "source": ("the questions", "the files", "every version"),
        "doors": ("the command line", "copier", "cookiecutter"),
        "later": ("newer versions", "LC_ to LEANCLOUD_", "old projects"),
        "engine": ("reads it", "rehearses it", "runs it daily"),
    },
    "zh": {
        "source": ("问题", "文件", "所有版本"),
        "doors": ("命令行", "copier", "cookiecutter"),
        "later": ("升级版本", "LC_ 改为 LEANCLOUD_", "接管旧项目"),
        "engine": ("检查", "演练部署", "日常运行"),
    },
}
PROJECT = {
    "en": (
        ("yours", "app, views, cloud functions, tests"),
        ("kept in step by updates", "wsgi.py, leanengine.yaml, pins"),
    ),
    "zh": (
        ("归你", "应用、视图、云函数、测试"),
        ("随更新同步", "wsgi.py、leanengine.yaml、依赖版本"),
    ),
}
HOSTS = {
    "en": (("LeanEngine", "until 2027-01-12"), ("any container host", "afterwards")),
    "zh": (("云引擎", "至 2027-01-12"), ("任何容器平台", "之后")),
}
WORDS = {
    "en": {
        "title": (
            "From one source through three doors to your project, which is checked and "
            "rehearsed, then deployed"
        ),
        "source": "one source",
        "doors": "three doors, the same files byte for byte",
        "later": "and later, from the same source",
        "project": "your project",
        "engine": "the platform as code",
    },
    "zh": {
        "title": "同一来源经三个入口生成你的项目，部署之前先检查、先演练",
        "source": "同一来源",
        "doors": "三个入口，生成的文件逐字节相同",
        "later": "之后的更新也来自同一来源",
        "project": "你的项目",
        "engine": "用代码实现的平台约定",
    },
}
STYLE = """
svg{--back:#fff;--box:#f3f6f6;--line:#9db3b0;--text:#14302d;--soft:#52706c;
--strong:#0b5f57;--on:#fff;--onsoft:#cfe7e3}
@media (prefers-color-scheme:dark){
svg{--back:#1d2129;--box:#282e38;--line:#56696a;--text:#e3eceb;--soft:#9fb3b1;--strong:#0e7a70}}
text{font-family:system-ui,-apple-system,'Segoe UI','PingFang SC','Noto Sans CJK SC',
'Microsoft YaHei',sans-serif;
text-anchor:middle;fill:var(--text)}
.name{font-size:15px;font-weight:600}.what,.band{font-size:12.5px;fill:var(--soft)}
.box{fill:var(--box);stroke:var(--line)}.strong{fill:var(--strong)}
.inner{fill:none;stroke:var(--onsoft);stroke-dasharray:4 3}
.on{fill:var(--on)}.soft{fill:var(--onsoft)}
path{fill:none;stroke:var(--line);stroke-width:2;marker-end:url(#tip)}
#tip path{fill:var(--line);stroke:none;marker-end:none}
"""


def architecture(language: str) -> str:
    """Return the picture of one language; its colours follow the reader's, light or dark."""
    return "\n".join(_picture(language)) + "\n"


def _picture(language: str) -> Iterator[str]:
    words = WORDS[language]
    rows = {
        row: list(zip(names, BOXES[language][row], strict=True)) for row, names in NAMES.items()
    }
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    yield f"<title>{escape(words['title'])}</title><style>{STYLE}</style>"
    yield (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto">'
    )
    yield '<path d="M0 0L8 4L0 8z"/></marker></defs>'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="10" style="fill:var(--back)"/>'
    for row, y in (("source", 30), ("doors", 134), ("later", 224), ("engine", 468)):
        yield f'<text class="band" x="{WIDTH // 2}" y="{y}">{escape(words[row])}</text>'
        yield from _row(rows[row], y + 10)
    for start, end in ((94, 114), (288, 312), (428, 448), (532, 556)):
        yield f'<path d="M{WIDTH // 2} {start}V{end}"/>'
    yield from _project(words["project"], PROJECT[language], 316)
    yield from _row(HOSTS[language], 560)
    yield "</svg>"


def _row(boxes: Sequence[tuple[str, str]], y: int) -> Iterator[str]:
    width = (RIGHT - LEFT - GAP * (len(boxes) - 1)) / len(boxes)
    for number, (name, what) in enumerate(boxes):
        x = LEFT + number * (width + GAP)
        yield f'<rect class="box" x="{x:g}" y="{y}" width="{width:g}" height="{BOX}" rx="6"/>'
        yield f'<text class="name" x="{x + width / 2:g}" y="{y + 23}">{escape(name)}</text>'
        yield f'<text class="what" x="{x + width / 2:g}" y="{y + 42}">{escape(what)}</text>'


def _project(name: str, parts: Sequence[tuple[str, str]], y: int) -> Iterator[str]:
    yield f'<rect class="strong" x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="112" rx="8"/>'
    yield f'<text class="name on" x="{WIDTH // 2}" y="{y + 26}">{escape(name)}</text>'
    half = (RIGHT - LEFT - 3 * GAP) / 2
    for number, (head, what) in enumerate(parts):
        x = LEFT + GAP + number * (half + GAP)
        yield f'<rect class="inner" x="{x:g}" y="{y + 40}" width="{half:g}" height="58" rx="5"/>'
        yield f'<text class="name on" x="{x + half / 2:g}" y="{y + 64}">{escape(head)}</text>'
        yield f'<text class="what soft" x="{x + half / 2:g}" y="{y + 85}">{escape(what)}</text>'
