"""The file that each host reads: its documented keys, and what scaffold/hosts.py says of it.

Kubernetes' schemas are taken where a host takes Kubernetes' objects. Of the others none publishes
a schema under a licence that would let it lie here; the keys are those of their documentation, read
in November 2026, and a key that is not among them is an error.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from scaffold.checks import check
from scaffold.checks.settings import CheckSettings
from scaffold.hosts import HOSTS
from scaffold.render import render
from tests.conftest import CATALOG

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PING = "/__engine/1/ping"


def closed(**properties: Any) -> dict[str, Any]:
    """Return the schema of a mapping with these keys and no others."""
    return {"type": "object", "additionalProperties": False, "properties": properties}


TEXT, NUMBER, SWITCH = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
MAPPING = {"type": "object"}
LIST = {"type": "array"}
DOCUMENTED = {
    "fly": closed(
        app=TEXT,
        primary_region=TEXT,
        kill_signal={"enum": ["SIGTERM", "SIGINT", "SIGQUIT"]},
        kill_timeout={"pattern": r"^\d+s$"},
        build=closed(dockerfile=TEXT),
        env=MAPPING,
        http_service=closed(
            internal_port=NUMBER,
            force_https=SWITCH,
            auto_stop_machines={"enum": ["off", "stop", "suspend"]},
            auto_start_machines=SWITCH,
            min_machines_running=NUMBER,
            checks={
                "items": closed(
                    method=TEXT, path=TEXT, grace_period=TEXT, interval=TEXT, timeout=TEXT
                )
            },
        ),
        vm={"items": closed(memory=TEXT, cpu_kind=TEXT, cpus=NUMBER)},
    ),
    "railway": closed(
        **{"$schema": TEXT},
        build=closed(builder={"const": "DOCKERFILE"}, dockerfilePath=TEXT),
        deploy=closed(
            healthcheckPath=TEXT,
            healthcheckTimeout=NUMBER,
            overlapSeconds=NUMBER,
            drainingSeconds=NUMBER,
            restartPolicyType={"enum": ["ALWAYS", "ON_FAILURE", "NEVER"]},
            multiRegionConfig=MAPPING,
        ),
    ),
    "render": closed(
        services={
            "items": closed(
                type={"const": "web"},
                name=TEXT,
                runtime={"const": "docker"},
                plan=TEXT,
                region={"enum": ["oregon", "ohio", "virginia", "frankfurt", "singapore"]},
                dockerfilePath=TEXT,
                dockerContext=TEXT,
                healthCheckPath=TEXT,
                maxShutdownDelaySeconds={"minimum": 1, "maximum": 300},
                autoDeployTrigger={"enum": ["commit", "checksPass", "off"]},
                envVars={"items": closed(key=TEXT, value=TEXT, sync=SWITCH, generateValue=SWITCH)},
            )
        }
    ),
    "heroku": closed(build=closed(docker=closed(web={"const": "Dockerfile"}))),
    "zeabur": closed(ignore_dockerfile={"const": False}),
    "cloudbase": closed(
        containerPort=NUMBER,
        dockerfilePath=TEXT,
        buildDir=TEXT,
        minNum=NUMBER,
        maxNum=NUMBER,
        cpu=NUMBER,
        mem=NUMBER,
        policyType={"enum": ["cpu", "mem"]},
        policyThreshold=NUMBER,
        envParams=MAPPING,
        customLogs=TEXT,
        initialDelaySeconds=NUMBER,
    ),
    # Knative's Service; its containers are Kubernetes' own.
    "cloud-run": closed(
        apiVersion={"const": "serving.knative.dev/v1"},
        kind={"const": "Service"},
        metadata=closed(name=TEXT, labels=MAPPING),
        spec=closed(
            template=closed(
                metadata=closed(annotations=MAPPING),
                spec=closed(timeoutSeconds=NUMBER, containers=LIST),
            )
        ),
    ),
}


def project(host: str, starter: str = "flask", **answers: str | bool) -> dict[str, bytes]:
    """Return the files of a project for a host."""
    backend = CATALOG.questions["backend"].default_for({"starter": starter})
    made = CATALOG.resolve({}) | {"starter": starter, "backend": backend, "host": host}
    made["server"] = CATALOG.questions["server"].default_for(CATALOG.context(made))
    return render(CATALOG.starter(starter), made | answers)


def loaded(host: str, files: dict[str, bytes]) -> list[Any]:
    """Return what the host's file holds."""
    text = files[HOSTS[host].file].decode("utf-8")
    if host == "fly":
        return [tomllib.loads(text)]
    return [json.loads(text)] if text.startswith("{") else list(yaml.safe_load_all(text))


def validate(host: str, things: list[Any]) -> None:
    """Check the content of a host's file."""
    for thing in things:
        if host == "sealos":
            kubernetes_validate.validate(thing, "1.34", strict=True)
        else:
            Draft202012Validator(DOCUMENTED[host]).validate(thing)
    if host == "cloud-run":
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {},
            "spec": {"containers": things[0]["spec"]["template"]["spec"]["containers"]},
        }
        kubernetes_validate.validate(pod, "1.34", strict=True)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("starter", CATALOG.questions["starter"].choices)
def test_documented_keys(host: str, starter: str) -> None:
    """Each host's file has documented keys only, on every starter and under an odd name."""
    validate(host, loaded(host, project(host, starter, project_name="_Odd_")))


@pytest.mark.parametrize("host", HOSTS)
def test_a_wrong_key_is_found(host: str) -> None:
    """The validation above would find a key that the host does not know."""
    (thing, *_) = loaded(host, project(host))
    with pytest.raises((ValidationError, kubernetes_validate.ValidationError), match="misspelt"):
        validate(host, [{**thing, "misspelt": 1}])


def test_choices() -> None:
    """The hosts of the table are those that copier.yml offers, beside none."""
    assert CATALOG.questions["host"].choices == ("none", *HOSTS)


def numbers(thing: object) -> Iterator[object]:
    """Yield every value inside a file."""
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ()
    for part in parts:
        yield part
        yield from numbers(part)


def test_the_table_is_what_the_files_say() -> None:
    """Port, time, size and health check in scaffold/hosts.py are those of the files."""
    found = {host: list(numbers(loaded(host, project(host)))) for host in HOSTS}
    for host in ("cloud-run", "fly", "sealos", "cloudbase"):
        assert HOSTS[host].port in found[host]
    for host in ("cloud-run", "fly", "railway", "render", "sealos"):
        assert PING in found[host]
    assert f"{HOSTS['fly'].grace}s" in found["fly"]
    assert HOSTS["railway"].grace in found["railway"]
    assert HOSTS["railway"].start_timeout in found["railway"]
    assert HOSTS["render"].grace in found["render"]
    assert HOSTS["sealos"].grace in found["sealos"]
    (cloudbase,) = loaded("cloudbase", project("cloudbase"))
    assert HOSTS["cloudbase"].memory == 1024 * cloudbase["mem"]


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_is_missing(tmp_path: Path, host: str) -> None:
    """A project that was generated for a host is started there with its functions."""
    files = project(host)
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    settings = CheckSettings(select=("LE11",), host=HOSTS[host])
    assert check(tmp_path, settings).findings == ()
