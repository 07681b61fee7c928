"""What a log line looks like: JSON in production, readable text elsewhere, and never a client's data.

Code logs with `structlog.get_logger(__name__).info("import finished", rows=10)`; an object is named by its
id. Fields that could hold a person or an amount are taken out here, should one slip in.
"""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

WITHHELD = frozenset(
    {"name", "client", "member", "email", "phone", "address", "amount", "revenue", "assets", "note", "text"}
    | {"password", "secret", "token", "behavioral_trigger", "assets_under_management", "potential_revenue"}
)


def withhold_personal_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Puts `[withheld]` in place of every field that could hold a person's data or an amount."""
    for field in WITHHELD & event.keys():
        event[field] = "[withheld]"
    return event


# What stands in an address that opens something without a sign-in, after what such addresses begin with. A
# test finds each address with a secret in it. `/tasks/7/rating/` has none.
_SECRETS = re.compile(
    "|".join(
        (
            r"(?<=/calendar/)[\w-]{20,}",
            r"(?<=/goals/answer/)[^/\s]+",
            r"(?<=/rating/)(?<!\d/rating/)[^/\s]+",
            r"(?<=/unsubscribe/)[^/\s]+",
            r"(?<=/invitation/)[^/\s]+(/[^/\s]+)?",
            r"(?<=/accounts/password/reset/key/)[^/\s]+",
            r"(?<=/accounts/confirm-email/)[^/\s]+",
        )
    )
)


def without_secret(text: str) -> str:
    """`text` without the secret of an address that needs no sign-in: a calendar's, a link that was sent."""
    return _SECRETS.sub("[withheld]", text)


def withhold_secret_addresses(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Takes the secret out of an address that Django logs because it was not found, or is no more."""
    if isinstance(event.get("event"), str):
        event["event"] = without_secret(event["event"])
    return event


def _steps_before_drawing() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        withhold_personal_fields,
        withhold_secret_addresses,
    ]


def level(name: str) -> str:
    """The name of a level as `logging` knows it; raises KeyError for any other."""
    return logging.getLevelName(logging.getLevelNamesMapping()[name.strip().upper()])


def logging_config(*, json: bool, level: str = "INFO") -> dict[str, Any]:
    """Django's LOGGING for one stream of lines, JSON when `json` is true; sets up structlog beside it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_steps_before_drawing(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    drawing: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        # Plain tracebacks: others print the variables with them, and so the clients' data.
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _steps_before_drawing(),
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *drawing],
            }
        },
        # Standard error: a command's standard output belongs to its answer.
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "django.db.backends": {"level": "INFO"},
            "celery.beat": {"level": "WARNING"},
        },
    }
