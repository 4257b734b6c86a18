"""How pages are read: which block is run, written, compared, and which page is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import pages

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """# A page

<!-- run
scaffold new myapp
-->
<!-- a note for writers -->
```sh
scaffold boot  # rehearse
```

```text
Ready
```

<!-- append -->
```python title="cloud.py"
x = 1
```

<!-- not run: it needs an account -->
```sh
lean deploy
```

1. In a list:

    <!-- exit 1 -->
    ```sh
    scaffold check
    ```

<!-- background until: healthy -->
```sh
scaffold up
```

<!-- stop -->
"""


def read(text: str, folder: Path, *, marked: bool = True) -> list[pages.Block]:
    """Return the blocks of a page with this text."""
    path = folder / "page.md"
    path.write_text(text, "utf-8")
    return pages.read(path, marked=marked)


def test_every_block_has_its_fate(tmp_path: Path) -> None:
    """In the order of the page, hidden ones included, with their marks."""
    blocks = read(PAGE, tmp_path)
    assert [block.fate for block in blocks] == [
        "run",
        "run",
        "output",
        "file",
        "not run",
        "run",
        "run",
        "stop",
    ]
    assert [block.hidden for block in blocks] == [True, *[False] * 6, True]
    assert [block.place for block in blocks][:2] == ["page.md:3", "page.md:7"]
    assert (blocks[3].title, blocks[3].way) == ("cloud.py", "append")
    assert (blocks[5].code, blocks[5].exit_code) == ("scaffold check\n", 1)
    assert blocks[6].until == "healthy"


@pytest.mark.parametrize(
    "text",
    ["```python\nx = 1\n```\n", "<!-- append -->\n\nText.\n\n```sh\ntrue\n```\n"],
    ids=["code that is no file", "a mark that marks nothing"],
)
def test_a_page_that_shows_what_nobody_tries_is_refused(text: str, tmp_path: Path) -> None:
    """Else a slip of the writer would go unnoticed."""
    with pytest.raises(pages.PageError, match=r"page.md:\d"):
        read(text, tmp_path)


def test_a_translation_may_differ_in_comments_and_outputs_only(tmp_path: Path) -> None:
    """It has no marks: it is compared block by block."""
    ours = [block.essence for block in pages.visible(read(PAGE, tmp_path))]
    chinese = PAGE.replace("# rehearse", "# 演练").replace("Ready", "可以部署")
    assert [block.essence for block in read(chinese, tmp_path, marked=False)] == ours
    assert [
        block.essence for block in read(PAGE.replace("x = 1", "x = 2"), tmp_path, marked=False)
    ] != ours


def test_a_translation_lends_its_outputs(tmp_path: Path) -> None:
    """What is run is the original's."""
    blocks = pages.translated(
        read(PAGE, tmp_path), read(PAGE.replace("Ready", "可以部署"), tmp_path, marked=False)
    )
    assert [block.code for block in blocks if block.fate == "output"] == ["可以部署\n"]
    assert blocks[1].code == "scaffold boot  # rehearse\n"
