"""Programs: what they compute is what Jinja computes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined

from scaffold.jinja_compiler import JINJA_OPTIONS, compile_template
from scaffold.template_runtime import FILTERS, METHODS, evaluate, run

CONTEXT: dict[str, Any] = {
    "name": "My_App",
    "empty": "",
    "yes": True,
    "no": False,
    "version": "3.11",
    "items": ["a", "b", "c"],
    "numbers": [1, 2, 3],
    "answers": {"server": "uwsgi", "nested": {"deep": "found"}},
    "sharp": "<a href='x'>&amp;\"",
    "chinese": "云引擎",
}
TEMPLATES = [
    "",
    "plain text",
    "trailing newline\n",
    "\n\nleading newlines",
    "{{ name }}",
    "a {{ name }} b {{ version }} c",
    "{{ yes }} {{ no }} {{ empty }}|",
    "{{ answers.server }} {{ answers.nested.deep }}",
    "{{ 'text' }} {{ 3 }} {{ 1.5 }} {{ none }} {{ true }}",
    "{% if yes %}yes{% endif %}",
    "{% if no %}yes{% endif %}",
    "{% if no %}1{% elif yes %}2{% else %}3{% endif %}",
    "{% if no %}1{% elif empty %}2{% elif name %}3{% elif yes %}4{% endif %}",
    "{% if no %}1{% elif empty %}2{% else %}3{% endif %}",
    "{% if yes %}{% if no %}1{% else %}{{ name }}{% endif %}{% endif %}",
    "{% if yes %}\nline\n{% endif %}\nend\n",
    "    {% if yes %}\n    indented\n    {% endif %}\nend\n",
    "{%- if yes -%}  stripped  {%- endif -%}  end",
    "{% set x = name %}{{ x }}",
    "{% set x = name ~ '-' ~ version %}{{ x }}{% set x = 'again' %}{{ x }}",
    "{% if yes %}{% set x = 1 %}{% endif %}{{ x }}",
    "{# a comment #}text",
    "{% raw %}{{ raw }}{% endraw %}",
    "{{ 'yes' if yes else 'no' }} {{ 'yes' if no else 'no' }} {{ 'yes' if no }}|",
    "{{ yes and name }} {{ no and name }} {{ empty or name }} {{ name or empty }}",
    "{{ not yes }} {{ not empty }}",
    (
        "{{ version == '3.11' }} {{ version != '3.11' }} {{ 1 < 2 }} {{ 1 <= 1 }} {{ 2 > 3 }} "
        "{{ 2 >= 3 }}"
    ),
    "{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 3 > 2 == 2 }}",
    "{{ 'a' in items }} {{ 'z' in items }} {{ 'z' not in items }} {{ 'App' in name }}",
    "{{ version in ['3.11', '3.12'] }} {{ version in ('3.8', '3.9') }}",
    "{{ name | lower }} {{ name | upper }} {{ name | length }} {{ items | length }}",
    "{{ items | join }} {{ items | join(', ') }} {{ numbers | join('-') }}",
    "{{ yes | lower }} {{ 3 | upper }} {{ name | lower | upper }}",
    "{{ name | tojson }} {{ yes | tojson }} {{ items | tojson }} {{ answers | tojson }}",
    "{{ sharp | tojson }} {{ chinese | tojson }}",
    (
        "{{ name.lower() }} {{ name.upper() }} {{ name.replace('_', '-') }} {{ "
        "name.replace('_', '').lower() }}"
    ),
    (
        "{{ name.startswith('My') }} {{ name.isidentifier() }} {{ name.isascii() }} "
        "{{ name.strip('M') }} {{ "
        "chinese.isascii() }} {{ chinese.isprintable() }}"
    ),
    "{{ chinese }} {{ sharp }}",
    "{{ (name ~ version) | length }} {{ (yes and no) or 'neither' }}",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_programs_say_what_jinja_says(template: str) -> None:
    """A compiled template gives the text that Jinja gives, also after it went through JSON."""
    jinja = Environment(**JINJA_OPTIONS)  # type: ignore[arg-type]
    program = compile_template(template, "test")
    expected = jinja.from_string(template).render(CONTEXT)
    assert run(program, CONTEXT) == expected
    assert run(json.loads(json.dumps(program)), CONTEXT) == expected


def test_the_context_stays_as_it_is() -> None:
    """What a template sets is gone when it is done."""
    context = {"name": "before"}
    assert run(compile_template("{% set name = 'after' %}{{ name }}", "test"), context) == "after"
    assert context == {"name": "before"}


@pytest.mark.parametrize(
    "template", ["{{ unknown }}", "{{ answers.unknown }}", "{% if unknown %}{% endif %}"]
)
def test_unknown_names_are_errors(template: str) -> None:
    """A name that does not exist is an error, not an empty text."""
    with pytest.raises(KeyError, match="unknown"):
        run(compile_template(template, "test"), CONTEXT)
    jinja = Environment(undefined=StrictUndefined)
    with pytest.raises(Exception, match="unknown"):
        jinja.from_string(template).render(CONTEXT)


@pytest.mark.parametrize("method", ["format", "__class__", "__init__", "encode", "format_map", ""])
def test_methods_beyond_the_list_are_refused(method: str) -> None:
    """A program that was tampered with cannot call what is not on the list."""
    with pytest.raises(ValueError, match=f"^{method}$"):
        evaluate(["call", ["name", "name"], method, []], CONTEXT)


@pytest.mark.parametrize("expression", [["eval", "1"], ["filter", "attr", ["name", "name"], []]])
def test_unknown_operators_are_refused(expression: list[Any]) -> None:
    """An operator or a filter that does not exist is an error."""
    with pytest.raises(KeyError):
        evaluate(expression, CONTEXT)


def test_every_filter_and_method_is_compared() -> None:
    """The templates above use all that a program may use."""
    together = "".join(TEMPLATES)
    assert [name for name in FILTERS if f"| {name}" not in together] == []
    assert [name for name in METHODS if f".{name}(" not in together] == []
