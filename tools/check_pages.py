"""Write the pages of checks from the rules; with `--check`, only say whether they are up
to date.
"""

from __future__ import annotations

import sys

from scaffold import explain, messages
from scaffold.checks.rules import RULES
from tools.written import ROOT, write

# In each language: file, title, introduction, the heads of the table, and what
# says that `--fix` can correct it.
PAGES = {
    "en": (
        "reference/checks.md",
        "Checks",
        """`scaffold check` reads a project and reports what breaks the platform's contract; nothing
of it is started. Words in braces stand for what is found.

| severity | meaning |
| --- | --- |
| error | will not deploy, or leaks; the exit code is 1 |
| warning | will bite |
| note | good to know |""",
        ("rule", "severity", "what is wrong", "`--fix`"),
        "yes",
    ),
    "zh": (
        "reference/checks.zh.md",
        "检查规则",
        """`scaffold check` 读取项目，报告不符合平台要求的地方，不会启动应用。
花括号中的内容会替换为实际情况。

| 级别 | 含义 |
| --- | --- |
| 错误 | 无法部署，或泄露数据；退出码为 1 |
| 警告 | 迟早会出问题 |
| 提示 | 值得了解 |""",
        ("规则", "级别", "问题", "`--fix`"),
        "可以",
    ),
}


def page(language: str) -> str:
    """Return the page of one language."""
    _, title, introduction, heads, fixes = PAGES[language]
    texts = messages.area("check", language)
    lines = [
        f"# {title}",
        "",
        "<!-- Written by `make pages` from scaffold/checks. -->",
        "",
        introduction,
        "",
    ]
    lines += [f"| {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
    for rule in RULES:
        severity = texts[f"check.severity.{rule.severity}"]
        name = f"[{rule.id}](#{rule.id.lower()})"
        lines.append(
            f"| {name} | {severity} | {texts[f'check.{rule.id}.title']} | "
            f"{fixes if rule.fixable else ''} |"
        )
    for rule in RULES:
        lines += [
            "",
            f'<a id="{rule.id.lower()}"></a>',
            "",
            f"## {rule.id} {texts[f'check.{rule.id}.title']}",
            "",
        ]
        with messages.speaking(language):
            lines += explain.section(f"check.{rule.id}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` report those that differ."""
    pages = {ROOT / "docs" / PAGES[language][0]: page(language) for language in PAGES}
    return write(pages, check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
