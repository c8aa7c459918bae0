"""Quotas beside what people reach: the share of quotas that were reached, of everybody and by team.

No person is told: teams are those whose rows the asker sees, with three people at least.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlglot import exp

from wald.brain.shares_by_period import Count, Share, differ, share_of
from wald.brain.stats import Interval
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, template
from wald.facts.subject import QUOTAS
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.measure import View, view
from wald.queries.pipeline_ground import default_day, fetched

BACK = timedelta(days=728)
PEOPLE = 3  # of fewer a team's figure is a person's
HARD, EASY = 1 / 3, 0.8  # fewer reach it than a third, more than four of five
_LEVEL = 0.05
_WINDOWS = """
SELECT quota.team, quota.starts_on, quota.ends_on, COUNT(*) AS quotas,
       COUNT(DISTINCT quota.person_id) AS people,
       COUNT(CASE WHEN quota.booked >= quota.amount THEN 1 END) AS reached,
       SUM(quota.booked) AS booked, SUM(quota.amount) AS amount
  FROM quota
 WHERE quota.ends_on > :since AND quota.ends_on <= :until AND quota.amount > 0
   AND quota.booked IS NOT NULL AND quota.measure = 'bookings'
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A team, or everybody (""); `reached` None: too few quotas. `booked`: of what was asked.

    `says`: "" nothing, else too hard, too easy, or how it differs from everybody else.
    """

    team: str
    quotas: int
    reached: Share | None
    booked: float
    says: str = ""


@dataclass(frozen=True, slots=True)
class QuotaCalibration:
    as_of: date
    windows: int
    everybody: QuotaLine | None
    teams: tuple[QuotaLine, ...]
    left_out: int  # teams with too few people or quotas


def quota_calibration(
    *, actor: Actor, workspace: Workspace, as_of: date | None = None, engine: str = ""
) -> QuotaCalibration | None:
    """Return how many reach their quotas, None where no quotas are loaded."""
    seen = view(actor=actor, workspace=workspace, engine=engine)
    if not seen.snapshot.has("quota"):
        return None
    day = as_of or default_day(seen)
    return kept((seen.signature, "calibration of quotas", day), lambda: _made(seen, day))


def compose_windows(scene: Scene, day: date) -> exp.Select:
    """Return the SELECT of team, starts_on, ends_on, quotas, people, reached, booked, amount over
    quota windows that ended in the two years up to a day."""
    names = ["team", "person_id", "starts_on", "ends_on", "booked", "amount", "measure"]
    return template(
        _WINDOWS,
        quota=subject_rows(QUOTAS, scene, names),
        since=day_literal(day - BACK),
        until=day_literal(day + timedelta(days=1)),
    )


Rows = Sequence[Mapping[str, object]]


def _made(seen: View, day: date) -> QuotaCalibration:
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    everybody = fetched(seen, compose_windows(scene.whole, day))
    own = fetched(seen, compose_windows(scene, day))
    windows = len({(row["starts_on"], row["ends_on"]) for row in everybody})
    whole = _line("", everybody)
    by_team: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for row in own:
        if row["team"] is not None:
            by_team[str(row["team"])].append(row)
    big = {team: rows for team, rows in by_team.items() if _people(rows) >= PEOPLE}
    lines = _compared([_line(team, big[team]) for team in sorted(big)], everybody)
    told = tuple(one for one in lines if one.reached is not None)
    return QuotaCalibration(
        day, windows, _judged(whole) if everybody else None, told, len(by_team) - len(told)
    )


def _people(rows: Rows) -> int:
    return min(int(str(row["people"])) for row in rows)


def _line(team: str, rows: Rows) -> QuotaLine:
    booked, asked = _sum(rows, "booked"), _sum(rows, "amount")
    share = booked / asked if asked else 0.0
    return QuotaLine(team, int(_sum(rows, "quotas")), share_of(_counts(rows)), share)


def _sum(rows: Rows, name: str) -> float:
    return sum(float(str(row[name] or 0)) for row in rows)


def _counts(rows: Rows) -> list[Count]:
    """Return quotas and those reached by window: people of one window share its market."""
    found: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        one = found[row["starts_on"], row["ends_on"]]
        one[0] += int(str(row["reached"]))
        one[1] += int(str(row["quotas"]))
    return [Count(hits, tries) for hits, tries in found.values()]


def _judged(line: QuotaLine) -> QuotaLine:
    if line.reached is None:
        return line
    value: Interval = line.reached.value
    if value.high < HARD:
        return replace(line, says="too hard")
    return replace(line, says="too easy") if value.low > EASY else line


def _compared(lines: Sequence[QuotaLine], everybody: Rows) -> list[QuotaLine]:
    """Hold each team against everybody else, all teams judged together."""
    from scipy.stats import false_discovery_control

    p_values, others = [], []
    for line in lines:
        rest = share_of(_counts([row for row in everybody if row["team"] != line.team]))
        others.append(rest)
        can = line.reached is not None and rest is not None
        p_values.append(differ(line.reached, rest) if can and line.reached and rest else 1.0)
    adjusted = false_discovery_control(p_values) if p_values else ()
    return [
        _against(line, rest, float(p_value))
        for line, rest, p_value in zip(lines, others, adjusted, strict=True)
    ]


def _against(line: QuotaLine, rest: Share | None, p_value: float) -> QuotaLine:
    judged = _judged(line)
    if line.reached is None or rest is None or p_value > _LEVEL:
        return judged
    lower = line.reached.value.estimate < rest.value.estimate
    words = "fewer than elsewhere" if lower else "more than elsewhere"
    return replace(line, says=f"{judged.says}, {words}" if judged.says else words)
