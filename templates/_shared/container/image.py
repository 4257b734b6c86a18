"""{{ "把 leanengine.yaml 转换为供 Dockerfile 使用的 shell 脚本。" if cookiecutter.language == "zh" else "Turns leanengine.yaml into shell scripts for the Dockerfile." }}"""

import shlex
import shutil
import sys
from pathlib import Path

import yaml

# {{ "云引擎的名称与对应的 Debian 包。PyPI 上的 TA-Lib 自带所需的库。" if cookiecutter.language == "zh" else "Names of LeanEngine, and of Debian packages. TA-Lib on PyPI brings its library." }}
PACKAGES = {
    "ffmpeg": ["ffmpeg"],
    "imagemagick": ["imagemagick"],
    "fonts-wqy": ["fonts-wqy-microhei", "fonts-wqy-zenhei"],
    "fonts-noto": ["fonts-noto", "fonts-noto-cjk"],
    "chrome-headless": ["chromium"],
    "node-canvas": ["libcairo2", "libpango-1.0-0", "libpangocairo-1.0-0", "libjpeg62-turbo", "libgif7", "librsvg2-2"],
    "python-talib": [],
}
SYSTEM = """set -e
set -- {packages} "$@"
if [ $# -gt 0 ]; then
    apt-get update
    apt-get install --yes --no-install-recommends "$@"
    rm -rf /var/lib/apt/lists/*
fi
"""
# {{ "由 uv 安装依赖；镜像中没有 pip，但命令可能会调用它。" if cookiecutter.language == "zh" else "uv installs the packages; the image has no pip, but commands may call it." }}
INSTALL = """set -e
pip() { uv pip "$@"; }
pip3() { uv pip "$@"; }
python() { case "$*" in "-m pip "*) shift 2; uv pip "$@";; *) command python "$@";; esac; }
python3() { python "$@"; }
"""
DEFAULT_INSTALL = "pip install -r requirements.txt"
DEPENDENCY_LISTS = ["requirements.txt", ".python-version"]


def write(source, plan):
    """{{ "把脚本及其所需的文件写入文件夹 plan。" if cookiecutter.language == "zh" else "Write the scripts, and the files that each of them needs, to the folder `plan`." }}"""
    manifest = read(source / "leanengine.yaml")
    root = source / manifest.get("buildRoot", ".")
    install = as_list(manifest.get("install", [{"use": "default"}]))
    required = [name for step in install if isinstance(step, dict) for name in step.get("require", [])]
    lists = [name for name in DEPENDENCY_LISTS if (root / name).is_file()]
    for name in lists + required:
        copy(root / name, plan / "install" / name)
    copy(root, plan / "app")
    # {{ "使用 buildRoot 时，deploy/ 不在应用文件夹内。" if cookiecutter.language == "zh" else "With buildRoot, the folder deploy/ is outside of the app." }}
    copy(source / "deploy" / "health.py", plan / "app" / "deploy" / "health.py")

    packages = [package for name in manifest.get("systemDependencies", []) for package in PACKAGES[name]]
    run = manifest.get("run", "python wsgi.py")
    scripts = {
        "system.sh": SYSTEM.format(packages=shlex.join(packages)),
        "install/.install.sh": INSTALL + commands(install, DEFAULT_INSTALL),
        "app/.build.sh": "set -e\n" + commands(as_list(manifest.get("build", [])), ":"),
        # {{ "只有一条命令时 shell 会被它替换，信号因此能到达应用。" if cookiecutter.language == "zh" else "A shell that is given one command becomes it, so signals reach the app." }}
        "app/.run.sh": f"cd /app\nexec sh -c {shlex.quote(run.strip())}\n",
    }
    for path, script in scripts.items():
        (plan / path).parent.mkdir(parents=True, exist_ok=True)
        (plan / path).write_text(script, encoding="utf-8")


def read(path):
    """{{ "返回 leanengine.yaml 的内容；没有值的键视为不存在。" if cookiecutter.language == "zh" else "Return what leanengine.yaml says; a key without a value counts as missing." }}"""
    if not path.is_file():
        return {}
    loaded = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {key: value for key, value in loaded.items() if value is not None}


def as_list(steps):
    """{{ "以列表返回各步骤；单个步骤可以写成字符串。" if cookiecutter.language == "zh" else "Return the steps as a list; one may be written as a string." }}"""
    return [steps] if isinstance(steps, str) else steps


def commands(steps, default):
    """{{ "返回各步骤的 shell 命令行。" if cookiecutter.language == "zh" else "Return the shell lines of the steps." }}"""
    lines = [default if step == {"use": "default"} else step for step in steps]
    # {{ "每条命令在各自的 shell 中执行，互不影响。" if cookiecutter.language == "zh" else "Each in a shell of its own: `cd` in one is not meant for the next." }}
    return "".join(f"( {line.strip()}\n)\n" for line in lines if isinstance(line, str))


def copy(path, target):
    """{{ "复制文件或文件夹；链接保持为链接。" if cookiecutter.language == "zh" else "Copy a file or a folder; links stay links." }}"""
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(path, target)


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
