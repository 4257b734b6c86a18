"""A copy of the project, in which copier may work.

It is a repository of its own: git's objects are borrowed from the user's, everything written stays
in the copy. So the result can be shown before anything of the user's is touched, and copier's
hundred steps can be cut off at any of them. Git's folder is beside the copy and not in it, and has
none of the user's settings that name programs: what a template writes into the copy, and what a
stranger's project brings, starts nothing.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, git, git_settings
from scaffold.update import index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.update.index import IndexEntry
    from scaffold.update.repository import Repository

_SMALL = 1_000_000
_LINK, _SUBMODULE = "120000", "160000"
# Of folders above the project: they say which files git ignores, and how it ends their lines.
_RULES = (".gitignore", ".gitattributes")
_IDENTITY = {
    f"GIT_{who}_{what}": "scaffold" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
# The user's settings that change what git makes of files. Others, which may name
# programs, do not come along.
_SETTINGS = re.compile(
    r"apply\..*"
    r"|core\.(abbrev|attributesfile|autocrlf|bigfilethreshold|eol|excludesfile|filemode)"
    r"|core\.(ignorecase|precomposeunicode|protecthfs|protectntfs|symlinks|whitespace)"
    r"|diff\.(algorithm|indentheuristic)"
    r"|merge\.conflictstyle"
)
# Those below would make copier lose lines in silence: it looks for what could not be merged in the
# output of `git status`, and does not look at what `git apply` says.
_OWN_SETTINGS = git_settings.NEUTRAL | {
    "apply.ignoreWhitespace": "no",
    "apply.whitespace": "nowarn",
    "core.sparseCheckout": "false",
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "status.showUntrackedFiles": "normal",
}


def _setting(name: str, value: str) -> str:
    """Return the lines of a git config file that set a name without a middle part."""
    section, _, key = name.partition(".")
    quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'[{section}]\n\t{key} = "{quoted}"\n'


@dataclass(frozen=True)
class WorkingCopy:
    """The copy.

    Args:
        repository: the user's.
        workdir: an empty folder for it.
    """

    repository: Repository
    workdir: Path

    @cached_property
    def top(self) -> Path:
        """The copy of the repository's work tree; templates may ask for its name."""
        # In a folder of its own: a project may be called `git` or `old`, as what lies beside it.
        return self.workdir / "copy" / (self.repository.top.name or "project")

    @property
    def project(self) -> Path:
        """The copy of the project."""
        return self.top / self.repository.prefix

    @property
    def git_dir(self) -> Path:
        """Git's folder for the copy, outside of what copier writes to."""
        return self.workdir / "git"

    @cached_property
    def entries(self) -> list[IndexEntry]:
        """The project's part of the user's index."""
        return index.read(self.repository.folder)

    @cached_property
    def first_entries(self) -> list[IndexEntry]:
        """The same as the copy has it, at first: files with a filter are in
        it as they are on the disk.
        """
        return index.read(self.project, variables=self.variables)

    @property
    def variables(self) -> dict[str, str]:
        """The variables that lead git to the copy, whatever is written there."""
        return {"GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.top)}

    def git(
        self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> bytes:
        """Run git on the copy, in the project's folder.

        Args:
            arguments: a subcommand of git's, and what follows it.
            stdin: what git reads.
            variables: environment variables beside those that lead git there.

        Raises:
            FailedError: git failed.
        """
        safe = {"core.safecrlf": "false"}
        return git.output(
            self.project,
            *arguments,
            stdin=stdin,
            variables={**self.variables, **(variables or {})},
            settings=safe,
        )

    def make(self) -> None:
        """Copy the project, and commit it there as it is."""
        source = self.repository
        form = (
            () if source.object_format == "sha1" else (f"--object-format={source.object_format}",)
        )
        self.project.mkdir(parents=True)
        place = ("--separate-git-dir", str(self.git_dir))
        git.output(self.top, "init", "--quiet", "--template=", *place, *form)
        self._borrow()
        missing = self._copy_files()
        self._copy_ignored()
        self._set_index(self.entries)
        if missing:  # a sparse checkout
            skipped = b"".join(os.fsencode(path) + b"\0" for path in missing)
            self._at_top("update-index", "-z", "--skip-worktree", "--stdin", stdin=skipped)
        # What has a filter differs from what was committed of it, and has to be the same here.
        self.git("add", "--update", "--", ".")
        message = ("--message", "as it is", "--no-verify", "--allow-empty")
        self.git("commit", "--quiet", *message, variables=_IDENTITY)
        self.first_entries  # noqa: B018 - to be read now

    def record_source(self, written: str, copiers: str) -> None:
        """Let the answers file name the template as copier calls it, and commit that.

        Args:
            written: what the file says, an address that copier takes for a folder.
            copiers: the same for copier.
        """
        if written == copiers:
            return
        file = self.project / ".copier-answers.yml"
        pattern = rb"(?m)^(_src_path:.*?)" + re.escape(written.encode())
        changed = re.sub(
            pattern, lambda found: found[1] + copiers.encode(), file.read_bytes(), count=1
        )
        file.write_bytes(changed)
        self.git(
            "commit",
            "--quiet",
            "--all",
            "--no-verify",
            "--message",
            "name the template",
            variables=_IDENTITY,
        )

    def _borrow(self) -> None:
        """Use the objects, the settings and the rules of the user's repository."""
        source, own = self.repository, self.git_dir
        with (own / "config").open("a", encoding="utf-8", errors="surrogateescape") as file:
            for name, value in {**source.settings(_SETTINGS), **_OWN_SETTINGS}.items():
                file.write(_setting(name, value))
        (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (own / "objects" / "info" / "alternates").write_bytes(
            os.fsencode(source.objects.resolve()) + b"\n"
        )
        (own / "info").mkdir(exist_ok=True)
        if (source.info / "exclude").is_file():
            shutil.copyfile(source.info / "exclude", own / "info" / "exclude")
        rules = (
            (source.info / "attributes").read_bytes()
            if (source.info / "attributes").is_file()
            else b""
        )
        # The last rule for a file counts: none goes through a filter.
        (own / "info" / "attributes").write_bytes(rules + b"\n* -filter\n")
        folders = [
            Path(*Path(source.prefix).parts[:depth])
            for depth in range(len(Path(source.prefix).parts))
        ]
        for rule in (folder / name for folder in folders for name in _RULES):
            if (source.top / rule).is_file():
                shutil.copyfile(source.top / rule, self.top / rule)

    def _copy_files(self) -> list[str]:
        """Copy what git knows, as it is on the disk; return the paths that are not there."""
        missing = []
        made: set[Path] = set()
        for entry in self.entries:
            origin, copy = self.repository.top / entry.path, self.top / entry.path
            if entry.mode == _SUBMODULE:
                copy.mkdir(parents=True, exist_ok=True)
                continue
            if copy.parent not in made:
                copy.parent.mkdir(parents=True, exist_ok=True)
                made.add(copy.parent)
            if not os.path.lexists(origin):
                missing.append(entry.path)
            else:
                shutil.copy2(origin, copy, follow_symlinks=False)
                if entry.mode != _LINK:
                    copy.chmod(
                        copy.stat().st_mode | 0o200
                    )  # copier writes into files; the user's keep their modes
        return missing

    @cached_property
    def ignored(self) -> dict[str, bytes]:
        """Small files that git ignores: migrations tell of them, and
        templates may want their places.
        """
        from scaffold.migrate.files import ignored

        found = {}
        for path in ignored(self.repository.folder):
            file = self.repository.folder / path
            with suppress(OSError):  # large, or not the user's to read
                found[path] = files.read(file, limit=_SMALL)
        return found

    def is_untouched(self, path: str) -> bool:
        """Return whether a path is that of an ignored file, and still as the user left it."""
        copy = self.project / path
        return path in self.ignored and copy.is_file() and copy.read_bytes() == self.ignored[path]

    def _copy_ignored(self) -> None:
        for path, content in self.ignored.items():
            copy = self.project / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)

    def _set_index(self, entries: Iterable[IndexEntry]) -> None:
        self._at_top("update-index", "-z", "--index-info", stdin=index.lines(entries))

    def _at_top(self, *arguments: str, stdin: bytes) -> None:
        git.output(self.top, *arguments, stdin=stdin, variables=self.variables)
