{% raw %}"""Say what to type next, as `scaffold new` does.

Written by `make pages` from scaffold/printable.py, scaffold/messages/__init__.py, scaffold/errors.py, scaffold/nextsteps.py, hooks/within.py, hooks/post_gen_project.py, copier.yml and scaffold/messages. Change those.
"""

from __future__ import annotations

import json
import sys

if sys.version_info < (3, 10):
    sys.exit("cookiecutter must run on Python 3.10 or newer for this template")

messages = sys.modules[__name__]


# scaffold/printable.py
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# C0, DEL and C1; marks, overrides and isolates of the reading direction; Unicode's own line ends;
# a byte order mark; bytes of a file name that are no text. Tabs stay.
_CONTROLS = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
)
# Patterns are compiled where they are used, by `re` itself, once: that takes longer than all else
# here, and text that is all printable needs none.
_IN_LINES = f"[{_CONTROLS}]"
# Colours and weight: the only sequences that change nothing but how the text after them looks.
_STYLE = r"\x1b\[[\d;]*m"
# GitHub Actions takes a line for a command that begins so, blanks before it or not; it and Azure
# Pipelines also take `##[…]` and `##vso[…]` anywhere in a line.
_MARKED_COMMAND = r"##(?=\w*\[)"
_COMMAND = rf"(?m)^([^\S\n]*):(?=:)|{_MARKED_COMMAND}"
# A word, or one Chinese character, with the punctuation that no line may begin with.
_PIECE = r"\s*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[，。、；：！？）”…]*"
_TWO_DIGITS = range(0x100)
_SHOWN = 5
_SHORT = {"\n": "\\n", "\r": "\\r"}
_BYTE_ESCAPES = range(
    0xDC80, 0xDD00
)  # PEP 383: where Python puts bytes of a name that it cannot decode


class Lines(str):
    """Text of others that may have several lines where it is shown, such as what git says."""

    __slots__ = ()


def printable(value: object) -> str:
    """Return text that stays on one line and does nothing to a terminal."""
    text = str(value)
    return text if text.isprintable() else re.sub(f"\n|{_IN_LINES}", _escaped, text)


def cut(text: str, length: int) -> str:
    """Return a text with no more characters than that, and an ellipsis where it had more."""
    return text if len(text) <= length else f"{text[:length]}…"


def shortened(names: Sequence[str]) -> str:
    """Return a few of many names, enough to recognise them, and how many there are."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown}, … ({len(names)})" if len(names) > _SHOWN else shown


def wrapped(line: str, columns: int) -> list[str]:
    """Return a text in lines that are at most so wide on a terminal; a longer word stays whole."""
    from rich.cells import cell_len

    lines = [""]
    for piece in re.findall(_PIECE, line):
        if lines[-1] and cell_len(lines[-1] + piece) > columns:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


def printable_lines(text: str, *, styles: bool = False) -> str:
    """Return lines of text that do nothing to a terminal.

    Args:
        text: may have several lines.
        styles: leave colours as they are.
    """
    if text.replace("\n", "").isprintable():
        return text
    if styles:
        return re.sub(f"{_STYLE}|{_IN_LINES}", _escaped_unless_style, text)
    return re.sub(_IN_LINES, _escaped, text)


def without_commands(text: str) -> str:
    """Return text in which no CI system finds a command; all else stays."""
    if "::" not in text and "##" not in text:
        return text
    return re.sub(
        _COMMAND, lambda match: "#\\x23" if match[0] == "##" else f"{match[1]}\\x3a", text
    )


def in_json(text: str) -> str:
    """Return the same JSON with escapes for what JSON may hold and a terminal should not."""
    escaped = re.sub(_IN_LINES, lambda match: f"\\u{ord(match[0]):04x}", text)
    return re.sub(_MARKED_COMMAND, "#\\\\u0023", escaped)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code in _BYTE_ESCAPES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code in _TWO_DIGITS else f"\\u{code:04x}"


def _escaped_unless_style(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("\x1b[") else _escaped(match)

# scaffold/messages/__init__.py
import json
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "zh")
_HERE = Path(__file__).parent
_areas: dict[tuple[str, str], dict[str, str]] = {}
_language = "en"
_spoken: ContextVar[str] = ContextVar("_spoken", default="")


class _Formatter(Formatter):
    """`str.format` with values that stay on one line and do nothing to a terminal."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a value as it stands in the message."""
        shown = super().format_field(value, format_spec)
        return printable_lines(shown) if isinstance(value, Lines) else printable(shown)


_formatter = _Formatter()


def language() -> str:
    """Return the language messages are given in: `en` or `zh`."""
    return _spoken.get() or _language


def set_language(code: str) -> None:
    """Give messages in `code`, one of `LANGUAGES`, from now on."""
    # One process prints one language; passing it everywhere would explain nothing.
    global _language
    _language = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Give messages in another language within the block, in this thread only."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def detect_language(environ: Mapping[str, str]) -> str:
    """Return the language that the POSIX locale variables ask for, English
    unless they name Chinese.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def area(name: str, code: str) -> dict[str, str]:
    """Return all messages of one area in one language."""
    if (code, name) not in _areas:
        _areas[code, name] = json.loads((_HERE / code / f"{name}.json").read_bytes())
    return _areas[code, name]


def exists(key: str) -> bool:
    """Return whether there is a message `key`."""
    return key in area(key.partition(".")[0], language())


def text(key: str, /, **params: object) -> str:
    """Return the message `key` in the current language, its placeholders filled.

    Raises:
        KeyError: no such message, or a placeholder without a value: a fault
            of the program, not of the user.
    """
    messages = area(key.partition(".")[0], language())
    return _formatter.vformat(messages[key], (), params)

# scaffold/errors.py
from typing import ClassVar


PARTS = ("seen", "why", "fix")


class ScaffoldError(Exception):
    """A failure the user can act on.

    Args:
        key: the message group, for example `new.error.target-not-empty`.
        params: values for the placeholders of the group's messages.

    Attributes:
        cause: what a program printed about the failure, such as `app.py:37 RuntimeError: boom`; it
            takes the place of the title.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params
        self.cause = ""

    @property
    def code(self) -> str:
        """The name by which `scaffold explain` and the page of errors know it."""
        return self.key.replace(".error.", "-")

    def parts(self) -> dict[str, str]:
        """Return the error in the current language: title, seen, why if there is one, fix."""
        keys = {part: f"{self.key}.{part}" for part in ("title", *PARTS)}
        found = {
            part: messages.text(key, **self.params)
            for part, key in keys.items()
            if messages.exists(key)
        }
        if self.cause:
            found["seen"] = f"{found['title']}: {found['seen']}"
            found["title"] = printable(self.cause)
        return found

    def __str__(self) -> str:
        """Return the whole error as the command line prints it."""
        parts = self.parts()
        lines = [messages.text("cli.error", title=parts["title"])]
        for part in PARTS:
            if part in parts:
                label = messages.text(f"cli.error.{part}")
                lines.append(f"  {label} {parts[part]}".replace("\n", "\n    "))
        return "\n".join(lines)


class UsageError(ScaffoldError):
    """The command, an answer or a data file is wrong: nothing was tried."""

    exit_code = 2


class FailedError(ScaffoldError):
    """The request was right and could not be carried out, or the answer is no."""

    exit_code = 1

# scaffold/nextsteps.py
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.questions import Answer

_IS_WINDOWS = os.name == "nt"


class Step(NamedTuple):
    """A command to type, and the last word of the message `new.next.…` that says what for."""

    command: str
    reason: str = ""


def next_steps(
    folder: Path, answers: Mapping[str, Answer], files: Mapping[str, bytes]
) -> list[Step]:
    """Return the next commands for a project, for this system's shell.

    Args:
        folder: the project.
        answers: its answers.
        files: its files; what its leanengine.yaml installs, a virtualenv on Windows needs too.
    """
    steps = [Step(command) for command in enter(folder)]
    if "leanengine.yaml" not in files or "python" not in answers:
        # Of another template, which may be for something else.
        return steps
    if _IS_WINDOWS:  # where scaffold starts nothing
        return [*steps, *_by_hand(answers, files)]
    commands = ("up", "test", "boot")
    return [*steps, *(Step(f"scaffold {name}", name) for name in commands)]


def lines(steps: Sequence[Step]) -> list[str]:
    """Return steps as they are printed: each with what it is for, below each other."""
    width = max((len(step.command) for step in steps if step.reason), default=0)
    return [
        f"{step.command:<{width}}   {text(f'new.next.{step.reason}')}"
        if step.reason
        else step.command
        for step in steps
    ]


def enter(folder: Path) -> list[str]:
    """Return the command that goes to a folder, none if that is the current one."""
    # The name that the user knows, not what it links to.
    absolute = Path(os.path.abspath(folder))
    if absolute == Path.cwd():
        return []
    try:
        shown = str(absolute.relative_to(Path.cwd()))
    except ValueError:
        shown = str(absolute)
    if shown.startswith("-"):  # `cd` would take it for an option, quoted or not
        shown = os.path.join(os.curdir, shown)
    return [f'cd "{shown}"' if _IS_WINDOWS and " " in shown else f"cd {shlex.quote(shown)}"]


def _by_hand(answers: Mapping[str, Answer], files: Mapping[str, bytes]) -> list[Step]:
    """Return the steps of Windows: a virtualenv with all packages, then the tests."""
    python = r".venv\Scripts\python"
    alone = re.findall(rb"pip install (--no-deps [^\s\"']+)", files["leanengine.yaml"])
    lists = ["-r requirements-dev.txt", *(arguments.decode() for arguments in alone)]
    return [
        Step(f"py -{answers['python']} -m venv .venv"),
        *(Step(f"{python} -m pip install {what}") for what in lists),
        Step(f"{python} -m pytest"),
    ]

# hooks/within.py
import os
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import Any


# In a starter's hook these hold the answers, cookiecutter's own settings among
# them, and copier.yml's questions.
ANSWERS: dict[str, Any] = {}
QUESTIONS: list[dict[str, Any]] = []


def begin() -> None:
    """Speak the user's language, and remove the temporary file that
    cookiecutter runs a hook from and leaves.
    """
    set_language(detect_language(os.environ))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese must not turn a message into a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    script = Path(__file__).resolve()
    if script.parent == Path(tempfile.gettempdir()).resolve() and script.name.startswith(
        tempfile.gettempprefix()
    ):
        script.unlink(missing_ok=True)

# hooks/post_gen_project.py
import os
import shutil
import sys
from pathlib import Path


FOLDER = "{{cookiecutter.project_slug}}"
# Folders that hold files of answers only.
OPTIONAL = (".ci", ".github", "deploy")


def lost_link(file: Path) -> str:
    """Return where a link leads that was unpacked as a file of text, nothing for any other file.

    Starters link to the files that they have in common. In a zip, and in a clone on a
    Windows that does not let its user make links, such a file holds the path that it should
    lead to, without a line's end.
    """
    content = file.read_bytes()
    is_link = content.startswith(b"../") and b"\n" not in content and not file.is_symlink()
    return content.decode("utf-8") if is_link else ""


def follow(file: Path) -> Path:
    """Return the file at the end of lost links.

    Raises:
        FailedError: there is none.
    """
    while link := lost_link(file):
        target = file.parent / link
        if not target.is_file():
            raise FailedError("cookiecutter.error.lost-link", file=file.name, link=link)
        file = target
    return file


def _rendered(source: str) -> str:
    """Return what cookiecutter makes of a template."""
    from jinja2 import Environment

    options = {"keep_trailing_newline": True} | ANSWERS["_jinja2_env_vars"]
    environment = Environment(**options, autoescape=False)  # makes files, not pages
    return environment.from_string(source).render(cookiecutter=ANSWERS)


def complete(project: Path, starter: Path | None) -> None:
    """Write the files again that were written from lost links.

    Args:
        project: what cookiecutter wrote.
        starter: what it wrote it from, if that is known.

    Raises:
        FailedError: what a link leads to is not there.
    """
    if starter is None:
        for file in sorted(path for path in project.rglob("*") if path.is_file()):
            follow(file)
        return
    template = starter / FOLDER
    for file in sorted(path for path in template.rglob("*") if path.is_file() and lost_link(path)):
        place = project / _rendered(file.relative_to(template).as_posix())
        if place.is_file():
            place.write_text(_rendered(follow(file).read_text("utf-8")), "utf-8", newline="\n")


def remove_empty_folders(project: Path) -> None:
    """Remove folders that no answer fills; cookiecutter makes them all the same."""
    for name in OPTIONAL:
        folders = [path for path in (project / name).rglob("*") if path.is_dir()]
        for folder in [*sorted(folders, reverse=True), project / name]:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _starter() -> Path | None:
    """Return the starter's folder; cookiecutter may know it only from where it
    was started, which hooks are not.
    """
    found = (
        Path(start, ANSWERS["_repo_dir"])
        for start in (os.environ.get("PWD", ""), ANSWERS["_output_dir"])
    )
    return next(
        (folder for folder in found if folder.is_absolute() and (folder / FOLDER).is_dir()), None
    )


def _tell(project: Path) -> None:
    """Say what was made and what to type next."""
    files = {
        path.relative_to(project).as_posix(): path
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }
    described = {key: ANSWERS[key] for key in ("starter", "server", "python")}
    print("✓ " + text("new.made", folder=project, count=len(files), **described), file=sys.stderr)
    print("\n" + text("new.next"), file=sys.stderr)
    # Paths are shown from where the user is, which only their shell can tell a
    # hook; else they are shown whole.
    start = Path(os.environ.get("PWD", ""))
    os.chdir(start if start.is_absolute() and start.is_dir() else project.anchor)
    manifest = {"leanengine.yaml": files["leanengine.yaml"].read_bytes()}
    for line in lines(next_steps(project, ANSWERS, manifest)):
        print("  " + line, file=sys.stderr)
    if shutil.which("scaffold") is None:
        print(text("cookiecutter.no-scaffold"), file=sys.stderr)


def main() -> int:
    """Complete the project and say what to type next."""
    begin()
    project = Path.cwd()
    try:
        complete(project, _starter())
    except ScaffoldError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    remove_empty_folders(project)
    _tell(project)
    return 0

_areas.update({tuple(key.split()): texts for key, texts in json.loads(r'''
{
 "en cli": {
  "cli.error": "Error: {title}",
  "cli.error.seen": "seen:",
  "cli.error.why": "why: ",
  "cli.error.fix": "fix: "
 },
 "en cookiecutter": {
  "cookiecutter.refused": "Nothing was written. Start cookiecutter again with other answers.",
  "cookiecutter.no-scaffold": "\n`scaffold` is not installed: `pipx install leanengine-scaffold` brings it, `uvx --from leanengine-scaffold scaffold boot` does without.",
  "cookiecutter.error.folder-not-plain.title": "The folder must be a plain name",
  "cookiecutter.error.folder-not-plain.seen": "project_slug: {value!r}, from cookiecutter",
  "cookiecutter.error.folder-not-plain.why": "A path, or a mark that some systems read as one, could put files where you do not expect them.",
  "cookiecutter.error.folder-not-plain.fix": "Choose a name such as `myapp`; for a folder elsewhere, add `--output-dir FOLDER`.",
  "cookiecutter.error.other-starter.title": "This folder makes projects of the starter {starter}",
  "cookiecutter.error.other-starter.seen": "starter: {value!r}, from cookiecutter",
  "cookiecutter.error.other-starter.why": "Each starter has a folder of its own, and its own questions.",
  "cookiecutter.error.other-starter.fix": "Leave `starter` out and add `--directory templates/NAME` with another starter\u0027s name.",
  "cookiecutter.error.lost-link.title": "A link in the template leads nowhere",
  "cookiecutter.error.lost-link.seen": "{file} holds the text {link!r}",
  "cookiecutter.error.lost-link.why": "Starters link to the files that they have in common. This copy of the template was unpacked without links, and what they lead to was not found.",
  "cookiecutter.error.lost-link.fix": "Give cookiecutter the whole path of the template, or clone it with git, on Windows with `git config --global core.symlinks true` and the developer mode."
 },
 "en new": {
  "new.made": "Made {folder}: {count} files, {starter} on {server}, Python {python}",
  "new.made-from": "Made {folder}: {count} files, from {template}",
  "new.next": "Next:",
  "new.next.up": "run it here, reloaded at each change",
  "new.next.test": "run its tests",
  "new.next.boot": "rehearse the deployment before you deploy"
 },
 "zh cli": {
  "cli.error": "错误：{title}",
  "cli.error.seen": "现象：",
  "cli.error.why": "原因：",
  "cli.error.fix": "办法："
 },
 "zh cookiecutter": {
  "cookiecutter.refused": "没有写入任何文件。请修改选项后重新运行 cookiecutter。",
  "cookiecutter.no-scaffold": "\n尚未安装 `scaffold`：可用 `pipx install leanengine-scaffold` 安装，或直接运行 `uvx --from leanengine-scaffold scaffold boot`。",
  "cookiecutter.error.folder-not-plain.title": "文件夹只能是一个普通的名称",
  "cookiecutter.error.folder-not-plain.seen": "project_slug：{value!r}，来自 cookiecutter",
  "cookiecutter.error.folder-not-plain.why": "路径，或某些系统当作路径处理的字符，会让文件写到意料之外的地方。",
  "cookiecutter.error.folder-not-plain.fix": "请使用 `myapp` 这样的名称；要放到别处，请加上 `--output-dir 文件夹`。",
  "cookiecutter.error.other-starter.title": "此文件夹只生成 {starter} 模板的项目",
  "cookiecutter.error.other-starter.seen": "starter：{value!r}，来自 cookiecutter",
  "cookiecutter.error.other-starter.why": "每个模板各有一个文件夹和各自的问题。",
  "cookiecutter.error.other-starter.fix": "去掉 `starter`，并用 `--directory templates/模板名` 指定其他模板。",
  "cookiecutter.error.lost-link.title": "模板中有一个链接找不到目标",
  "cookiecutter.error.lost-link.seen": "{file} 的内容是文本 {link!r}",
  "cookiecutter.error.lost-link.why": "各模板通过符号链接共用文件。这份模板解压或克隆时丢失了链接，链接指向的文件也没有找到。",
  "cookiecutter.error.lost-link.fix": "请向 cookiecutter 提供模板的完整路径，或用 git 克隆模板；在 Windows 上需先打开开发者模式，并运行 `git config --global core.symlinks true`。"
 },
 "zh new": {
  "new.made": "已生成 {folder}：{count} 个文件，{starter} + {server}，Python {python}",
  "new.made-from": "已生成 {folder}：{count} 个文件，来自 {template}",
  "new.next": "接下来：",
  "new.next.up": "在本机运行，修改后自动重新加载",
  "new.next.test": "运行测试",
  "new.next.boot": "部署之前先演练一遍"
 }
}
''').items()})
ANSWERS.update(json.loads(r'''{% endraw %}{{ cookiecutter | tojson }}{% raw %}'''))


if __name__ == "__main__":
    sys.exit(main()){% endraw %}
