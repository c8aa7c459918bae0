"""Somebody who receives webhooks on this machine: takes, refuses, hangs, drips, as told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """`answer` is the status it gives, by path if there is one for the path; 0 hangs, 1 drips."""

    url: str = ""
    answer: int = 200
    by_path: dict[str, int] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


class Taker(BaseHTTPRequestHandler):
    """Takes one message and answers as its server's receiver is told."""

    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.got.append((self.path, headers, body))
        status = self.receiver.by_path.get(self.path, self.receiver.answer)
        if status == 0:
            self.receiver.over.wait(30)
        elif status == 1:
            self._drip()
        else:
            self._answer(status)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"secret")

    def _drip(self) -> None:
        """Send one byte of a header now and then, so that no read ever times out."""
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self.receiver.over.wait(0.05):
                self.wfile.write(b"a")
                self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on 127.0.0.1 until the block ends."""
    receiver = Receiver()
    taker = type("Taker", (Taker,), {"receiver": receiver})
    with ThreadingHTTPServer(("127.0.0.1", 0), taker) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            server.shutdown()
            thread.join()


def wait_for(receiver: Receiver, count: int, seconds: float = 20) -> None:
    """Wait until so many messages have come."""
    end = time.monotonic() + seconds
    while len(receiver.got) < count and time.monotonic() < end:
        time.sleep(0.05)
