#!/bin/sh
{% set app = ('app' if cookiecutter.project_name.startswith('_') else '') ~ cookiecutter.project_name.lower().replace('_', '-').strip('-') %}
# {{ "CI 用它部署通过检查的版本；DEPLOY_TOKEN 是主机的令牌，在 CI 中设置，未设置时不部署" if cookiecutter.language == "zh" else "CI deploys with it what has passed. DEPLOY_TOKEN is the host's token, set in CI; nothing is deployed without it" }}
set -eu
if [ -z "${DEPLOY_TOKEN:-}" ]; then
    echo "{{ "未设置 DEPLOY_TOKEN：不部署" if cookiecutter.language == "zh" else "DEPLOY_TOKEN is not set: nothing is deployed" }}"
    exit 0
fi
{% if cookiecutter.host == 'fly' %}
FLY_API_TOKEN=$DEPLOY_TOKEN
export FLY_API_TOKEN
flyctl deploy --remote-only
{% elif cookiecutter.host == 'cloud-run' %}
key=$(mktemp)
trap 'rm -f "$key"' EXIT
printf %s "$DEPLOY_TOKEN" >"$key"
gcloud auth activate-service-account --key-file "$key"
gcloud run deploy {{ app }} --source . --region asia-east1 --quiet
{% else %}
KUBECONFIG=$(mktemp)
export KUBECONFIG
trap 'rm -f "$KUBECONFIG"' EXIT
printf %s "$DEPLOY_TOKEN" >"$KUBECONFIG"
kubectl set image deployment/{{ app }} "{{ app }}=$1"
kubectl rollout status deployment/{{ app }} --timeout 5m
{% endif %}
