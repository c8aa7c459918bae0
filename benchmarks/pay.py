"""A pay run in full size: time, memory, one late booking, one statement; and what else it could be.

Beside it the same pay by a plain Python loop over rows, measured on a hundredth of the bookings and
scaled, and as SQL written by hand for DuckDB, which gives the pay of the year and nothing else: no
lines, no reasons, no layers, no deltas. The curve is of runs with fewer bookings and people. A
second plan looks at each deal: a rate by its margin, a bonus, what is taken back and what is held.
"""

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from benchmarks.figure import Figure
from benchmarks.memory import Watched
from benchmarks.pay_world import (
    BOOKINGS,
    DEAL_PLANS,
    MANAGERS,
    PAYEES,
    PLANS,
    write_pay_world,
)

AT = datetime(2026, 1, 2, 8, tzinfo=UTC)
MOST_SECONDS, MOST_GB, MOST_DELTA, MOST_STATEMENT = 60.0, 4.0, 1.0, 0.2
PERIOD = "2025"
# Bookings and people: about three credits a booking.
CURVE = ((3_300, 417), (33_000, 450), (100_000, 900), (330_000, 2_000))
# Where each deal is looked at, it is credited twice: when it is booked, and when it is paid.
DEALS = BOOKINGS // 2
STATEMENTS = 200  # of so many people, each asked for the first time
MOST_DEALS = 60.0


def paying(room: Path, bookings: int = BOOKINGS, payees: int = PAYEES) -> Iterator[Figure]:
    """Measure runs; each is a process of its own, so that its memory is its own."""
    found = _measured(room / "full", bookings, payees)
    credits = int(found["credits"])
    yield Figure(
        f"a year: {payees:,} people, {bookings:,} bookings, {credits:,} credits, 6 components",
        f"≤ {MOST_SECONDS:.0f} s",
        f"{found['run']:.1f} s",
        found["run"] <= MOST_SECONDS,
    )
    peak = found["peak"]
    yield Figure("memory of it, all processes", f"≤ {MOST_GB:.0f} GB", f"{peak:.2f} GB",
                 peak <= MOST_GB)  # fmt: skip
    yield Figure("one late booking, to the new delta", f"≤ {MOST_DELTA:.0f} s",
                 f"{found['delta']:.2f} s", found["delta"] <= MOST_DELTA)  # fmt: skip
    yield Figure("one statement of somebody never seen, 95 of 100",
                 f"≤ {MOST_STATEMENT * 1000:.0f} ms",
                 f"{found['statement'] * 1000:.0f} ms",
                 found["statement"] <= MOST_STATEMENT)  # fmt: skip
    yield Figure("its whole page, likewise", f"≤ {MOST_STATEMENT * 1000:.0f} ms",
                 f"{found['page'] * 1000:.0f} ms ({found['page_cpu'] * 1000:.0f} ms of CPU)",
                 found["page"] <= MOST_STATEMENT)  # fmt: skip
    yield Figure("replay of it", "", f"{found['replay']:.1f} s", None)
    loop = plain_loop(room / "full" / "world", bookings) * 100
    yield Figure("the same by a Python loop over rows, 1 % scaled", "",
                 f"{loop:.1f} s, the run is {found['run'] / loop:.2f} of it", None)  # fmt: skip
    sql = by_hand(room / "full" / "world")
    yield Figure("the sums alone as SQL by hand", "",
                 f"{sql:.1f} s, the run is {found['run'] / sql:.1f} times it", None)  # fmt: skip
    yield from _looking_at_deals(room / "deals", min(DEALS, bookings), payees)
    for count, people in CURVE:
        if count < bookings:
            one = _measured(room / f"curve-{count}", count, people, "run")
            each = one["run"] / one["credits"] * 1e6
            yield Figure(f"curve: {int(one['credits']):,} credits, {people:,} people", "",
                         f"{one['run']:.1f} s, {each:.0f} µs a credit", None)  # fmt: skip


def _looking_at_deals(room: Path, bookings: int, payees: int) -> Iterator[Figure]:
    found = _measured(room, bookings, payees, "deals")
    yield Figure(
        f"a plan that looks at each deal: {bookings:,} bookings, {int(found['credits']):,} credits",
        f"≤ {MOST_DEALS:.0f} s",
        f"{found['run']:.1f} s",
        found["run"] <= MOST_DEALS,
    )
    yield Figure("memory of it, all processes", f"≤ {MOST_GB:.0f} GB", f"{found['peak']:.2f} GB",
                 found["peak"] <= MOST_GB)  # fmt: skip


def plain_loop(world: Path, bookings: int) -> float:
    """Return seconds of a hundredth: every booking's people looked up and paid, row by row."""
    rows = pq.read_table(world / "booking.parquet").slice(0, bookings // 100).to_pylist()
    people = {one["person_id"]: one for one in pq.read_table(world / "person.parquet").to_pylist()}
    splits: dict[str, list[tuple[str, Decimal]]] = {}
    for one in pq.read_table(world / "booking_split.parquet").to_pylist():
        splits.setdefault(one["booking_id"], []).append((one["person_id"], one["share"]))
    started = time.perf_counter()
    sums: dict[tuple[str, int, str], Decimal] = {}
    for row in rows:
        month = row["booked_on"].month
        for person, share in splits.get(row["booking_id"], [(row["owner_id"], Decimal(1))]):
            credited, level = person, 0
            while credited and level <= 3:
                amount = row["amount"] * share
                for measure in ("revenue", *(["new"] if row["type"] != "renewal" else [])):
                    key = (credited, month, measure)
                    sums[key] = sums.get(key, Decimal(0)) + amount
                credited, level = people[credited]["manager_id"], level + 1
    taken = time.perf_counter() - started
    return taken + _folded(sums) / 100  # people are as many for all bookings


def _folded(sums: dict[tuple[str, int, str], Decimal]) -> float:
    """Return seconds in which everybody is paid, without a line or a reason."""
    started = time.perf_counter()
    for person in {key[0] for key in sums}:
        number = int(person[1:])
        quota = Decimal(20_000_000 if number < MANAGERS else 1_100_000)
        revenue = new = earned = Decimal(0)
        for month in range(1, 13):
            revenue += sums.get((person, month, "revenue"), Decimal(0))
            new += sums.get((person, month, "new"), Decimal(0))
            over = max(revenue - quota, Decimal(0))
            pay = (revenue - over) * Decimal("0.01") + over * Decimal("0.015")
            pay += new * Decimal("0.003") + (Decimal(2000) if revenue > quota else 0)
            earned = min(pay, Decimal(300_000)).quantize(Decimal("0.01"))
    assert earned >= 0
    return time.perf_counter() - started


def by_hand(world: Path) -> float:
    """Return seconds of one SELECT: credits with three levels, sums, tiers; pay by person."""
    text = f"""
        WITH shared AS (
          SELECT b.booked_on, b.type, coalesce(s.person_id, b.owner_id) AS person_id,
                 b.amount * coalesce(s.share, 1) AS amount
            FROM '{world}/booking.parquet' b
            LEFT JOIN '{world}/booking_split.parquet' s USING (booking_id)),
        above AS (
          SELECT p.person_id, p.manager_id AS one, q.manager_id AS two, r.manager_id AS three
            FROM '{world}/person.parquet' p
            LEFT JOIN '{world}/person.parquet' q ON q.person_id = p.manager_id
            LEFT JOIN '{world}/person.parquet' r ON r.person_id = q.manager_id),
        credit AS (
          SELECT person_id, type, booked_on, amount FROM shared
          UNION ALL
          SELECT unnest([one, two, three]), type, booked_on, amount
            FROM shared JOIN above USING (person_id)),
        monthly AS (
          SELECT person_id, month(booked_on) AS month, sum(amount) AS revenue,
                 sum(amount) FILTER (WHERE type = 'new_business') AS new
            FROM credit WHERE person_id IS NOT NULL GROUP BY ALL),
        running AS (
          SELECT *, sum(revenue) OVER (PARTITION BY person_id ORDER BY month) AS total,
                 sum(new) OVER (PARTITION BY person_id ORDER BY month) AS new_total
            FROM monthly)
        SELECT person_id, month,
               least(total, q.amount) * 0.01 + greatest(total - q.amount, 0) * 0.015
               + new_total * 0.003 + CASE WHEN total >= q.amount THEN 2000 ELSE 0 END AS pay
          FROM running JOIN '{world}/quota.parquet' q USING (person_id)"""
    with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
        started = time.perf_counter()
        connection.execute(text).to_arrow_table()
        return time.perf_counter() - started


def _measured(room: Path, bookings: int, payees: int, only: str = "") -> dict[str, float]:
    """Run this module in a process of its own; return what it printed. `only`: "run" it, or run
    the plan that looks at each "deals"."""
    command = [sys.executable, "-m", "benchmarks.pay", str(room), str(bookings), str(payees), only]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    pairs = (line.split("=") for line in done.stdout.splitlines() if "=" in line)
    return {name: float(value) for name, value in pairs}


def main() -> None:
    """Make a world, run it, and print what was measured, a figure a line."""
    room, bookings, payees = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    shutil.rmtree(room, ignore_errors=True)
    write_pay_world(room / "world", bookings, payees, with_payments=only == "deals")
    home = room / "home"
    home.mkdir()
    os.environ["WALD_HOME"] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
    import django

    django.setup()
    from wald.actions import documents, ingest, pay
    from wald.actions.workspace import open_workspace
    from wald.facts.load_report import LoadOptions
    from wald.kernel.actor import everything
    from wald.queries.pay_now import delta_now, replayed
    from wald.queries.pay_statements import statement

    workspace, ana, fin = open_workspace(home), everything("ana"), everything("fin")
    key: dict[str, Any] = {"workspace": workspace}
    ingest.load(actor=ana, folder=room / "world", options=LoadOptions(), at=AT, **key)
    for text in DEAL_PLANS if only == "deals" else PLANS:
        version = documents.draft(actor=ana, text=text, at=AT, **key).version
        named: dict[str, Any] = {"version_id": version.version_id, "revision": version.revision}
        documents.submit(actor=ana, at=AT, **key, **named)
        documents.approve(actor=fin, at=AT, **key, **named)
    later = AT + timedelta(hours=1)
    started = time.perf_counter()
    with Watched() as memory:
        made = pay.run(actor=ana, period=PERIOD, at=later, **key)
    _say("run", time.perf_counter() - started)
    _say("credits", made.layers["credit"].rows)
    _say("peak", memory.peak)
    if only:
        return
    pay.release(actor=fin, run_id=made.run_id, at=later, **key)
    late = room / "late"
    late.mkdir()
    (late / "booking.csv").write_text(
        "booking_id,account_id,owner_id,type,amount,currency,booked_on\n"
        f"late-1,a1,p{payees - 2},new_business,50000,EUR,2025-06-15\n"
    )
    ingest.load(actor=ana, folder=late, options=LoadOptions(), at=later, **key)
    who: dict[str, Any] = {"actor": ana, "person_id": f"p{payees - 2}", "at": later}
    seconds = sorted(_seconds(lambda: delta_now(**who, **key)) for _ in range(3))
    _say("delta", seconds[1])
    gc.collect()
    gc.freeze()  # as a server does that has started
    seconds = sorted(
        _seconds(lambda one=one: statement(actor=ana, run_id=made.run_id, person_id=one, **key))  # type: ignore[misc]  # bound now
        for one in (f"p{payees - 3 - number}" for number in range(STATEMENTS))
    )
    _say("statement", seconds[STATEMENTS * 95 // 100 - 1])
    _say_pages(made.run_id, [f"p{payees - 3 - STATEMENTS - one}" for one in range(STATEMENTS + 1)])
    started = time.perf_counter()
    assert all(one.is_same for one in replayed(actor=ana, run_id=made.run_id, **key))
    _say("replay", time.perf_counter() - started)


def _say_pages(run_id: int, persons: Sequence[str]) -> None:
    """Ask for the whole page of each, as a browser does of whom finance looks at."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from wald.kernel.policy import Role
    from wald.records.stores.users import create_user

    settings.ALLOWED_HOSTS.append("testserver")
    create_user("finance", None, Role.FINANCE, database="default")
    client = Client()
    client.force_login(User.objects.get(username="finance"))
    addresses = [f"/pay/statements/{run_id}/{one}/" for one in persons]
    assert client.get(addresses[0]).status_code == 200  # templates are compiled once
    seconds, cpu = [], []
    for address in addresses[1:]:
        started, used = time.perf_counter(), time.process_time()
        assert client.get(address).status_code == 200
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    place = len(seconds) * 95 // 100 - 1
    _say("page", sorted(seconds)[place])
    _say("page_cpu", sorted(cpu)[place])


def _seconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    assert ask()
    return time.perf_counter() - started


def _say(name: str, value: float) -> None:
    sys.stdout.write(f"{name}={value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
