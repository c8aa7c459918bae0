"""Publish a quota plan: its figures become quota facts, as one load that can be taken back.

A version publishes the windows that end after its first day; earlier ones keep what an earlier
version said. A window has the overrides of units that hold on its first day. Rows are keyed by
plan, year, person and window, so publishing the same version again brings nothing, and a later
version changes what it changes and takes back what is gone.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from wald.actions.act import act
from wald.actions.ingest import load
from wald.engine.intake.scratch import scratch
from wald.facts.load_report import LoadOptions
from wald.kernel.actor import Actor
from wald.kernel.problem import Conflict, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.attainment import BOOKINGS
from wald.queries.quota_ground import Planned, money_of, planned
from wald.queries.tables import table_as_of
from wald.records.stores.users import list_users

_COLUMNS = (
    "quota_id", "person_id", "starts_on", "ends_on", "amount", "currency", "measure", "is_deleted"
)  # fmt: skip
_LONGEST_LIST = 3  # persons named in a sentence


@dataclass(frozen=True, slots=True)
class Quota:
    """A row of the quota table."""

    quota_id: str
    person_id: str
    starts_on: date
    ends_on: date
    amount: Decimal
    currency: str  # "" of a count
    measure: str


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing brought. `load_id` is None where everything was there already."""

    name: str
    version_id: int
    number: int
    load_id: int | None
    rows: int
    gone: int
    persons: int
    total: Decimal
    currency: str  # "" of a count
    measure: str


def publish(
    *, actor: Actor, workspace: Workspace, name: str, on: date | None = None, at: datetime
) -> Published:
    """Make quota facts of the plan that holds on the day `on` (None: the day of `at`).

    Raises NoSuchPlan where none holds, Conflict where other quotas of the same measure cover the
    same persons and days, and what loading raises.
    """
    actor.must("facts.load")
    actor.must("documents.read")
    found = planned(actor=actor, workspace=workspace, name=name, on=on or at.date())
    kept = _kept(actor, workspace, found)
    wanted = {quota.quota_id: quota for quota in _rows(_by_window(actor, workspace, found))}
    prefix = _prefix(found)
    own = {key: row for key, row in kept.items() if key.startswith(prefix)}
    _must_not_overlap(wanted.values(), (row for key, row in kept.items() if key not in own))
    gone = [row for key, row in own.items() if key not in wanted and _counts(found, row.ends_on)]
    source = f"quota plan {name}, version {found.version.number}"
    load_id = _load(actor, workspace, wanted.values(), gone, source, at)
    made = Published(
        name=name,
        version_id=found.version.version_id,
        number=found.version.number,
        load_id=load_id,
        rows=len(wanted),
        gone=len(gone),
        persons=len({quota.person_id for quota in wanted.values()}),
        total=sum((quota.amount for quota in wanted.values()), Decimal(0)),
        currency=found.plan.currency,
        measure=found.plan.measure,
    )
    if load_id is not None:
        _tell(actor, workspace, found, made, at)
    return made


def _by_window(actor: Actor, workspace: Workspace, found: Planned) -> Iterable[tuple[int, Planned]]:
    """Yield each window by its place, with the version as it holds on the window's first day:
    overrides of units begin and end within the year."""
    version = found.version
    for place, window in enumerate(found.ground.windows):
        day = max(version.starts_on, window.period.start)
        if version.ends_on is not None and day >= version.ends_on:
            yield place, found
            continue
        number = version.version_id
        yield (
            place,
            planned(actor=actor, workspace=workspace, name=version.name, on=day, version_id=number),
        )


def _rows(windows: Iterable[tuple[int, Planned]]) -> Iterable[Quota]:
    """Yield a quota for each person and window; several seats of somebody are one quota."""
    for place, found in windows:
        sums: dict[str, int] = {}
        for node in found.ground.tree.seats:
            units = found.figures[node.key].assigned[place]
            sums[node.person_id] = sums.get(node.person_id, 0) + units
        period = found.ground.windows[place].period
        for person, units in sorted(sums.items()):
            if units and _counts(found, period.end):
                yield Quota(
                    f"{_prefix(found)}{person}/{period.label}",
                    person,
                    period.start,
                    period.end,
                    money_of(units, found),
                    found.plan.currency,
                    found.plan.measure,
                )


def _counts(found: Planned, ends_on: date) -> bool:
    """Does a window that ends before this day belong to this version?"""
    return ends_on > found.version.starts_on


def _prefix(found: Planned) -> str:
    return f"plan/{found.version.name}/{found.plan.fiscal_year}/"


def _kept(actor: Actor, workspace: Workspace, found: Planned) -> Mapping[str, Quota]:
    """Return every quota that is known now and begins before the year ends, by key."""
    last = found.ground.windows[-1].period.last_day
    rows = table_as_of(actor=actor, workspace=workspace, name="quota", day=last).to_pylist()
    return {
        row["quota_id"]: Quota(
            row["quota_id"],
            row["person_id"],
            row["starts_on"],
            row["ends_on"],
            row["amount"],
            row["currency"] or "",
            row["measure"] or BOOKINGS,
        )
        for row in rows
    }


def _must_not_overlap(wanted: Iterable[Quota], others: Iterable[Quota]) -> None:
    """Raise Conflict where somebody would have two quotas of one measure for one day."""
    windows: dict[str, list[Quota]] = {}
    for quota in wanted:
        windows.setdefault(quota.person_id, []).append(quota)
    twice = [
        other
        for other in others
        if any(
            one.measure == other.measure
            and one.starts_on < other.ends_on
            and other.starts_on < one.ends_on
            for one in windows.get(other.person_id, ())
        )
    ]
    if twice:
        named = ", ".join(dict.fromkeys(one.person_id for one in twice[:_LONGEST_LIST]))
        raise Conflict(
            f"{len(twice):,} quotas that did not come from this plan cover the same days, such as "
            f"of {named}; take them back first, or plan other days."
        )


def _load(
    actor: Actor,
    workspace: Workspace,
    wanted: Iterable[Quota],
    gone: Iterable[Quota],
    source: str,
    at: datetime,
) -> int | None:
    lines = [_cells(quota, "false") for quota in wanted] + [_cells(one, "true") for one in gone]
    if not lines:
        raise Refusal("This version has no window with a quota that it could publish.")
    with scratch(workspace.cache) as room:
        folder = Path(room) / "quotas"
        folder.mkdir()
        with (folder / "quota.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(lines)
        options = LoadOptions(
            connector="canonical", encoding="utf-8", delimiter=",", decimal="point", dates="iso"
        )
        report = load(
            actor=actor, workspace=workspace, folder=folder, options=options, at=at, source=source
        )
    rejected = sum(line.counts.rejected for line in report.lines)
    if rejected:
        raise Refusal(f"{rejected} quotas were rejected; look at the newest load to see why.")
    return report.load_id


def _cells(quota: Quota, is_deleted: str) -> tuple[str, ...]:
    starts_on, ends_on = quota.starts_on.isoformat(), quota.ends_on.isoformat()
    amount, currency = f"{quota.amount:f}", quota.currency
    whose = (quota.quota_id, quota.person_id, starts_on, ends_on)
    return (*whose, amount, currency, quota.measure, is_deleted)


def _tell(
    actor: Actor, workspace: Workspace, found: Planned, made: Published, at: datetime
) -> None:
    """Say in the journal what was published, and to whom it is a quota that they have one."""
    persons = {node.person_id for node in found.ground.tree.seats}
    names = [
        user.name
        for user in list_users(database=workspace.database)
        if user.person_id and user.person_id in persons
    ]
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="facts.load",
        action="quota.publish",
        about=found.version.about,
    ) as entry:
        entry.after = {
            "version": made.version_id,
            "load": made.load_id,
            "rows": made.rows,
            "gone": made.gone,
            "persons": made.persons,
            "total": f"{made.total:f}",
        }
        title = f"Your quota of {found.plan.fiscal_year} is published"
        entry.tell(names, title, f"/quotas/?plan={made.name}&on={_day_within(found)}")


def _day_within(found: Planned) -> date:
    """Return a day on which the version holds and whose year it plans."""
    return max(found.version.starts_on, found.ground.windows[0].period.end - timedelta(days=1))
