"""The compiler: what lies outside the templates' dialect is an error that names file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.jinja_compiler import TemplateError, compile_template
from scaffold.render import render
from scaffold.template_compiler import PROJECT_FOLDER, compile_questions, compile_starter

if TYPE_CHECKING:
    from pathlib import Path

OUTSIDE = {
    "{% for x in y %}{% endfor %}": "For",
    "{% include 'x' %}": "Include",
    "{% import 'x' as y %}": "Import",
    "{% extends 'x' %}": "Extends",
    "{% macro m() %}{% endmacro %}": "Macro",
    "{% block b %}{% endblock %}": "Block",
    "{% set x %}text{% endset %}": "AssignBlock",
    "{% set a, b = c %}": "Assign",
    "{% filter upper %}x{% endfilter %}": "FilterBlock",
    "{% with x = 1 %}{% endwith %}": "With",
    "{{ x | attr('y') }}": "Filter",
    "{{ x | replace('a', 'b') }}": "Filter",
    "{{ x | join(d='-') }}": "Filter",
    "{{ x.format(y) }}": "Call",
    "{{ x.__class__() }}": "Call",
    "{{ x.replace('a', new='b') }}": "Call",
    "{{ range(3) }}": "Call",
    "{{ x is defined }}": "Test",
    "{{ x[0] }}": "Getitem",
    "{{ 1 + 1 }}": "Add",
    "{{ -1 }}": "Neg",
    "{{ {'a': 1} }}": "Dict",
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A small template with a starter `mini`."""
    folder = tmp_path / "templates" / "mini" / PROJECT_FOLDER
    folder.mkdir(parents=True)
    (tmp_path / "copier.yml").write_text(
        """
_min_copier_version: "9.4"
words: {type: yaml, when: false, default: ["no", "never"]}
name:
  type: str
  help: Name
  default: "{{ 'shop' }}"
  validator: "{% if name in words %}[bad] bad{% endif %}"
kind:
  type: str
  choices:
    The first: {value: first}
    The second: {value: second, validator: "{% if name == 'shop' %}[not-here] no{% endif %}"}
size: {type: str, choices: [small, large]}
extra: {type: bool, default: true, when: "{{ kind == 'first' }}"}
cookiecutter: {type: yaml, when: false, default: "{{ dict(name=name) | to_json }}"}
""",
        "utf-8",
    )
    return tmp_path


def _write(template: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = template / "templates" / "mini" / PROJECT_FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


@pytest.mark.parametrize("source", OUTSIDE)
def test_outside_of_the_dialect(source: str) -> None:
    """Jinja that not all readers share is refused, with the file, the line and what it is."""
    with pytest.raises(
        TemplateError, match=rf"^app\.py:2: {OUTSIDE[source]} is not in the templates' dialect$"
    ):
        compile_template(f"first line\n{source}", "app.py")


@pytest.mark.parametrize("source", ["{% if x %}", "{{ x", "{% nonsense %}", "{{ x | nonsense }}"])
def test_syntax_errors(source: str) -> None:
    """A template with a mistake is refused, with the file and the line."""
    with pytest.raises(TemplateError, match=r"^app\.py:3: "):
        compile_template(f"\n\n{source}", "app.py")


def test_questions(template: Path) -> None:
    """Questions come in order, what copier never asks is a constant, and
    copier's own settings are left out.
    """
    questions = compile_questions(template)
    assert [q["key"] for q in questions] == ["words", "name", "kind", "size", "extra"]
    words, name, kind, size, extra = questions
    assert (words["when"], words["default"]) == (False, ["no", "never"])
    assert (name["when"], name["default"], name["choices"]) == (
        True,
        [["print", ["const", "shop"]]],
        [],
    )
    assert [choice["value"] for choice in kind["choices"]] == ["first", "second"]
    assert [bool(choice["validator"]) for choice in kind["choices"]] == [False, True]
    assert [choice["value"] for choice in size["choices"]] == ["small", "large"]
    assert extra["default"] is True
    assert extra["when"][0][0] == "print"


def test_a_mistake_in_a_question_names_the_question(template: Path) -> None:
    """A validator outside of the dialect is refused with the name of its question."""
    (template / "copier.yml").write_text("name: {type: str, validator: '{{ name[0] }}'}")
    with pytest.raises(TemplateError, match=r"^copier\.yml \(name\):1: Getitem"):
        compile_questions(template)


def test_starter(template: Path) -> None:
    """Names and contents are templates, a nameless file is left out, paths are
    sorted, and lines end with LF.
    """
    _write(
        template,
        {
            "z.py": "# {{ cookiecutter.name }}\n",
            "{{ cookiecutter.name }}.py": "",
            "{% if cookiecutter.extra %}extra.py{% endif %}": "extra\n",
            "{% if not cookiecutter.extra %}plain.py{% endif %}": "plain\n",
            "docs/{% if cookiecutter.extra %}a.md{% endif %}": "a\n",
            ".hidden": "云\r\n",
            "__pycache__/z.pyc": b"\xff\xfe",
        },
    )
    files = render(compile_starter(template, "mini"), {"name": "shop", "extra": False})
    assert files == {
        ".hidden": "云\n".encode(),
        "plain.py": b"plain\n",
        "shop.py": b"",
        "z.py": b"# shop\n",
    }
    assert list(files) == sorted(files)


def test_shared_files_are_followed(template: Path) -> None:
    """A link to a shared file is compiled as the file it leads to."""
    shared = template / "templates" / "_shared"
    shared.mkdir()
    (shared / "env.py").write_text("name = '{{ cookiecutter.name }}'\n")
    link = template / "templates" / "mini" / PROJECT_FOLDER / "env.py"
    link.symlink_to("../../_shared/env.py")
    assert render(compile_starter(template, "mini"), {"name": "shop"}) == {
        "env.py": b"name = 'shop'\n"
    }


def test_a_mistake_in_a_file_names_the_file(template: Path) -> None:
    """A file outside of the dialect is refused with its path from the template's root."""
    _write(template, {"app.py": "\n{{ 1 + 1 }}"})
    with pytest.raises(
        TemplateError, match=r"^templates/mini/\{\{cookiecutter\.project_slug\}\}/app\.py:2: Add"
    ):
        compile_starter(template, "mini")
