"""What tests of pages share: people with a session, and a server for a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.http.response import HttpResponseBase
from django.test import Client


def visitor(name: str) -> Client:
    """Return a client of somebody who has signed in on the pages."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def text_of(response: HttpResponseBase) -> str:
    """Return what was sent, streamed or not, with white space as a reader sees it."""
    body = b"".join(response) if response.streaming else response.content
    return re.sub(r"[ \n]+", " ", body.decode())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


@contextmanager
def listening() -> Iterator[str]:
    """Serve pages and files as in use, on a free port; give the address."""
    with make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def shell_queries() -> int:
    """How many queries a page makes for what stands around it, beside session and user: one for
    what waits in the inbox, unread notices, and whether it is all invented."""
    return 1
