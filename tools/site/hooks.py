"""What mkdocs calls while it builds the site; each event hands on to the module that does
the work.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import jieba
from mkdocs.plugins import event_priority
from mkdocs.utils import get_build_datetime

from tools.repository import PYPROJECT
from tools.site import chinese, facts, nav, search
from tools.site.explore import build as explore

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext


def on_startup(command: str, dirty: bool) -> None:  # noqa: FBT001 - mkdocs's
    """Keep what cuts Chinese into words from telling that it does."""
    del command, dirty
    jieba.setLogLevel(logging.WARNING)


def language(config: MkDocsConfig) -> str:
    """Return the language that is being built: each has a build of its own,
    the first before it has a name.
    """
    current: str | None = config.plugins["i18n"].current_language  # type: ignore[attr-defined]
    return current or "en"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the navigation together, and what pages say of the project."""
    config.nav = nav.navigation(Path(config.docs_dir), language(config))
    config.copyright = facts.footer(PYPROJECT)
    config.extra["closes"] = facts.CLOSES.isoformat()
    config.extra["days_left"] = facts.days_left(get_build_datetime().date())
    return config


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Join the lines of Chinese paragraphs."""
    del page, files
    return chinese.without_breaks(markdown) if language(config) == "zh" else markdown


@event_priority(-200)
def on_page_context(
    context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    """Let the start pages lead to each other wherever the site stands: i18n,
    called before (50), makes it `/`.
    """
    del page, nav
    # The attribute, which templates see, is not the item.
    for alternate in config.extra.alternate:  # type: ignore[attr-defined]
        if alternate["link"].startswith("/"):
            alternate["link"] = alternate["link"].removeprefix("/") or "."
    return context


@event_priority(-200)
def on_post_build(config: MkDocsConfig) -> None:
    """Add the data of Explore, and part the search index: after i18n (-100), which
    builds the other language there.
    """
    site = Path(config.site_dir)
    search.split(site)
    # i18n has built the last language when the whole build ends, and each
    # language's own build ends here too.
    explore.write(site / "assets" / "explore" / "data")
