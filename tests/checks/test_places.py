"""Where a finding is, for editors and code scanning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.checks import check
from scaffold.checks.formats import as_sarif
from scaffold.checks.settings import CheckSettings

if TYPE_CHECKING:
    from pathlib import Path

LINE = "    名 = '云函数'; key = os.environ['LC_APP_KEY']\n"
SOURCE = f"import os\n\n\ndef application(environ, start_response):\n{LINE}"


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_are_characters(tmp_path: Path, bom: str, end: str) -> None:
    """Behind Chinese text a column is that of the character; SARIF says how columns
    are counted.
    """
    (tmp_path / "wsgi.py").write_bytes((bom + SOURCE.replace("\n", end)).encode())
    report = check(tmp_path, CheckSettings(select=("LE090",)))
    (finding,) = report.findings
    assert (finding.line, finding.column) == (5, LINE.index("'LC_APP_KEY'") + 1)
    run = as_sarif(report)["runs"][0]  # type: ignore[index]
    assert run["columnKind"] == "unicodeCodePoints"
    assert (
        run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"]
        == finding.column
    )
