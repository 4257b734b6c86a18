#!/bin/sh
# {{ "CI 的各个步骤，GitHub 与 GitLab 共用，也可在本机运行：sh .ci/steps.sh lint" if cookiecutter.language == "zh" else "The steps of CI, the same on GitHub and GitLab, and on your machine: sh .ci/steps.sh lint" }}
set -eu

lint() {
    # {{ "只报告错误，不管风格；想更严格时在此添加" if cookiecutter.language == "zh" else "Mistakes, not style; make it stricter here" }}
{% if cookiecutter._adopted %}
    ruff check --select E9,F63,F7,F82 .
{% else %}
    ruff check --select E7,E9,F .
    mypy --ignore-missing-imports --disable-error-code var-annotated .
{% endif %}
}

tests() {
{% if cookiecutter._adopted %}
    if [ ! -f requirements-dev.txt ]; then
        echo "{{ "没有 requirements-dev.txt（应用与 pytest 的依赖）：不运行测试" if cookiecutter.language == "zh" else "No requirements-dev.txt, the packages of the app and pytest: no tests are run" }}"
        return
    fi
{% endif %}
    python{{ cookiecutter.python }} -m venv .venv
    .venv/bin/pip install --quiet -r requirements-dev.txt
{% if cookiecutter.cloud_functions and cookiecutter.dependencies == 'current' %}
    # {{ "SDK 自己的依赖停留在 2020 年" if cookiecutter.language == "zh" else "The SDK's own requirements are of 2020" }}
    .venv/bin/pip install --quiet --no-deps leancloud==3.0.2
{% endif %}
{% if cookiecutter.cloud_functions %}
    # {{ "数据服务由 scaffold 提供；没有它时，用到数据的测试会跳过" if cookiecutter.language == "zh" else "scaffold brings the data service; without it, the tests that need data are skipped" }}
    if [ -n "${SCAFFOLD:-}" ] && scaffold_python >/dev/null; then
        install_scaffold
        PATH="$PATH:$HOME/.scaffold/bin"
    fi
{% endif %}
    .venv/bin/python -m pytest
}

# {{ "从设置的来源安装 scaffold，再运行它" if cookiecutter.language == "zh" else "Run scaffold, installed from the source that was set" }}
scaffold() {
    "$HOME/.scaffold/bin/scaffold" "$@"
}

# {{ "scaffold 可以运行的 Python" if cookiecutter.language == "zh" else "The Python for scaffold" }}
scaffold_python() {
    command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3.10
}

install_scaffold() {
    "$(scaffold_python)" -m venv "$HOME/.scaffold"
    "$HOME/.scaffold/bin/pip" install --quiet "$SCAFFOLD"
}

check() {
    scaffold check
}

boot() {
    scaffold boot
}

image() {
    if [ ! -f Dockerfile ]; then
        echo "{{ "没有 Dockerfile：不构建镜像" if cookiecutter.language == "zh" else "No Dockerfile: no image is built" }}"
        return
    fi
    docker build --tag "$IMAGE" .
    if [ "${PUSH:-}" = true ]; then
        printf %s "$REGISTRY_TOKEN" | docker login --username "$REGISTRY_USER" --password-stdin "$REGISTRY"
        docker push "$IMAGE"
    fi
}

# {{ "部署命令在 deploy/release.sh（由选项 host 生成）或 deploy/kubernetes/release.sh 中；都没有时，平台自己从仓库部署" if cookiecutter.language == "zh" else "The commands are in deploy/release.sh (the answer host brings one) or deploy/kubernetes/release.sh; without either the host deploys from the repository by itself" }}
deploy() {
    for script in deploy/release.sh deploy/kubernetes/release.sh; do
        if [ -f "$script" ]; then
            sh "$script" "$IMAGE"
        fi
    done
}

# {{ "有新模板时，在分支 scaffold-update 上更新，把计划写入 plan.md" if cookiecutter.language == "zh" else "Where there is a newer template, update on the branch scaffold-update and write the plan to plan.md" }}
update() {
    if scaffold update --check; then
        return
    fi
    git switch --quiet --force-create scaffold-update
    scaffold update --dry-run --no-color >../plan.txt
    scaffold update --defaults
    git add --all
    git commit --quiet --message "{{ "更新到最新的模板" if cookiecutter.language == "zh" else "Update to the newest template" }}"
    git push --quiet --force "$REMOTE" scaffold-update
    { echo '```'; cat ../plan.txt; echo '```'; } >../plan.md
}

case "$1" in
check | boot | update)
    if [ -z "${SCAFFOLD:-}" ]; then
        echo "{{ "未设置变量 SCAFFOLD（scaffold 的安装来源）：跳过" if cookiecutter.language == "zh" else "The variable SCAFFOLD, where scaffold is installed from, is not set: skipped" }}: $1"
        exit 0
    fi
    install_scaffold
    "$1"
    ;;
lint | tests | image | deploy)
    "$1"
    ;;
*)
    echo "usage: sh .ci/steps.sh lint|tests|check|boot|image|deploy|update" >&2
    exit 2
    ;;
esac
