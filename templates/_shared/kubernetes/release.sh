#!/bin/sh
{% set app = ('app' if cookiecutter.project_name.startswith('_') else '') ~ cookiecutter.project_name.lower().replace('_', '-').strip('-') %}
# {{ "CI 用它更换生产环境的镜像；DEPLOY_TOKEN 是 kubeconfig 的内容，在 CI 中设置，未设置时不部署" if cookiecutter.language == "zh" else "CI sets the image of production with it. DEPLOY_TOKEN is the content of a kubeconfig, set in CI; nothing is deployed without it" }}
set -eu
if [ -z "${DEPLOY_TOKEN:-}" ]; then
    echo "{{ "未设置 DEPLOY_TOKEN：不部署" if cookiecutter.language == "zh" else "DEPLOY_TOKEN is not set: nothing is deployed" }}"
    exit 0
fi
KUBECONFIG=$(mktemp)
export KUBECONFIG
trap 'rm -f "$KUBECONFIG"' EXIT
printf %s "$DEPLOY_TOKEN" >"$KUBECONFIG"
kubectl --namespace {{ app }}-production set image deployment/web "web=$1"
kubectl --namespace {{ app }}-production rollout status deployment/web --timeout 5m
