"""One message to one address: signed, led nowhere else, and never longer than ten seconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from servicing.webhooks.addresses import AddressRefused, machines_of, parsed, port_of

SECONDS = 10  # for the whole of one message
SECRET_PREFIX = "whsec_"  # noqa: S105  (how a secret begins)
_READ = 1 << 14  # of an answer, which nobody looks at


def secret_of(salt: str) -> str:
    """The signing secret of an endpoint. It is worked out from the installation's SECRET_KEY, and kept
    nowhere."""
    key = salted_hmac("servicing.webhooks.posting", salt, algorithm="sha256").digest()
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 of `id.timestamp.body`, as Standard Webhooks has it (standardwebhooks.com)."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Answer:
    """What came of a message: the status, or what went wrong before there was one."""

    status: int | None
    error: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, *, secret: str, message_id: str, timestamp: int, events: list[dict[str, Any]]) -> Answer:
    """Sends `events`. `timestamp`: seconds since 1970."""
    body = json.dumps({"events": events}, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Segmentation-CRM-Webhooks/1",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signature(secret, message_id=message_id, timestamp=timestamp, body=body),
    }
    try:
        status = _send(url, body, headers)
    except AddressRefused as refused:
        return Answer(None, str(refused)[:200])
    except (OSError, http.client.HTTPException) as error:
        return Answer(None, _in_words(error))
    return Answer(status, "" if 200 <= status < 300 else http.client.responses.get(status, ""))


def _send(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = parsed(url)
    machine = machines_of(parts)[0]
    connection = _connection(str(parts.hostname), port_of(parts), machine, secure=parts.scheme == "https")
    # A server that answers a letter at a time would keep each wait short and the whole of them endless.
    watch = threading.Timer(SECONDS, _hang_up, [connection])
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(_READ)
        return answer.status
    finally:
        watch.cancel()
        connection.close()


def _connection(host: str, port: int, machine: str, *, secure: bool) -> http.client.HTTPConnection:
    """A connection to the very machine that was checked, under the host's name: a second look-up could
    answer another one."""
    if secure:
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=SECONDS, context=context
        )
        raw = socket.create_connection((machine, port), SECONDS)
        try:
            connection.sock = context.wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        connection.sock = socket.create_connection((machine, port), SECONDS)
    return connection


def _hang_up(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _in_words(error: Exception) -> str:
    """A short reason without anything that the other side sent."""
    if isinstance(error, TimeoutError):
        return "No answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The certificate is not valid"
    if isinstance(error, ssl.SSLError):
        return "No secure connection"
    if isinstance(error, ConnectionRefusedError):
        return "Nobody listens there"
    if isinstance(error, OSError):
        return "The connection broke off"
    return "No answer that could be read"
