"""Write the pages of errors from the messages; with `--check`, only say whether they are up to date."""

from __future__ import annotations

import sys

from scaffold import messages
from scaffold.errors import PARTS, ScaffoldError
from tools.written import ROOT, write

# In each language: file, title, introduction, and the words before an error's parts.
PAGES = {
    "en": (
        "reference/errors.md",
        "Errors and exit codes",
        """Every error says what was seen, why it matters and what to change. Words in braces stand for what is found.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | the answer is no: not healthy, or the system refused (disk full, no permission) |
| 2 | wrong usage: an option, an answer or a file of answers; nothing was tried |
| 3 | conflicts are left to resolve |
| 130 | interrupted with Ctrl-C |""",
    ),
    "zh": (
        "reference/errors.zh.md",
        "错误与退出码",
        """每个错误都会说明现象、原因和解决办法。花括号中的内容会替换为实际情况。

| 退出码 | 含义 |
| --- | --- |
| 0 | 完成 |
| 1 | 结果为否：不健康，或系统拒绝（磁盘已满、没有权限） |
| 2 | 用法错误：选项、回答或回答文件有误；什么都没有做 |
| 3 | 有冲突需要处理 |
| 130 | 被 Ctrl-C 中断 |""",
    ),
}


def error_keys() -> list[str]:
    """Return the key of every error, in alphabetical order."""
    areas = sorted(path.stem for path in (ROOT / "scaffold" / "messages" / "en").glob("*.json"))
    keys = (key for name in areas for key in messages.area(name, "en"))
    return sorted(key.removesuffix(".title") for key in keys if ".error." in key and key.endswith(".title"))


def page(language: str) -> str:
    """Return the page of one language."""
    _, title, introduction = PAGES[language]
    labels = messages.area("cli", language)
    lines = [f"# {title}", "", "<!-- Written by `make pages` from scaffold/messages. -->", "", introduction]
    for key in error_keys():
        texts = messages.area(key.partition(".")[0], language)
        lines += ["", f'<a id="{ScaffoldError(key).anchor}"></a>', "", f"## {_plain(texts[f'{key}.title'])}", ""]
        for part in PARTS:
            label = labels[f"cli.error.{part}"].strip().rstrip(":：")
            lines.append(f"- **{label}**: {_plain(texts[f'{key}.{part}'])}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Return a message as Markdown: conversions left out of its placeholders, on one line."""
    return text.replace("!r}", "}").replace("\n", " ")


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` report those that differ."""
    pages = {ROOT / "docs" / PAGES[language][0]: page(language) for language in PAGES}
    return write(pages, check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
