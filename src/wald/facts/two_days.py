"""Deals as they stood on two days, side by side, in one reading of their changes.

Each row is a deal with `<column>_1` and `<column>_2` for every column that changes, the others
once, `there_1` and `there_2`, and of what happened between:
`<column>_c`       the stage, category, chance and closing day just before the deal was closed
`later_moves`      how often the closing day moved later, `earlier_moves` how often earlier
`closings`         how often it was closed, as far as that was recorded
The state of the first day is that of the second with the changes between undone, so changes are
read once: equal to `as_of` on both days (tests/property). Where the two days are asked as known at
two instants, each is read by itself. Source: docs/pipeline/changes.md
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from wald.facts.as_of import (
    TOLD_BY_CLOSING,
    as_of,
    closed_later,
    day_literal,
    instant_after,
    known_rows,
    reaches_past,
)
from wald.facts.parts import Snapshot
from wald.facts.relations import template
from wald.facts.table import STORAGE
from wald.facts.tables import TABLES, TRACKED
from wald.kernel.bitemporal import AsOf

# What a deal was planned to be, which a closing overwrites.
PLANNED = ("stage", "probability", "forecast_category", "close_on")
_BETWEEN = "happened_between"
_MOVES = ("later_moves", "earlier_moves", "closings")
_OPEN = exp.Literal.string("open")


@dataclass(frozen=True, slots=True)
class TwoDays:
    """Two days, each as known then; the first is not after the second."""

    first: AsOf
    second: AsOf
    snapshot: Snapshot  # its `known` is that of the second

    @property
    def is_known_once(self) -> bool:
        return self.first.known == self.second.known

    @property
    def later(self) -> tuple[str, ...]:
        """The relation of changes after the second day, where there are any."""
        past = reaches_past("opportunity_change", self.second.valid, self.snapshot)
        return ("after",) if past else ()


def two_days(asked: TwoDays, columns: Collection[str]) -> exp.Select:
    """Return everybody's deals on both days with at least `columns` of the table."""
    table = TABLES["opportunity"]
    needed = {*columns, "opportunity_id", "outcome", "close_on", "closed_on", "created_at"}
    wanted = [column.name for column in table.columns if column.name in needed]
    if asked.is_known_once:
        return _one_reading(asked, wanted)
    return _two_readings(asked, wanted)


def _one_reading(asked: TwoDays, wanted: list[str]) -> exp.Select:
    tracked = [name for name in wanted if name in TRACKED]
    plain = [name for name in wanted if name not in TRACKED]
    later = asked.later
    deals = known_rows("opportunity", asked.snapshot, wanted)
    born = exp.column("created_at", "deal")
    rows = exp.select(*[exp.column(name, "deal") for name in plain])
    rows = rows.select(
        exp.alias_(exp.or_(born.is_(exp.null()), born < _after(asked.first)), "there_1"),
        exp.alias_(exp.or_(born.is_(exp.null()), born < _after(asked.second)), "there_2"),
        copy=False,
    )
    for name in tracked:
        rows = rows.select(
            exp.alias_(_state(name, asked.first.valid, ("between", *later)), f"{name}_1"),
            exp.alias_(_state(name, asked.second.valid, later), f"{name}_2"),
            copy=False,
        )
    rows = rows.select(*_planned(tracked, asked), *_moves(), copy=False)
    rows = rows.from_(deals.subquery("deal", copy=False), copy=False)
    rows = _with_between(rows, tracked, asked)
    if later:
        changes = _changes(asked, is_between=False).subquery("change", copy=False)
        rows = _with(rows, _olds(tracked, changes), "after")
    return rows.where(exp.or_(born.is_(exp.null()), born < _after(asked.second)), copy=False)


def _two_readings(asked: TwoDays, wanted: list[str]) -> exp.Select:
    """Put two tables as they stood side by side; a deal may be in one of them alone."""
    sides = [
        as_of("opportunity", when, replace(asked.snapshot, known=when.known), wanted)
        for when in (asked.first, asked.second)
    ]
    tracked = [name for name in wanted if name in TRACKED]
    shown: list[exp.Expr] = []
    for name in wanted:
        one, two = exp.column(name, "one"), exp.column(name, "two")
        if name in tracked:
            shown += [exp.alias_(one, f"{name}_1"), exp.alias_(two, f"{name}_2")]
        else:
            shown.append(exp.alias_(exp.func("COALESCE", two, one), name))
    for place, side in ((1, "one"), (2, "two")):
        there = exp.column("opportunity_id", side).is_(exp.null()).not_()
        shown.append(exp.alias_(there, f"there_{place}"))
    both = exp.select(*shown).from_(sides[0].subquery("one", copy=False), copy=False)
    both = both.join(
        sides[1].subquery("two", copy=False),
        on=exp.column("opportunity_id", "one").eq(exp.column("opportunity_id", "two")),
        join_type="full",
        copy=False,
    )
    rows = exp.select(*[exp.column(item, "deal") for item in both.named_selects])
    rows = rows.select(*_planned_of_two(tracked), *_moves(), copy=False)
    rows = rows.from_(both.subquery("deal", copy=False), copy=False)
    return _with_between(rows, tracked, asked)


def _with_between(rows: exp.Select, tracked: list[str], asked: TwoDays) -> exp.Select:
    """Join what happened between the two days, which is read once and looked at three times."""
    rows = rows.with_(_BETWEEN, as_=_changes(asked, is_between=True), copy=False)
    happened = exp.to_table(_BETWEEN).as_("change")
    rows = _with(rows, _moved(_olds(tracked, happened)), "between")
    return _with(rows, _before_closing(tracked, asked), "closing")


def _after(when: AsOf) -> exp.Expr:
    return instant_after(when.valid)


def _with(rows: exp.Select, joined: exp.Select, name: str) -> exp.Select:
    on = exp.column("opportunity_id", name).eq(exp.column("opportunity_id", "deal"))
    return rows.join(joined.subquery(name, copy=False), on=on, join_type="left", copy=False)


def _state(name: str, day: date, undone: tuple[str, ...]) -> exp.Expr:
    """Return what a field was on a day: what its first change since replaced, else its value,
    unless that comes from a later closing."""
    column = next(c for c in TABLES["opportunity"].columns if c.name == name)
    case = exp.Case()
    for place in undone:
        changed = exp.column(f"{name}_changes", place) > exp.Literal.number(0)
        case = case.when(
            changed, exp.cast(exp.column(f"{name}_old", place), STORAGE[column.type]), copy=False
        )
    later = closed_later(day, undone)
    if name == "outcome":
        case = case.when(later, _OPEN.copy(), copy=False)
    elif name == "closed_on" or name in TOLD_BY_CLOSING:
        case = case.when(later, exp.null(), copy=False)
    own = exp.column(name, "deal")
    return case.else_(own, copy=False) if case.args.get("ifs") else own


def _planned(tracked: list[str], asked: TwoDays) -> list[exp.Expr]:
    """Return what a deal was just before it was closed: as on the first day where nothing changed
    between, and else what the closing itself replaced."""
    return _planned_by(
        tracked,
        lambda name: (
            _changed(name, "between"),
            _state(name, asked.second.valid, asked.later),
            _state(name, asked.first.valid, asked.later),
        ),
    )


def _planned_of_two(tracked: list[str]) -> list[exp.Expr]:
    there = exp.column("there_1", "deal")
    return _planned_by(
        tracked,
        lambda name: (
            exp.or_(_changed(name, "between"), exp.not_(there.copy())),
            exp.column(f"{name}_2", "deal"),
            exp.column(f"{name}_1", "deal"),
        ),
    )


def _planned_by(
    tracked: list[str], otherwise: Callable[[str], tuple[exp.Expr, exp.Expr, exp.Expr]]
) -> list[exp.Expr]:
    """Return what the closing replaced; where it did not, one of two values, by a condition."""
    shown = []
    for name in (one for one in PLANNED if one in tracked):
        column = next(c for c in TABLES["opportunity"].columns if c.name == name)
        closing = exp.cast(exp.column(f"{name}_old", "closing"), STORAGE[column.type])
        condition, then, rest = otherwise(name)
        case = exp.Case().when(_changed(name, "closing"), closing).when(condition, then)
        shown.append(exp.alias_(case.else_(rest), f"{name}_c"))
    return shown


def _changed(name: str, when: str) -> exp.Expr:
    return exp.column(f"{name}_changes", when) > exp.Literal.number(0)


def _moves() -> list[exp.Expr]:
    nothing = exp.Literal.number(0)
    return [
        exp.alias_(exp.func("COALESCE", exp.column(name, "between"), nothing.copy()), name)
        for name in _MOVES
    ]


def _changes(asked: TwoDays, *, is_between: bool) -> exp.Select:
    """Return the changes between the two days, or those after the second."""
    names = ["opportunity_id", "field", "old", "new", "changed_at"]
    rows = known_rows("opportunity_change", asked.snapshot, names)
    at = exp.column("changed_at")
    if not is_between:
        return rows.where(at >= _after(asked.second), copy=False)
    return rows.where(at >= _after(asked.first), at.copy() < _after(asked.second), copy=False)


def _olds(tracked: list[str], changes: exp.Expr) -> exp.Select:
    """Per deal and field: what the first of these changes replaced, and how many there are."""
    rows = exp.select("opportunity_id").from_(changes, copy=False)
    return rows.select(*_firsts(tracked), copy=False).group_by("opportunity_id", copy=False)


def _moved(olds: exp.Select) -> exp.Select:
    """Count as well how often the closing day moved later, or earlier, and the closings."""
    was, now = (exp.cast(exp.column(name), "DATE") for name in ("old", "new"))
    ended = exp.column("new").isin("won", "lost")
    hits = (("close_on", now > was), ("close_on", now.copy() < was.copy()), ("outcome", ended))
    for name, (field, hit) in zip(_MOVES, hits, strict=True):
        # A date is only read where the field is one.
        found = exp.Case().when(hit, exp.Literal.number(1))
        one = exp.Case().when(exp.column("field").eq(exp.Literal.string(field)), found)
        olds = olds.select(exp.alias_(exp.Count(this=one), name), copy=False)
    return olds


def _before_closing(tracked: Collection[str], asked: TwoDays) -> exp.Select:
    """Per deal closed between: what its closing replaced, of what it was planned to be.

    The closing is the last change of the outcome from open to won or lost, so that a lost deal that
    is set to won was closed once; where none is recorded, it began with the day the deal says it
    closed on.
    """
    planned = [name for name in PLANNED if name in tracked]
    told = template(
        """
        SELECT change.opportunity_id, change.field, change.old, change.changed_at
          FROM happened_between AS change
          LEFT JOIN (SELECT opportunity_id, MAX(changed_at) AS closed_at FROM happened_between
                      WHERE field = 'outcome' AND new IN ('won', 'lost')
                        AND COALESCE(old, 'open') NOT IN ('won', 'lost')
                      GROUP BY opportunity_id) AS told
            ON told.opportunity_id = change.opportunity_id
          LEFT JOIN deal ON deal.opportunity_id = change.opportunity_id
         WHERE change.field IN ('stage', 'probability', 'forecast_category', 'close_on')
           AND change.changed_at >= COALESCE(told.closed_at, CAST(deal.closed_on AS TIMESTAMP))
        """,
        deal=known_rows("opportunity", asked.snapshot, ["opportunity_id", "closed_on"]).where(
            exp.column("closed_on") > day_literal(asked.first.valid),
            exp.column("closed_on") <= day_literal(asked.second.valid),
            copy=False,
        ),
    )
    rows = exp.select("opportunity_id").from_(told.subquery("planned", copy=False), copy=False)
    return rows.select(*_firsts(planned), copy=False).group_by("opportunity_id", copy=False)


def _firsts(fields: Collection[str]) -> list[exp.Expr]:
    shown: list[exp.Expr] = []
    for name in fields:
        among = exp.Where(this=exp.column("field").eq(exp.Literal.string(name)))
        first = exp.Anonymous(
            this="ARG_MIN_NULL", expressions=[exp.column("old"), exp.column("changed_at")]
        )
        count = exp.Filter(this=exp.Count(this=exp.Star()), expression=among.copy())
        shown += [
            exp.alias_(exp.Filter(this=first, expression=among), f"{name}_old"),
            exp.alias_(count, f"{name}_changes"),
        ]
    return shown
