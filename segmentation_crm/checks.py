"""Wrong configuration fails at start, in one sentence that names the variable and says what to do."""

import os
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

NEEDED = {
    "SECRET_KEY": (
        "segmentation_crm.E001",
        "Set it to a long random text that only this installation knows, for example the output of "
        "`python -c 'import secrets; print(secrets.token_urlsafe(50))'`.",
    ),
    "ALLOWED_HOSTS": (
        "segmentation_crm.E002",
        "Set it to the host names that people type, separated by commas, for example crm.example.com.",
    ),
    "DATABASE_URL": (
        "segmentation_crm.E003",
        "Set it to the firm's PostgreSQL, for example postgresql://user:password@host:5432/segmentation_crm.",
    ),
    "REDIS_URL": (
        "segmentation_crm.E004",
        "Set it to the firm's Redis or Valkey, for example redis://host:6379/0.",
    ),
}


@register(Tags.compatibility)
def production_names_everything(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Production guesses nothing: each of the four variables must be in the environment."""
    if not settings.PRODUCTION:
        return []
    return [
        Error(f"{name} is not set, and production (DEBUG=no) does not guess it.", hint=hint, id=check_id)
        for name, (check_id, hint) in NEEDED.items()
        if not os.environ.get(name, "").strip()
    ]


@register(Tags.compatibility)
def addresses_are_understood(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """PostgreSQL, Redis or Valkey, host names, and the address in mails; anything else is refused by name."""
    errors: list[CheckMessage] = []
    database = os.environ.get("DATABASE_URL", "").strip()
    if database and not database.startswith(("postgres://", "postgresql://", "psql://", "pgsql://")):
        errors.append(
            Error(
                "DATABASE_URL is not the address of a PostgreSQL database.",
                hint="It begins with postgresql://; no other database is supported.",
                id="segmentation_crm.E005",
            )
        )
    wrong = [host for host in settings.ALLOWED_HOSTS if "/" in host or any(map(str.isspace, host))]
    if wrong:
        errors.append(
            Error(
                f"ALLOWED_HOSTS holds {wrong[0]!r}, which is no host name.",
                hint="Write names alone, without https:// and separated by commas: crm.example.com.",
                id="segmentation_crm.E007",
            )
        )
    if settings.PUBLIC_URL and not re.fullmatch(r"https?://[^/\s]+", settings.PUBLIC_URL):
        errors.append(
            Error(
                "PUBLIC_URL is not the address that people type.",
                hint="It is https:// and the host name, for example https://crm.example.com.",
                id="segmentation_crm.E008",
            )
        )
    queue = os.environ.get("REDIS_URL", "").strip()
    if queue and not queue.startswith(("redis://", "rediss://", "unix://")):
        errors.append(
            Error(
                "REDIS_URL is not the address of a Redis or Valkey.",
                hint="It begins with redis://, rediss:// or unix://.",
                id="segmentation_crm.E006",
            )
        )
    return errors


@register(Tags.security, deploy=True)
def people_can_be_invited(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Invitations and password resets go by e-mail, with links to the address that people use."""
    found: list[CheckMessage] = []
    if settings.PRODUCTION and not os.environ.get("EMAIL_URL", "").strip():
        found.append(
            Warning(
                "EMAIL_URL is not set: invitations and password resets are written to the log only.",
                hint="Set it to the firm's mail server, for example smtp+tls://user:password@host:587.",
                id="segmentation_crm.W001",
            )
        )
    elif settings.PRODUCTION and not os.environ.get("DEFAULT_FROM_EMAIL", "").strip():
        found.append(
            Warning(
                "DEFAULT_FROM_EMAIL is not set: mails come from no-reply@localhost and may be refused.",
                hint="Set it to an address that the firm's mail server sends for, such as crm@example.com.",
                id="segmentation_crm.W002",
            )
        )
    return found


def refuse_wrong_settings() -> None:
    """Ends the process with the sentences of failed checks; called by servers, which skip `manage.py`."""
    errors = [
        *production_names_everything(None),
        *addresses_are_understood(None),
    ]
    if errors:
        raise SystemExit("\n".join(f"{error.id}: {error.msg} {error.hint}" for error in errors))
