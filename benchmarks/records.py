"""Pages of records in a full workspace: twenty people at once on the served product.

Each of them opens a page, reads it for a second and opens the next, over real connections, in
an order of their own. The workspace has 100,000 cases, 1,000 documents and a million entries
(benchmarks/big_records.py). Server, worker and people share this machine.
"""

import http.client
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.figure import Figure

PEOPLE = 20
ROUNDS = 5
# Seconds between two pages of one person, and processes that answer: the page has several.
READS_FOR = float(os.environ.get("READS_FOR", "1"))
PROCESSES = os.environ.get("PROCESSES", "1")
MOST_MS = 150
WAITS_FOR = 300  # seconds at most, for what the worker has to do first


def records(home: Path, *, people: int = PEOPLE, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Measure every page of records of the workspace in `home`, which is filled where it is new."""
    if not (home / "full").exists():
        run = "from benchmarks.big_records import fill; import django, pathlib, sys; "
        run += "django.setup(); fill(pathlib.Path(sys.argv[1]))"
        subprocess.run([sys.executable, "-c", run, str(home)], check=True, env=_settings(home))
        (home / "full").touch()
    visitors = _visitors(home, people)
    with _served(home) as port:
        for cookie, addresses in visitors:
            for address in addresses.values():
                _timed(port, address, cookie)
        _until_calm(home)
        taken = _together(port, visitors, rounds)
    for name, times in taken.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        yield Figure(
            f"{name}, p95 with {people} people",
            f"{MOST_MS} ms",
            f"{p95:.0f} ms (median {statistics.median(times):.0f} ms, {len(times)} times)",
            p95 <= MOST_MS,
        )


def _settings(home: Path) -> dict[str, str]:
    told = {"WALD_HOME": str(home.resolve()), "DJANGO_SETTINGS_MODULE": "wald.site.settings"}
    return os.environ | told


def _visitors(home: Path, people: int) -> list[tuple[str, Mapping[str, str]]]:
    """Return a session for each person, and by name the addresses that person may open."""
    run = "from benchmarks.records import print_visitors; import django, sys; "
    run += "django.setup(); print_visitors(int(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", run, str(people)],
        check=True,
        env=_settings(home),
        capture_output=True,
        text=True,
    )
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return [
        (line[0], dict(part.split(" ", 1)[::-1] for part in line[1:])) for line in lines if line[1:]
    ]


def print_visitors(people: int) -> None:
    """Print for each person a line: the session, then address and name of each page."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS.append("testserver")
    users = list(User.objects.filter(is_active=True).order_by("username"))
    for number in range(people):
        client = Client()
        client.force_login(users[number % len(users)])
        open_to = [
            f"{address} {name}"
            for name, address in _addresses().items()
            if client.get(address).status_code == 200
        ]
        print("\t".join([client.cookies["sessionid"].value, *open_to]))


def _addresses() -> dict[str, str]:
    """Return the pages of records: lists, and of each noun one in the middle."""
    from wald.records import models

    version = models.DocumentVersion.objects.select_related("document").order_by("pk").last()
    case = models.Case.objects.filter(is_open=True).order_by("pk")[CASE_PLACE]
    found = {
        "inbox": "/cases/",
        "team's cases": "/cases/?whose=team",
        "case": f"/cases/{case.pk}/",
        "documents": "/documents/",
        "insights": "/insights/",
        "insight": f"/insights/{models.Insight.objects.order_by('pk').last().pk}/",
        "decisions": "/decisions/",
        "decision": f"/decisions/{models.Decision.objects.order_by('pk').last().pk}/",
        "journal": "/journal/",
        "journal, one action": "/journal/?action=case.open",
        "work": "/work/",
        "notices": "/notices/",
        "people": "/people/",
        "keys": "/account/keys/",
        "find": "/find/?q=region",
    }
    if version is not None:
        document = version.document
        found["document"] = f"/documents/{document.type}/{document.name}/"
        found["version"] = f"/documents/versions/{version.pk}/"
    return found


CASE_PLACE = 7


def _together(
    port: int, visitors: Sequence[tuple[str, Mapping[str, str]]], rounds: int
) -> dict[str, list[float]]:
    """Let everybody read at once; return the milliseconds of each page by its name."""
    taken: dict[str, list[float]] = defaultdict(list)

    def person(number: int) -> None:
        cookie, addresses = visitors[number]
        chance = random.Random(number)  # noqa: S311  # an order that is the same each time
        time.sleep(READS_FOR * number / len(visitors))
        for _ in range(rounds):
            for name in chance.sample(sorted(addresses), len(addresses)):
                spent = _timed(port, addresses[name], cookie)
                taken[name].append(spent)
                time.sleep(max(0.0, READS_FOR * chance.uniform(0.5, 1.5) - spent / 1000))

    threads = [threading.Thread(target=person, args=[number]) for number in range(len(visitors))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return dict(sorted(taken.items()))


def _timed(port: int, address: str, cookie: str) -> float:
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", address, headers={"Cookie": f"sessionid={cookie}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} gave {answer.status}")
    finally:
        connection.close()
    return (time.perf_counter() - started) * 1000


def _until_calm(home: Path) -> None:
    """Wait until the worker has caught up: a new workspace owes it what is done once a day."""
    ask = "SELECT count(*) FROM records_job WHERE state IN ('waiting', 'running')"
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        for _ in range(WAITS_FOR):
            if not records.execute(ask).fetchone()[0]:
                return
            time.sleep(1)


@contextmanager
def _served(home: Path) -> Iterator[int]:
    from benchmarks.pages import PORT

    serve = [sys.executable, "-m", "wald", "serve", "--port", str(PORT), "--home", str(home)]
    serve += ["--processes", PROCESSES]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", PORT).request("GET", "/sign-in/")
                break
            except OSError:
                time.sleep(0.2)
        yield PORT
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":  # with a workspace, and for a short run how many rounds
    for figure in records(Path(sys.argv[1]), rounds=int(sys.argv[2])):
        print(f"  {figure.name:45} {figure.measured:45} {'' if figure.met else 'MISSED'}")
