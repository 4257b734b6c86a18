"""What mkdocs calls while it builds the site; each event hands on to the module that does the work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.site import nav

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig


def language(config: MkDocsConfig) -> str:
    """Return the language that is being built: each has a build of its own, the first before it has a name."""
    current: str | None = config.plugins["i18n"].current_language  # type: ignore[attr-defined]
    return current or "en"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the navigation together."""
    config.nav = nav.navigation(Path(config.docs_dir), language(config))
    return config
