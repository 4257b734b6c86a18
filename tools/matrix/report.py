"""Record what was started, for `scaffold list --matrix`, and write
docs/reference/matrix.md from the record.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import TYPE_CHECKING

from scaffold import matrix, messages
from tools.written import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tools.matrix.run import Row

VERSIONS = {"en": "versions", "zh": "版本"}
# In each language: file, title, introduction.
PAGES = {
    "en": (
        "reference/matrix.md",
        "What starts",
        """Every kind of project that `scaffold new` offers, made, built and started by
`scaffold boot`: each starter × server × cloud functions × dependencies on Python 3.11, and each
starter with its default answers on every Python.
*Started* means that all steps of the rehearsal passed, from the installation to SIGTERM.

The seconds from the start to the first passed health check, and the memory (PSS of all processes,
with one worker for one CPU), were taken with two projects at a time on the machine; benchmarks/ has
careful figures.""",
    ),
    "zh": (
        "reference/matrix.zh.md",
        "哪些组合可以启动",
        """`scaffold new` 提供的每种项目都经过生成、构建，并由 `scaffold boot` 启动：
Python 3.11 上的每种模板 × 服务器 × 云函数 × 依赖，以及每个 Python 版本上的每种模板（默认选项）。
“已启动”表示从安装到 SIGTERM 的每一步都通过。

从启动到第一次通过健康检查的秒数，以及内存（所有进程的 PSS，一个 CPU、一个工作进程），
是在同时运行两个项目时测得的；更精确的数据见 benchmarks/。""",
    ),
}


def record(rows: Mapping[str, Row], names: Sequence[str]) -> None:
    """Record rows by the names of their cases; rows of before stay, unless
    their case is not among `names`.
    """
    kept = {each["name"]: each for each in matrix.load()["rows"]} if matrix.RECORD.exists() else {}
    kept |= {
        name: {"name": name, **found, "reason": _first_line(found["reason"])}
        for name, found in rows.items()
    }
    content = {"platform": _platform(), "rows": [kept[name] for name in names if name in kept]}
    matrix.RECORD.write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n"
    )


def _first_line(reason: str) -> str:
    # The rest holds paths of the machine.
    return reason.partition("\n")[0]


def _platform() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"


def page(language: str) -> str:
    """Return the page of one language."""
    _, title, introduction = PAGES[language]
    spoken = messages.language()
    messages.set_language(language)
    found = matrix.load()
    rows = [[*matrix.header(), VERSIONS[language]]]
    for row, cells in zip(found["rows"], matrix.lines(found), strict=True):
        rows.append(
            [
                *cells,
                ", ".join(f"{package} {version}" for package, version in row["versions"].items()),
            ]
        )
    summary = matrix.summary(found)
    messages.set_language(spoken)
    rows.insert(1, ["---", "---", "---", "---", "---", "---:", "---:", "---"])
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    note = "<!-- Written by `make matrix` from scaffold/matrix.json. -->"
    return "\n\n".join([f"# {title}", note, introduction, summary, table]) + "\n"


def write_pages(*, check: bool = False) -> int:
    """Write the pages, or only say which differ; return the exit code."""
    pages = {ROOT / "docs" / file: page(language) for language, (file, *_) in PAGES.items()}
    return write(pages, check=check)


if __name__ == "__main__":
    sys.exit(write_pages(check="--check" in sys.argv[1:]))
