"""Cookiecutter's hooks, each whole in one file: a hook runs from a temporary file,
without the template and scaffold.

A hook of a starter is the source in hooks/ after the modules of scaffold that it imports,
so that answers meet the very code, rules and words of the command line.
tests/test_hooks.py compares the two.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from scaffold.messages import LANGUAGES, area
from scaffold.template_compiler import compile_questions
from tools.written import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

# Each hook with what it is made of, in an order in which each part finds the one before.
PARTS = {
    "pre_gen_project": (
        "scaffold/printable.py",
        "scaffold/messages/__init__.py",
        "scaffold/errors.py",
        "scaffold/template_runtime.py",
        "scaffold/questions.py",
        "scaffold/catalog.py",
        "scaffold/paths.py",
        "hooks/within.py",
        "hooks/pre_gen_project.py",
    ),
    "post_gen_project": (
        "scaffold/printable.py",
        "scaffold/messages/__init__.py",
        "scaffold/errors.py",
        "scaffold/nextsteps.py",
        "hooks/within.py",
        "hooks/post_gen_project.py",
    ),
}
# The messages that each may need: keys that begin so.
MESSAGES = {
    "pre_gen_project": ("answers.error.", "cli.error", "cookiecutter."),
    "post_gen_project": ("cli.error", "cookiecutter.", "new.made", "new.next"),
}
# What the command line alone says: of files of answers, of flags, and of missing answers.
_NOT_HERE = re.compile(
    r"answers\.error\.(file|given-twice|missing|not-a-pair|unknown-key)"
    r"|cli\.error\.(?!(seen|why|fix)$)"
)
# What our linter reads means nothing in a template.
_FOR_LINTERS = re.compile(r"  # noqa: .*$", re.MULTILINE)
_HEAD = '''"""{title}

Written by `make pages` from {parts}, copier.yml and scaffold/messages. Change those.
"""

from __future__ import annotations

import json
import sys

if sys.version_info < (3, 10):
    sys.exit("cookiecutter must run on Python 3.10 or newer for this template")

messages = sys.modules[__name__]
'''
_FACTS = """
_areas.update({{tuple(key.split()): texts for key, texts in json.loads(r'''
{messages}
''').items()}})
{questions}
"""
_ANSWERS = "ANSWERS.update(json.loads(r'''{% endraw %}{{ cookiecutter | tojson }}{% raw %}'''))\n"
_RUN = '\n\nif __name__ == "__main__":'


class NotAloneError(Exception):
    """A hook needs a module that is not among its parts."""


def hook(name: str) -> str:
    """Return the text of a hook, a Jinja template for cookiecutter.

    Args:
        name: a key of `PARTS`.

    Raises:
        NotAloneError: a part imports what is not among the hook's parts.
    """
    *modules, source = (_body(path, PARTS[name]) for path in PARTS[name])
    title = str(
        ast.get_docstring(ast.parse((ROOT / PARTS[name][-1]).read_text("utf-8")))
    ).partition("\n")[0]
    head = _HEAD.format(title=title, parts=", ".join(PARTS[name]))
    questions = f"QUESTIONS.extend(json.loads(r'''\n{_json(compile_questions(ROOT))}\n'''))"
    facts = _FACTS.format(
        messages=_json(_messages(name)),
        questions=questions if "scaffold/catalog.py" in PARTS[name] else "",
    )
    definitions, run, rest = source.partition(_RUN)
    text = "\n\n".join(
        [head, *modules, definitions.rstrip(), facts.strip() + "\n" + _ANSWERS + run + rest]
    )
    return "{% raw %}" + text + "{% endraw %}\n"


def _body(path: str, parts: Iterable[str]) -> str:
    """Return a module without its docstring and the imports that its neighbours replace."""
    source = (ROOT / path).read_text("utf-8")
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if _is_docstring(node) or _is_replaced(node, path, parts):
            last = node.end_lineno or node.lineno
            lines[node.lineno - 1 : last] = [""] * (last - node.lineno + 1)
    kept = _FOR_LINTERS.sub("", "\n".join(lines)).strip()
    return re.sub(r"\n{4,}", "\n\n\n", f"# {path}\n{kept}")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.lineno == 1


def _is_replaced(node: ast.stmt, path: str, parts: Iterable[str]) -> bool:
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return False
    if node.module == "__future__":
        return True
    if node.module.partition(".")[0] not in {"scaffold", "hooks"}:
        return False
    places = [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    files = {
        form.format(place.replace(".", "/"))
        for place in places
        for form in ("{}.py", "{}/__init__.py")
    }
    if not files & set(parts):
        message = f"{path} imports {node.module}"
        raise NotAloneError(message)
    return True


def _messages(name: str) -> dict[str, dict[str, str]]:
    """Return the messages that a hook may need, by language and area."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for area_name in dict.fromkeys(key.partition(".")[0] for key in MESSAGES[name]):
            texts = area(area_name, language)
            kept = {
                k: t
                for k, t in texts.items()
                if k.startswith(MESSAGES[name]) and not _NOT_HERE.match(k)
            }
            found[f"{language} {area_name}"] = kept
    return found


def _json(content: dict[str, Any] | list[Any]) -> str:
    """Return JSON that a raw string in three quotes can hold: a line for each
    question, or for each message.
    """
    if isinstance(content, list):
        text = ",\n".join(json.dumps(part, ensure_ascii=False) for part in content)
        text = f"[\n{text}\n]"
    else:
        text = json.dumps(content, ensure_ascii=False, indent=1)
    return text.replace("'", r"\u0027")
