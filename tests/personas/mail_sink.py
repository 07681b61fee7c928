"""A mail server in a thread: speaks just enough SMTP, keeps what it is given, can be told to misbehave."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                self._say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    if not part:
                        return  # the other side is gone
                    text += part
                mail = message_from_bytes(text, policy=policy.default)
                with sink.lock:
                    sink.taken.append(mail)
                sink.has_one.set()
                answer = sink.after_data(mail)
                if answer is None:
                    return  # hangs up without a word
                self._say(answer)
            elif word == "RCPT":
                self._say(sink.on_recipient(line))
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed in mid-sentence is what the tests are about."""


class Sink:
    """`taken`: every message whose text arrived, answered or not."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.lock = threading.Lock()
        self.has_one = threading.Event()
        self.go_on = threading.Event()
        self.after_data: Callable[[Any], str | None] = lambda mail: "250 taken"
        self.on_recipient: Callable[[str], str] = lambda line: "250 fine"
        self.port = 0

    def hold(self) -> None:
        """Keeps the answer to the next message back until `go_on` is set."""

        def wait(mail: Any) -> str:
            self.go_on.wait(60)
            return "250 taken"

        self.after_data = wait

    def to(self) -> list[str]:
        return [str(mail["To"]) for mail in self.taken]


@contextmanager
def running() -> Iterator[Sink]:
    sink = Sink()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.sink = sink  # type: ignore[attr-defined]
        sink.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield sink
        sink.go_on.set()
        server.shutdown()
