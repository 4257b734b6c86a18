"""What the answer `kubernetes` brings, as kubectl and the schemas of Kubernetes see it."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError
from kubernetes_validate import utils

from scaffold.catalog import combinations
from scaffold.engine.manifest import Manifest
from scaffold.render import render
from tests.conftest import CATALOG

# preStop's `sleep` is stable since then.
VERSIONS = ("1.34", "1.37")
KUBECTL = next(
    (str(path) for path in [Path(sys.executable).with_name("kubectl")] if path.is_file()),
    shutil.which("kubectl"),
)
NEEDS_KUBECTL = pytest.mark.skipif(
    not KUBECTL, reason="there is no kubectl; `make test` installs it on Linux"
)
# No package carries the schema of the Gateway API; these are its documented keys.
ROUTE = {
    "type": "object",
    "required": ["parentRefs", "hostnames", "rules"],
    "additionalProperties": False,
    "properties": {
        "hostnames": {"type": "array", "items": {"type": "string"}},
        "parentRefs": {
            "type": "array",
            "items": {
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    key: {"type": "string"} for key in ("name", "namespace", "sectionName")
                },
            },
        },
        "rules": {
            "type": "array",
            "items": {
                "additionalProperties": False,
                "properties": {
                    "matches": {"type": "array"},
                    "filters": {"type": "array"},
                    "backendRefs": {"type": "array"},
                    "timeouts": {
                        "additionalProperties": False,
                        "properties": {"request": {"pattern": r"^\d+s$"}},
                    },
                },
            },
        },
    },
}

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@pytest.fixture(scope="module", autouse=True)
def _schemas_once() -> Iterator[None]:
    """Read each schema once; the library reads megabytes of them for each object."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "schema_contents", functools.cache(utils.schema_contents))
        yield


def write(folder: Path, **answers: str | bool) -> Path:
    """Write a project with the files for Kubernetes, and the secrets of both environments."""
    resolved = CATALOG.resolve({}) | answers | {"kubernetes": True}
    files = render(CATALOG.starter(str(resolved["starter"])), resolved)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    for environment in ("staging", "production"):
        secrets = folder / "deploy/kubernetes/overlays" / environment / ".env"
        secrets.write_bytes(files[".env.example"])
    return folder


def built(folder: Path, environment: str) -> Iterator[dict[str, Any]]:
    """Yield the objects that `kubectl kustomize` makes of an environment."""
    assert KUBECTL
    done = subprocess.run(
        [KUBECTL, "kustomize", str(folder / "deploy/kubernetes/overlays" / environment)],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    yield from yaml.safe_load_all(done.stdout)


def validate(thing: dict[str, Any], version: str) -> None:
    """Check an object against its schema; unknown keys are errors."""
    if thing["kind"] == "HTTPRoute":
        Draft202012Validator(ROUTE).validate(thing["spec"])
    else:
        kubernetes_validate.validate(thing, version, strict=True)


def validate_all(things: Iterable[dict[str, Any]]) -> None:
    """Check objects against the schemas of the oldest version."""
    for thing in things:
        validate(thing, VERSIONS[0])


def of(things: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the first object of a kind."""
    return next(thing for thing in things if thing["kind"] == kind)


@NEEDS_KUBECTL
@pytest.mark.parametrize("name", ["myapp", "My_App_", "_x", "__1a__", "a" * 50])
def test_objects_are_valid(tmp_path: Path, name: str) -> None:
    """Both environments are built and each object keeps to its schema, whatever the name."""
    folder = write(tmp_path, project_name=name)
    for environment in ("staging", "production"):
        things = list(built(folder, environment))
        for thing in things:
            for version in VERSIONS:
                validate(thing, version)
        label = of(things, "Namespace")["metadata"]["name"]
        assert label.replace("-", "").isalnum()
        assert label[0].isalpha()
        assert label == label.lower()
        assert len(label) <= 63


@NEEDS_KUBECTL
@pytest.mark.parametrize("starter", CATALOG.questions["starter"].choices)
def test_every_starter(tmp_path: Path, starter: str) -> None:
    """Every starter's files are built; the port is the one that the probes ask."""
    answers = next(combinations(CATALOG, starter))
    pod = of(list(built(write(tmp_path, **answers), "production")), "Deployment")
    (container,) = pod["spec"]["template"]["spec"]["containers"]
    port = {each["name"]: each["value"] for each in container["env"]}["LEANCLOUD_APP_PORT"]
    assert [each["containerPort"] for each in container["ports"]] == [int(port)]


@NEEDS_KUBECTL
@pytest.mark.parametrize(("cloud_functions", "runs"), [(True, True), (False, False)])
def test_the_runner_of_timers(tmp_path: Path, *, cloud_functions: bool, runs: bool) -> None:
    """One process calls the app at its service, which lets it in; its label is its own."""
    folder = write(tmp_path, timers=True, cloud_functions=cloud_functions)
    for environment in ("staging", "production"):
        things = list(built(folder, environment))
        validate_all(things)
        named = {(thing["kind"], thing["metadata"]["name"]): thing for thing in things}
        assert (("Deployment", "timers") in named) == runs
        if not runs:
            continue
        pod = named["Deployment", "timers"]["spec"]["template"]
        (container,) = pod["spec"]["containers"]
        labels, app = pod["metadata"]["labels"], named["Service", "web"]["spec"]["selector"]
        assert not app.items() <= labels.items()
        assert container["args"][-1] == "http://web"
        assert container["image"] == "registry.example.com/myapp-timers:latest"
        (allowed,) = named["NetworkPolicy", "web-from-timers"]["spec"]["ingress"]
        assert allowed["from"][0]["podSelector"]["matchLabels"].items() <= labels.items()
        assert ("Secret", container["envFrom"][1]["secretRef"]["name"]) in named


@NEEDS_KUBECTL
def test_the_data_service(tmp_path: Path) -> None:
    """Tables are renewed before it starts; the app and it reach each other, and a client at one
    address reaches each for its part of the API.
    """
    folder = write(tmp_path, data="own", timers=True)
    for environment in ("staging", "production"):
        with (folder / f"deploy/kubernetes/overlays/{environment}/.env").open("a") as secrets:
            secrets.write("SCAFFOLD_STORE_DATABASE=postgresql://d\nSCAFFOLD_STORE_FILES=s3://f\n")
        things = list(built(folder, environment))
        validate_all(things)
        named = {(thing["kind"], thing["metadata"]["name"]): thing for thing in things}
        pod = named["Deployment", "store"]["spec"]["template"]
        labels, web = pod["metadata"]["labels"], named["Service", "web"]["spec"]["selector"]
        assert not web.items() <= labels.items()
        assert named["Service", "store"]["spec"]["selector"].items() <= labels.items()
        (migrate,), (container,) = pod["spec"]["initContainers"], pod["spec"]["containers"]
        assert migrate["image"] == container["image"] == "registry.example.com/myapp-store:latest"
        assert migrate["args"] == ["migrate"]
        secret = named["Secret", container["envFrom"][0]["secretRef"]["name"]]["data"]
        for each in (*migrate["env"], *container["env"]):
            reference = each.get("valueFrom", {}).get("secretKeyRef")
            assert reference is None or reference["key"] in secret
        (app,) = named["Deployment", "web"]["spec"]["template"]["spec"]["containers"]
        assert {"name": "LEANCLOUD_API_SERVER", "value": "http://store"} in app["env"]
        allowed = named["NetworkPolicy", "web-and-store"]["spec"]
        for rule in (allowed["ingress"][0]["from"], allowed["egress"][0]["to"]):
            assert rule[0]["podSelector"]["matchLabels"].items() <= labels.items()
        parts = {
            match["path"]["value"]: rule["backendRefs"][0]["name"]
            for rule in named["HTTPRoute", "store"]["spec"]["rules"]
            for match in rule["matches"]
        }
        assert parts == {"/1.1": "store", "/1.1/functions": "web", "/1.1/call": "web"}
        hosts = {
            key[1]: thing["spec"]["hostnames"] for key, thing in named.items() if "Route" in key[0]
        }
        assert hosts["store"] == hosts["web"]


@NEEDS_KUBECTL
def test_the_platforms_contract(tmp_path: Path) -> None:
    """Start, overlap, end, rights and size are the platform's."""
    things = list(built(write(tmp_path), "production"))
    deployment = of(things, "Deployment")["spec"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    probe = container["startupProbe"]
    assert probe["periodSeconds"] == 1
    assert probe["failureThreshold"] == Manifest().startup_timeout
    asked = {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("liveness", "readiness")}
    assert asked == {"/__engine/1/ping"}
    overlap = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert (overlap, pod["terminationGracePeriodSeconds"]) == (30, overlap + 10)
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "512Mi"}
    staging = of(list(built(tmp_path, "staging")), "Deployment")["spec"]["template"]["spec"]
    assert staging["containers"][0]["resources"]["limits"] == {"cpu": "500m", "memory": "256Mi"}


@NEEDS_KUBECTL
@pytest.mark.parametrize("size", ["256Mi", "1Gi", "2Gi", "4Gi"])
def test_sizes(tmp_path: Path, size: str) -> None:
    """An instance takes another size where the overlay says so."""
    overlay = write(tmp_path) / "deploy/kubernetes/overlays/production/kustomization.yaml"
    overlay.write_text(overlay.read_text("utf-8").replace("512Mi}", f"{size}}}"), "utf-8")
    deployment = of(list(built(tmp_path, "production")), "Deployment")
    validate(deployment, VERSIONS[0])
    resources = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert {resources[kind]["memory"] for kind in ("requests", "limits")} == {size}


@NEEDS_KUBECTL
@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("deployment", "terminationGracePeriodSeconds", "terminationGracePeriod"),
        ("deployment", "failureThreshold", "failureTreshold"),
        ("deployment", "runAsNonRoot", "runAsNonroot"),
        ("network", "policyTypes", "policyType"),
        ("autoscaler", "minReplicas", "minReplica"),
        ("disruption", "maxUnavailable", "maxUnavailble"),
        ("route", "backendRefs", "backendRef"),
        ("route", "hostnames", "hostname"),
    ],
)
def test_a_misspelt_key_is_found(tmp_path: Path, file: str, right: str, wrong: str) -> None:
    """The validation above would find a key that Kubernetes does not know."""
    path = write(tmp_path) / f"deploy/kubernetes/base/{file}.yaml"
    path.write_text(path.read_text("utf-8").replace(f"{right}:", f"{wrong}:"), "utf-8")
    things = yaml.safe_load_all(path.read_text("utf-8"))
    with pytest.raises((kubernetes_validate.ValidationError, ValidationError), match=wrong):
        validate_all(things)


def test_secrets_are_not_committed(tmp_path: Path) -> None:
    """Git, the upload and the image leave the secrets of the overlays out."""
    folder = write(tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    path = "deploy/kubernetes/overlays/production/.env"
    ignored = subprocess.run(["git", "check-ignore", path], cwd=folder, check=False)
    assert ignored.returncode == 0
    assert ".env" in (folder / ".leanignore").read_text("utf-8").splitlines()
    # Docker's patterns begin at the root.
    assert "**/.env" in (folder / ".dockerignore").read_text("utf-8").splitlines()
