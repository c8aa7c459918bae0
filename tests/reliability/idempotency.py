"""Writing calls sent again and again, at once and with other bodies: each has one effect.

Kinds of attempt, drawn by the seed: the same call twice; sixteen at once; the same key with
another body; a call that is refused, then mended under the same key; no key at all. And for
every 500 calls, one process that calls is killed (-9) and all of its calls are sent again.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.reliability.desk import served
from tests.reliability.result import Result

AT_ONCE = 16
_WORDS = "four quiet words here"
_kept = threading.local()
_SPENT = 24  # attempts of one user, who may have fifty keys; then another one goes on

Call = Callable[[str, dict[str, object], str], tuple[int, dict[str, object], bool]]


def run(count: int, seed: int, address: str = "") -> Result:
    """Send about `count` calls; `address` names an empty PostgreSQL for the records."""
    chance = random.Random(seed)  # noqa: S311  # a seed
    failures, tried, started = [], 0, time.monotonic()
    with served(address) as home, ThreadPoolExecutor(AT_ONCE) as people:
        while tried < count:
            call = _caller(f"user{tried}")
            for _ in range(_SPENT):
                attempt = chance.choice(_ATTEMPTS)
                name = f"key {chance.getrandbits(64):x}"
                failures += [f"{attempt.__name__}: {one}" for one in attempt(call, name, people)]
                tried += AT_ONCE if attempt is _at_once else 2
                if tried >= count:
                    break
        for number in range(max(1, count // 500)):
            killed = _killed(home, address, f"killed.{number}", chance.uniform(0, 0.2))
            failures += [f"killed: {one}" for one in killed]
        list(people.map(lambda _: _hang_up(), range(AT_ONCE)))
    words = "; ".join(
        ["twice, at once, other bodies, mended, without a key, after kill -9", *failures[:5]]
    )
    return Result(tried, len(failures), words, time.monotonic() - started)


def _twice(call: Call, name: str, people: ThreadPoolExecutor) -> Iterator[str]:
    """A key is made, then revoked twice with the same key of idempotency."""
    status, made, _ = call("/api/v1/keys", {"name": name}, "")
    if status != 201:
        yield f"making gave {status}"
        return
    path, key = f"/api/v1/keys/{made['key_id']}/revoke", str(uuid.uuid4())
    first, again = call(path, {}, key), call(path, {}, key)
    if first[:2] != again[:2] or first[0] != 200 or first[2] or not again[2]:
        yield f"{first} then {again}"


def _at_once(call: Call, name: str, people: ThreadPoolExecutor) -> Iterator[str]:
    key = str(uuid.uuid4())
    answers = [people.submit(call, "/api/v1/keys", {"name": name}, key) for _ in range(AT_ONCE)]
    statuses = sorted(one.result()[0] for one in answers)
    if statuses != [201] + [409] * (AT_ONCE - 1):
        yield f"answers {statuses}"
    yield from _count(name, 1)


def _other_body(call: Call, name: str, people: ThreadPoolExecutor) -> Iterator[str]:
    key = str(uuid.uuid4())
    first = call("/api/v1/keys", {"name": name}, key)[0]
    second = call("/api/v1/keys", {"name": f"{name}!"}, key)[0]
    if (first, second) != (201, 422):
        yield f"{first} then {second}"
    yield from _count(name, 1)
    yield from _count(f"{name}!", 0)


def _mended(call: Call, name: str, people: ThreadPoolExecutor) -> Iterator[str]:
    """What was refused left nothing, so its key is free."""
    key = str(uuid.uuid4())
    refused = call("/api/v1/keys", {"name": name, "scopes": ["nonsense"]}, key)[0]
    yield from _count(name, 0)
    mended = call("/api/v1/keys", {"name": name}, key)[0]
    if (refused, mended) != (422, 201):
        yield f"{refused} then {mended}"
    yield from _count(name, 1)


def _without(call: Call, name: str, people: ThreadPoolExecutor) -> Iterator[str]:
    """Without a key two calls are two."""
    for _ in range(2):
        call("/api/v1/keys", {"name": name}, "")
    yield from _count(name, 2)


_ATTEMPTS = (_twice, _at_once, _other_body, _mended, _without)


def _killed(home: Path, address: str, user: str, seconds: float) -> Iterator[str]:
    """A process revokes keys; it is killed in the middle, and all of its calls are sent again."""
    call = _caller(user)
    made = [call("/api/v1/keys", {"name": user}, "")[1] for _ in range(_SPENT)]
    bearer, numbers = str(made[0]["key"]), [str(one["key_id"]) for one in made[1:]]
    environment = os.environ | {"WALD_HOME": str(home), "WALD_RECORDS": address}
    environment |= {"DJANGO_SETTINGS_MODULE": "wald.site.settings", "WALD_HOSTS": "testserver"}
    words = [sys.executable, "-m", "tests.reliability.idempotency", bearer, *numbers]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline()]  # it is at work
        time.sleep(seconds)
        process.kill()
        told += process.stdout.readlines()
    if told[0] != "200\n":
        yield f"the process made no call: {told[0]!r}"
    again = [_revoke(bearer, number) for number in numbers]
    if again != [200] * len(numbers):
        yield f"after {len(told)} calls and the kill: {again}"
    yield from _entries(numbers)


def _revoke(bearer: str, number: str) -> int:
    headers = {"authorization": f"Bearer {bearer}", "idempotency-key": f"revoke {number}"}
    return _sent(f"/api/v1/keys/{number}/revoke", {}, headers).status_code


def _entries(numbers: Sequence[str]) -> Iterator[str]:
    from wald.records import models

    for number in numbers:
        about = models.JournalEntry.objects.filter(action="key.revoke", about=f"key:{number}")
        if about.count() != 1:
            yield f"{about.count()} entries for key {number}"


def _count(name: str, wanted: int) -> Iterator[str]:
    from wald.records import models

    kept = models.ApiKey.objects.filter(name=name).count()
    if kept != wanted:
        yield f"{kept} effects instead of {wanted}"


def _caller(user: str) -> Call:
    """Return a call in the name of a new user."""
    from wald.kernel.policy import Role
    from wald.records.stores.users import create_user

    create_user(user, _WORDS, Role.SALES_OPERATIONS, database="default")
    mark = b64encode(f"{user}:{_WORDS}".encode()).decode()

    def call(path: str, body: dict[str, object], key: str) -> tuple[int, dict[str, object], bool]:
        headers = {"authorization": f"Basic {mark}"} | ({"idempotency-key": key} if key else {})
        answer = _sent(path, body, headers)
        is_replayed = answer.headers.get("Idempotent-Replayed") == "true"
        return answer.status_code, answer.json(), is_replayed

    return call


def _sent(path: str, body: dict[str, object], headers: dict[str, str]) -> Any:
    """Post by this thread's client: a new one for each call would spend its time on itself."""
    from django.test import Client

    if not hasattr(_kept, "client"):
        _kept.client = Client(raise_request_exception=False)
    _kept.client.cookies.clear()
    return _kept.client.post(
        path, json.dumps(body), content_type="application/json", headers=headers
    )


def _hang_up() -> None:
    from django.db import connections

    time.sleep(0.01)  # so that each thread of the pool takes one
    connections.close_all()


if __name__ == "__main__":  # the process that is killed
    import django

    django.setup()
    for one in sys.argv[2:]:
        print(_revoke(sys.argv[1], one), flush=True)  # noqa: T201  # the parent reads it
    time.sleep(60)
