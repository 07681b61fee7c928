"""`python -m segmentation_crm.probe web|worker|beat`: exit status 0 when that process is well."""

import os
import socket
import sys
import urllib.error
import urllib.request


def web() -> str:
    """Asks /healthz under a host name that the settings let in; the reason when it fails, else nothing."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    host = first if first not in {"", "*"} else "localhost"
    request = urllib.request.Request(
        f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz", headers={"Host": host}
    )
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return f"/healthz answers {error.code}"
    except OSError as error:
        return f"/healthz does not answer: {error}"


def worker() -> str:
    """Asks the worker of this host name through the queue."""
    from segmentation_crm.celery import app

    name = f"celery@{socket.gethostname()}"
    answer = app.control.ping(destination=[name], timeout=10, limit=1)
    return "" if answer else f"{name} does not answer"


def beat() -> str:
    """Looks for a heartbeat under three minutes; it needs a worker as well."""
    import segmentation_crm.celery  # noqa: F401
    from segmentation_crm.health import NotReady, beat_is_alive

    try:
        beat_is_alive()
    except NotReady as reason:
        return str(reason)
    except Exception as error:
        return f"the queue does not answer: {type(error).__name__}"
    return ""


PROBES = {"web": web, "worker": worker, "beat": beat}


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in PROBES:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    reason = PROBES[sys.argv[1]]()
    if reason:
        sys.stderr.write(f"{reason}\n")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main())
