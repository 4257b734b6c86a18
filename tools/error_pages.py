"""Write the pages of errors from the messages; with `--check`, only say
whether they are up to date.
"""

from __future__ import annotations

import sys

from scaffold import explain, messages
from scaffold.errors import ScaffoldError
from tools.written import ROOT, write

# In each language: file, title, introduction, and the words before an error's parts.
PAGES = {
    "en": (
        "reference/errors.md",
        "Errors and exit codes",
        """Every error says what was seen, what to change, and why unless its title says so.
`scaffold explain CODE` prints this in the terminal. Words in braces stand for what is found.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | the answer is no: not healthy, or the system refused (disk full, no permission) |
| 2 | wrong usage: an option, an answer or a data file; nothing was tried |
| 3 | conflicts are left to resolve |
| 130 | interrupted with Ctrl-C |""",
    ),
    "zh": (
        "reference/errors.zh.md",
        "错误与退出码",
        """每个错误都会说明现象、原因（标题已经说明的除外）和解决办法。
`scaffold explain 代码` 在终端中显示这里的内容。花括号中的内容会替换为实际情况。

| 退出码 | 含义 |
| --- | --- |
| 0 | 完成 |
| 1 | 结果为否：不健康，或系统拒绝（磁盘已满、没有权限） |
| 2 | 用法错误：命令行选项、项目选项或选项文件有误；什么都没有做 |
| 3 | 有冲突需要处理 |
| 130 | 被 Ctrl-C 中断 |""",
    ),
}


def page(language: str) -> str:
    """Return the page of one language."""
    _, title, introduction = PAGES[language]
    with messages.speaking(language):
        lines = [
            f"# {title}",
            "",
            "<!-- Written by `make pages` from scaffold/messages. -->",
            "",
            introduction,
        ]
        for key in explain.error_keys():
            lines += ["", f'<a id="{ScaffoldError(key).code}"></a>', ""]
            lines += [f"## {explain.template(f'{key}.title')}", "", *explain.section(key)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` report those that differ."""
    pages = {ROOT / "docs" / PAGES[language][0]: page(language) for language in PAGES}
    return write(pages, check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
