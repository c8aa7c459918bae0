"""Pages at a million deals: ten people at once on the served product, over real connections."""

import http.client
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.figure import Figure

PEOPLE = 10
REQUESTS_EACH = 20
MOST_MS = 300
PAGES = ("/", "/metrics/win_rate/", "/metrics/bookings/", "/deals/")


def pages(home: Path) -> Iterator[Figure]:
    password = _user(home)
    with _served(home):
        cookie = _sign_in(password)
        for address in PAGES:
            first = _timed(address, cookie)
            yield Figure(f"GET {address}, asked for the first time", "", f"{first:.0f} ms", None)
            taken = sorted(_together(address, cookie))
            p95 = taken[int(0.95 * (len(taken) - 1))]
            yield Figure(
                f"GET {address}, p95 with {PEOPLE} people",
                f"{MOST_MS} ms",
                f"{p95:.0f} ms (median {statistics.median(taken):.0f} ms)",
                p95 <= MOST_MS,
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = _free_port()


def _user(home: Path) -> str:
    """Return the password of a user who may sign in; it is made anew each time."""
    wald = [sys.executable, "-m", "wald", "users"]
    rest = ["benchmark", "--generate", "--home", str(home)]
    done = subprocess.run([*wald, "add", *rest], capture_output=True, text=True)
    if done.returncode:
        again = [*wald, "password", *rest]
        done = subprocess.run(again, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def _served(home: Path) -> Iterator[None]:
    serve = [sys.executable, "-m", "wald", "serve", "--port", str(PORT), "--home", str(home)]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                _ask("GET", "/sign-in/", {})
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _ask(
    method: str, address: str, headers: dict[str, str], body: str = ""
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=600)
    try:
        connection.request(method, address, body or None, headers)
        answer = connection.getresponse()
        cookies: SimpleCookie = SimpleCookie()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookies.load(value)
        values = {name: morsel.value for name, morsel in cookies.items()}
        return answer.status, values, answer.read().decode(errors="replace")
    finally:
        connection.close()


def _sign_in(password: str) -> str:
    _, cookies, page = _ask("GET", "/sign-in/", {})
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    form = {"username": "benchmark", "password": password, "csrfmiddlewaretoken": token[1]}
    headers = {
        "Cookie": "; ".join(f"{n}={v}" for n, v in cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    status, given, _ = _ask("POST", "/sign-in/", headers, urlencode(form))
    if status != 302:
        raise RuntimeError(f"signing in gave {status}")
    return "; ".join(f"{n}={v}" for n, v in {**cookies, **given}.items())


def _timed(address: str, cookie: str) -> float:
    started = time.perf_counter()
    status, _, _ = _ask("GET", address, {"Cookie": cookie})
    if status != 200:
        raise RuntimeError(f"{address} gave {status}")
    return (time.perf_counter() - started) * 1000


def _together(address: str, cookie: str) -> list[float]:
    taken: list[float] = []

    def person() -> None:
        for _ in range(REQUESTS_EACH):
            taken.append(_timed(address, cookie))

    people = [threading.Thread(target=person) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return taken
