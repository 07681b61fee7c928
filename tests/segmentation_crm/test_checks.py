"""Production refuses to start without its four variables, in sentences that name them."""

import os

import pytest

from segmentation_crm.checks import NEEDED

COMPLETE = {
    "DEBUG": "no",
    "SECRET_KEY": "a-key-of-the-test-that-is-long-enough-to-be-no-reason-for-a-warning-0123456789",
    "ALLOWED_HOSTS": "crm.example.com",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def environment(**changes: str | None) -> dict[str, str]:
    base = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "DATA_DIR"}}
    return {name: value for name, value in (base | COMPLETE | changes).items() if value is not None}


@pytest.mark.parametrize("missing", [list(NEEDED), ["REDIS_URL"]], ids=["all", "one"])
def test_it_names_the_variables_that_are_missing_and_no_other(run_module, missing):
    said = run_module("manage.py", "check", env=environment(**dict.fromkeys(missing)))
    assert said.returncode == 1
    for name, (check_id, _) in NEEDED.items():
        assert (check_id in said.stderr) is (name in missing)
        assert (f"{name} is not set" in said.stderr) is (name in missing)
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "server",
    [
        ["gunicorn", "--config", "gunicorn.conf.py", "segmentation_crm.wsgi:application"],
        pytest.param(["celery", "-A", "segmentation_crm", "worker"], marks=pytest.mark.thorough),
        pytest.param(["celery", "-A", "segmentation_crm", "beat"], marks=pytest.mark.thorough),
    ],
    ids=["web", "worker", "beat"],
)
def test_it_stops_a_server_with_the_same_sentence(run_module, server):
    said = run_module("-m", *server, env=environment(SECRET_KEY=None, PORT="0"))
    assert said.returncode == 1
    assert "SECRET_KEY is not set" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "DATABASE_URL": "sqlite:///db.sqlite3",
            "REDIS_URL": "amqp://localhost",
            "ALLOWED_HOSTS": "https://crm.example.com",
            "PUBLIC_URL": "crm.example.com",
        },
        *(
            pytest.param(wrong, marks=pytest.mark.thorough)
            for wrong in (
                {"DATABASE_URL": "postgresql://crm:pass/word@host:port/db"},
                {"EMAIL_URL": "mail.example.com"},
                {"EMAIL_URL": "smtp://host:port"},
                {"SECURE_HSTS_SECONDS": "a year"},
                {"LOG_LEVEL": "loud"},
            )
        ),
    ],
    ids=["four", "database", "mail", "port", "seconds", "level"],
)
def test_it_names_a_variable_that_it_cannot_use_and_keeps_its_secrets(run_module, wrong):
    said = run_module("manage.py", "check", env=environment(**wrong))
    assert said.returncode == 1
    assert all(name in said.stderr for name in wrong)
    assert "Traceback" not in said.stderr
    assert "pass/word" not in said.stderr


def test_it_has_nothing_to_say_when_all_is_named(run_module):
    assert run_module("manage.py", "check", env=environment()).returncode == 0


@pytest.mark.thorough
def test_a_look_before_the_first_day_finds_mails_that_would_not_arrive(run_module):
    complete = {"EMAIL_URL": "smtp://localhost:25", "DEFAULT_FROM_EMAIL": "crm@example.com"}

    def look(**changes: str | None) -> str:
        return run_module("manage.py", "check", "--deploy", env=environment(**complete | changes)).stderr

    assert "is not set" not in look()
    for name in complete:
        assert f"{name} is not set" in look(**{name: None})
