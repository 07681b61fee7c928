"""All settings in one file; what differs between installations comes from the environment.

`DEBUG` has three states. `DEBUG=no` is production: real servers, https, nothing guessed, and system
checks that name what is missing. `DEBUG=yes` is for developers. Unset is a local installation, as
`make run` makes it: plain http on this machine, and a secret key kept in the data folder.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
import pghistory
import pgtrigger
from csp.constants import NONE, SELF

from segmentation_crm import logs
from segmentation_crm.embedded.paths import addresses, broker_url, local_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def read(name: str, reader: Callable[[], Any]) -> Any:
    """What `reader` makes of the variable; ends with its name, not its content, where it cannot be read."""
    try:
        return reader()
    except Exception:
        raise SystemExit(f"{name} cannot be understood: docs/operations.md shows its form.") from None


DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = "DEBUG" in env.ENVIRON and not DEBUG
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).absolute()

# --- What production must name; segmentation_crm/checks.py refuses to start without them ---------
SECRET_KEY = env.str("SECRET_KEY", default="") or (
    "insecure-until-named" if PRODUCTION else local_secret_key(DATA_DIR)
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
DATABASE_URL = env.str("DATABASE_URL", default="") or addresses(DATA_DIR).database_url
REDIS_URL = env.str("REDIS_URL", default="") or addresses(DATA_DIR).redis_url
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL else [])

# --- Applications: imports point upward in this list, never down -----------------------------------
INSTALLED_APPS = [
    "segmentation_crm.apps.WiringConfig",
    "servicing.apps.ServicingConfig",
    "tiers.apps.TiersConfig",
    "personas.apps.PersonasConfig",
    "clients.apps.ClientsConfig",
    "clients.apps.FirmAdminConfig",  # django.contrib.admin, for administrators alone
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "django_celery_beat",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "clients.middleware.FirmTimeZoneMiddleware",
    "clients.middleware.FormAloneMiddleware",
    "clients.middleware.LegalHoldMiddleware",
]

ROOT_URLCONF = "segmentation_crm.urls"
WSGI_APPLICATION = "segmentation_crm.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clients.context_processors.page",
            ],
        },
    },
]

# --- Database ------------------------------------------------------------------------------------
DATABASE = read("DATABASE_URL", lambda: env.db_url_config(DATABASE_URL))
# Kept for ten minutes: with a connection go the statements that it keeps planned.
DATABASES = {"default": {**DATABASE, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}
# `prepare_threshold`: a statement run by `clients.prepared` is kept from its first use.
DATABASES["default"]["OPTIONS"] = {
    "prepare_threshold": 0 if env.bool("PREPARED_STATEMENTS", default=True) else None,
    **DATABASES["default"].get("OPTIONS", {}),
    "application_name": "segmentation-crm",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# One audit statement for a mass change, not one per row.
PGHISTORY_LEVEL = pgtrigger.Statement
# Audit rows are read by client (clients/audit.py); an index for every key would slow each mass insert.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=False)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- Queue ---------------------------------------------------------------------------------------
# Measured with kill -9 of the worker: with these nothing is lost and recovery takes seconds.
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A queue that does not answer delays work until the next sweep; it never holds up a person.
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False

# Counts sign-in attempts, for all web processes together. In the database, which a sign-in needs anyway: the
# queue may be down. Room for many, so that a flood of names does not push the counts of one out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "segmentation_crm_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- People and sign-in ----------------------------------------------------------------------------
AUTH_USER_MODEL = "clients.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "clients.accounts.AdministratorBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "servicing:today"
ACCOUNT_ADAPTER = "clients.accounts.InvitedOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people arrive by invitation to their address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Segmentation CRM"
MFA_ALLOW_UNVERIFIED_EMAIL = True
EMAIL_CONFIG = read("EMAIL_URL", lambda: env.email_url("EMAIL_URL", default="consolemail://"))
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds for which a page waits for the mail server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@localhost")

# --- Language, time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # pages switch to the firm's own zone (clients.Firm)
USE_I18N = True
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "uploads")))
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Security --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the TOTP QR code and Bootstrap's own icons
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = read(
    "SECURE_HSTS_SECONDS", lambda: env.int("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # attempts are counted by the person's address, not by the proxy's

# --- Planning --------------------------------------------------------------------------------------
# A firm of more clients is planned at night in parts of about so many, each a message of its own.
PLANNING_PART_CLIENTS = read(
    "PLANNING_PART_CLIENTS", lambda: env.int("PLANNING_PART_CLIENTS", default=50_000)
)

# --- Logs ------------------------------------------------------------------------------------------
LOG_LEVEL = read("LOG_LEVEL", lambda: logs.level(env.str("LOG_LEVEL", default="INFO")))
LOGGING = logs.logging_config(json=PRODUCTION, level=LOG_LEVEL)
