"""What share of their quota people reached in each window of a clause, and when in it they booked.

A window is a whole month, quarter or year; quotas belong to the window that their middle day lies
in (ADR 0016). `who` is "person_id" or "team": of a team the sums of its people. Nobody is handed
out: rows are counts by role, by attainment in steps, and by where one stood four weeks before the
window's end.
Source: docs/calibration/incentives.md
"""

from collections.abc import Sequence
from datetime import date

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, template
from wald.facts.subject import BOOKINGS, QUOTAS
from wald.kernel.period import Period

STEP = 0.005  # of attainment
NEAR_STEP = 0.05  # of where one stood
FORTNIGHT = 14  # days; the last one of a window is held against the one before it

_REACHED = """
SELECT quota.role, quota.who, span.starts_on, span.ends_on,
       SUM(quota.amount) AS amount, SUM(quota.booked) AS booked
  FROM quota JOIN span
    ON quota.middle_on >= span.starts_on AND quota.middle_on < span.ends_on
 WHERE quota.measure = 'bookings' AND quota.amount > 0 AND quota.booked IS NOT NULL
 GROUP BY 1, 2, 3, 4
"""
_ATTAINED = """
SELECT reached.role,
       CAST(FLOOR(CAST(reached.booked AS DOUBLE) / CAST(reached.amount AS DOUBLE)
                  / :step + 0.000001) AS INT) AS place,
       COUNT(*) AS windows
  FROM reached GROUP BY 1, 2
"""
_TIMED = """
SELECT told.role,
       CAST(FLOOR(CAST(told.before AS DOUBLE) / CAST(told.amount AS DOUBLE) / :step + 0.000001)
            AS INT) AS place,
       COUNT(*) AS windows, SUM(told.earlier) AS earlier, SUM(told.later) AS later,
       SUM(told.later * told.later) AS later_later,
       SUM(told.later * (told.earlier + told.later)) AS later_both,
       SUM((told.earlier + told.later) * (told.earlier + told.later)) AS both_both
  FROM (SELECT reached.role, reached.who, reached.starts_on, reached.amount,
               COALESCE(SUM(CASE WHEN DATE_DIFF('day', deed.booked_on, reached.ends_on) > 28
                                 THEN deed.amount END), 0) AS before,
               COUNT(CASE WHEN DATE_DIFF('day', deed.booked_on, reached.ends_on) > 14
                           AND DATE_DIFF('day', deed.booked_on, reached.ends_on) <= 28
                          THEN 1 END) AS earlier,
               COUNT(CASE WHEN DATE_DIFF('day', deed.booked_on, reached.ends_on) <= 14
                          THEN 1 END) AS later
          FROM reached LEFT JOIN deed
            ON deed.who = reached.who AND deed.booked_on >= reached.starts_on
           AND deed.booked_on < reached.ends_on
         GROUP BY 1, 2, 3, 4) AS told
 GROUP BY 1, 2
"""
_DAILY = """
SELECT deed.booked_on, COUNT(*) AS deals, SUM(deed.amount) AS amount FROM deed
 WHERE deed.booked_on >= :since AND deed.booked_on <= :until GROUP BY 1
"""


def compose_attained(spans: Sequence[Period], scene: Scene, who: str) -> exp.Select:
    """Return the SELECT of role, place, windows: how many windows ended at each attainment, in
    steps of STEP. `spans` has one at least."""
    step = exp.Literal.number(STEP)
    return template(_ATTAINED, reached=_reached(spans, scene, who), step=step)


def compose_timed(spans: Sequence[Period], scene: Scene, who: str) -> exp.Select:
    """Return the SELECT of role, place, windows and sums of bookings in the last fortnight of the
    windows (later) and the one before it (earlier), by where people stood before both."""
    deeds = subject_rows(BOOKINGS, scene, ["owner_id", "team", "booked_on", "amount"])
    return template(
        _TIMED,
        reached=_reached(spans, scene, who),
        deed=_of(deeds, "owner_id" if who == "person_id" else who, ["booked_on", "amount"]),
        step=exp.Literal.number(NEAR_STEP),
    )


def compose_daily(since: date, until: date, scene: Scene) -> exp.Select:
    """Return the SELECT of booked_on, deals, amount of every day between two."""
    return template(
        _DAILY,
        deed=subject_rows(BOOKINGS, scene, ["booked_on", "amount"]),
        since=day_literal(since),
        until=day_literal(until),
    )


def _reached(spans: Sequence[Period], scene: Scene, who: str) -> exp.Select:
    names = ["role", "team", "person_id", "middle_on", "booked", "amount", "measure"]
    quotas = subject_rows(QUOTAS, scene, names)
    role = exp.column("role") if who == "person_id" else exp.Literal.string("")
    own = _of(quotas, who, ["middle_on", "booked", "amount", "measure"])
    own = own.select(exp.alias_(role, "role"), copy=False)
    return template(_REACHED, quota=own, span=_listed(spans))


def _of(rows: exp.Select, who: str, names: Sequence[str]) -> exp.Select:
    """Return rows with the column that says who, as `who`; without those of nobody."""
    found = exp.select(exp.alias_(exp.column(who), "who"), *names)
    found = found.from_(rows.subquery("own", copy=False), copy=False)
    return found.where(exp.column(who).is_(exp.null()).not_(), copy=False)


def _listed(spans: Sequence[Period]) -> exp.Select:
    rows = [
        exp.select(
            exp.alias_(day_literal(one.start), "starts_on"),
            exp.alias_(day_literal(one.end), "ends_on"),
        )
        for one in spans
    ]
    if len(rows) == 1:
        return rows[0]
    return exp.select("*").from_(exp.union(*rows, distinct=False).subquery("listed"))
