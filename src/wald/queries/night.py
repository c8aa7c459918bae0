"""A night: every detector looks at everybody's facts as of a day; all looks are judged together.

Nothing is written here. Sums of everybody are told to who may read insights; a finding about one
person is told only to who sees that person's rows, and only with the verdict that they stand out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

import numpy as np
from sqlglot import exp

from wald.brain.agreed import Agreed
from wald.brain.detector import SLOT_DAYS, Detector, Night, detectors
from wald.brain.patterns import Finding, Judged, Measured, Silent, night_of
from wald.brain.places import read_sums
from wald.brain.verdict import WORDS
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, template
from wald.facts.subject import BOOKINGS, DEALS
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.queries.agreed import agreed_on
from wald.queries.kept import kept_rows
from wald.queries.measure import View
from wald.queries.verdict import PERSON, VerdictAsk, judgeable, verdict_in

Progress = Callable[[str, int, int | None], None]
_QUARTERS = 4  # over which a quarter's bookings are averaged
# Which part of what was agreed comes from which type of document.
_AGREED_IN: dict[str, Callable[[Agreed], object]] = {
    "sales_process": lambda agreed: agreed.stage_chances,
    "approval_policy": lambda agreed: agreed.discount_limits or agreed.amount_limits,
    "compensation_plan": lambda agreed: agreed.thresholds,
}


@dataclass(frozen=True, slots=True)
class NightFound:
    """What a night found as of `day`; `booked` is a quarter's bookings, in `currency`."""

    day: date
    slots: int
    currency: str
    booked: float
    judged: Judged


def silent_progress(step: str, done: int, total: int | None) -> None:
    """Tell nobody."""


def looked(
    seen: View,
    *,
    day: date | None = None,
    only: Sequence[str] = (),
    told: Progress = silent_progress,
) -> NightFound | None:
    """Return what the detectors find as of a day, None where nothing is loaded; nothing is written.

    `only` names detectors, () all. Raises BadInput for one that there is not.
    """
    wanted = _wanted(only)
    day = day or seen.snapshot.reaches
    if day is None:
        return None
    seen = seen.whole
    night = _night(seen, day)
    booked = _booked(seen, night)
    measured: list[Measured] = []
    silent: list[Silent] = []
    for number, detector in enumerate(wanted):
        told(detector.title, number, len(wanted))
        if why := _why_silent(seen, detector, night):
            silent.append(Silent(detector.key, why))
            continue
        rows = kept_rows(seen.engine, seen.snapshot, detector.measure(night))
        measured.append(Measured(detector, read_sums(rows, detector.sums)))
    told("Judging", len(wanted), len(wanted))
    chance = np.random.Generator(np.random.PCG64(day.toordinal()))
    judged = night_of(
        measured, night, booked=booked, chance=chance, silent=silent,
        drop=lambda one: why_unnamed(seen, one, day),
    )  # fmt: skip
    return NightFound(day, night.slots, seen.terms.currency, booked, judged)


def why_unnamed(seen: View, finding: Finding, day: date) -> str:
    """Return why a finding about one person may not be told, "" where it may: never a name without
    the verdict that this person stands out, beyond luck, mix and the differences among colleagues.
    """
    person = finding.look.person_id
    if not person:
        return ""
    metric = finding.detector.metric
    if metric not in {one.key for one in judgeable()}:
        return "it is about one person, and no verdict can be had on this metric"
    found = verdict_in(seen, VerdictAsk(metric, PERSON, as_of=day)).verdict
    if found is None:
        return "it is about one person, and no verdict could be had"
    if found.stands_out(person):
        return ""
    return f"it is about one person, and the verdict is: {WORDS[found.kind]}"


def _wanted(only: Sequence[str]) -> tuple[Detector, ...]:
    every = detectors()
    problems = []
    for key in only:
        if key not in every:
            near = get_close_matches(key, every, n=1)
            fix = f"did you mean {near[0]}?" if near else f"choose among {', '.join(every)}"
            problems.append(Problem(f"detector {key!r}", "there is no such detector", fix))
    if problems:
        raise BadInput("The night cannot look like this.", problems)
    return tuple(one for key, one in every.items() if not only or key in only)


def _night(seen: View, day: date) -> Night:
    scene = Scene(
        seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms, stage=seen.engine.stage
    )
    return Night(scene, agreed_on(seen, day), slots_until(seen, day))


def slots_until(seen: View, day: date) -> int:
    """Return how many whole slots of history the facts hold up to a day."""
    table = "opportunity" if seen.snapshot.has("opportunity") else "booking"
    first = min((p.first_on for p in seen.snapshot.parts(table) if p.first_on), default=day)
    return max(0, ((day - first).days + 1) // SLOT_DAYS)


def _why_silent(seen: View, detector: Detector, night: Night) -> str:
    lacking = [name for name in detector.needs if not seen.snapshot.has(name)]
    if lacking:
        return f"no rows of {', '.join(lacking)}"
    if night.slots < detector.least_slots:
        weeks = SLOT_DAYS // 7
        return f"{night.slots * weeks} weeks of history; it needs {detector.least_slots * weeks}"
    missing = [name for name in detector.documents if not _is_agreed(name, night.agreed)]
    if missing:
        names = ", ".join(one.replace("_", " ") for one in missing)
        return f"no {names} in force that agrees what it looks at"
    return ""


def _is_agreed(document: str, agreed: Agreed) -> bool:
    of = _AGREED_IN.get(document)
    return of is not None and bool(of(agreed))


def _booked(seen: View, night: Night) -> float:
    """Return a quarter's bookings, or amounts of won deals, of the last year or what there is."""
    quarters = max(1, min(_QUARTERS, night.slots))
    first = day_literal(night.day - timedelta(days=SLOT_DAYS * quarters))
    if seen.snapshot.has("booking"):
        rows = subject_rows(BOOKINGS, night.scene, ["booked_on", "amount"])
        column = "booked_on"
    elif seen.snapshot.has("opportunity"):
        rows = subject_rows(DEALS, night.scene, ["closed_on", "amount", "outcome"])
        rows = exp.select("*").from_(rows.subquery("deal")).where("outcome = 'won'")
        column = "closed_on"
    else:
        return 0.0
    tree = template(
        "SELECT SUM(amount) AS amount FROM found WHERE :booked_on > :first",
        found=rows,
        booked_on=exp.column(column),
        first=first,
    )
    amount = kept_rows(seen.engine, seen.snapshot, tree).column("amount")[0].as_py()
    return float(amount or 0) / quarters
