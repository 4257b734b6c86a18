"""What kind of file a path names."""

from __future__ import annotations

import re

# Set aside by an editor or a merge: copies of another time.
_BACKUP = re.compile(r"~$|\.(?:bak|orig|rej|old|swp|swo|save|pyc|pyo)$|^#.*#$|^\.#", re.IGNORECASE)
# Endings that say which copy it is, not what: `start.sh.example`, `env_setup.sh.prod`.
_COPIES = re.compile(
    r"[.\-_](?:example|sample|dist|template|tmpl|tpl|default|prod|production"
    r"|stage|staging|test|testing|dev|develop|"
    r"development|local|docker|ci|in|j2)$",
    re.IGNORECASE,
)
_BY_NAME = (
    (
        re.compile(
            r"requirements[^/]*\.(?:txt|in|pip)|constraints[^/]*\.txt"
            r"|(?:dev|prod|test|base)\.(?:txt|in)"
        ),
        "requirements",
    ),
    (re.compile(r"setup\.py"), "setup"),
    (re.compile(r"Pipfile\.lock|(?:poetry|pdm|uv)\.lock"), "lock"),
    (re.compile(r"Pipfile"), "toml"),
    (
        re.compile(
            r"(?:Dockerfile|Containerfile)(?:[.\-_][\w.\-]+)?"
            r"|[\w.\-]+\.(?:dockerfile|containerfile)",
            re.IGNORECASE,
        ),
        "docker",
    ),
    (re.compile(r"(?:GNU)?[Mm]akefile(?:\.\w+)?|[\w.\-]+\.mk|[Jj]ustfile"), "make"),
    (
        re.compile(
            r"Procfile(?:\.\w+)?|env_setup[\w.\-]*"
            r"|\.?(?:bash_?|zsh)?(?:rc|profile|_aliases)|\.envrc"
        ),
        "shell",
    ),
    (
        re.compile(r"\.env(?:[.\-_][\w.\-]+)?|[\w.\-]*\.env|[\w\-]*env\.(?:list|txt)|\.flaskenv"),
        "dotenv",
    ),
    (re.compile(r"README(?:[.\-_][\w\-]+)?|INSTALL|CONTRIBUTING", re.IGNORECASE), "docs"),
)
_BY_ENDING = {
    ".py": "python",
    ".pyw": "python",
    ".wsgi": "python",
    ".sh": "shell",
    ".bash": "shell",
    ".zsh": "shell",
    ".ksh": "shell",
    ".fish": "shell",
    ".command": "shell",
    ".bat": "windows",
    ".cmd": "windows",
    ".ps1": "windows",
    ".psm1": "windows",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".md": "docs",
    ".markdown": "docs",
    ".mkd": "docs",
    ".rst": "docs",
    ".adoc": "docs",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
    ".service": "ini",
    ".toml": "toml",
    ".json": "json",
}
# Source of other languages, and settings of other tools: what they read of the
# environment cannot be rewritten here.
_PROGRAMS = re.compile(
    r"\.(?:[cm]?[jt]sx?|vue|svelte|coffee|go|php\d?|phtml|rb|erb|rake"
    r"|java|kts?|scala|groovy|gradle|clj|cs|fs|vb|swift|mm?|"
    r"rs|c|cc|cpp|cxx|h|hpp|pl|pm|lua|r|jl|exs?"
    r"|erl|dart|hs|nim|cr|ipynb|pyx|tf|hcl|nix|xml|plist|properties|liquid)$|"
    r"^(?:Vagrantfile|Jenkinsfile|Rakefile|Gemfile)$",
    re.IGNORECASE,
)
_INTERPRETERS = (
    (re.compile(rb"#!.*\b(?:node|deno|bun|php|ruby|perl|lua|Rscript|osascript)\b"), "program"),
    (re.compile(rb"#!.*\bpython"), "python"),
    (re.compile(rb"#!.*\b(?:ba|z|k|da|fi)?sh\b"), "shell"),
)


def kind_of(path: str, content: bytes) -> str:
    """Return the kind of a file; `other` for what is not known, `backup`
    for what is nobody's source.

    `program` is source that only another language's tools can read.

    Args:
        path: with slashes.
        content: the file's bytes; where the name says nothing its first line may.
    """
    name = path.rpartition("/")[2]
    if _BACKUP.search(name):
        return "backup"
    while True:
        for pattern, kind in _BY_NAME:
            if pattern.fullmatch(name):
                return kind
        ending = "." + name.rpartition(".")[2].lower()
        if ending in _BY_ENDING and "." in name:
            return _BY_ENDING[ending]
        if _PROGRAMS.search(name):
            return "program"
        shorter = _COPIES.sub("", name)
        if shorter in {name, ""}:
            break
        name = shorter
    if path.startswith("requirements/") and path.endswith((".txt", ".in")):
        return "requirements"
    first = content[:200].split(b"\n", 1)[0]
    return next((kind for pattern, kind in _INTERPRETERS if pattern.match(first)), "other")
