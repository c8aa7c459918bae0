"""What one deal adds to each bar between two days: a column per bar, null where it adds nothing.

The bars of a deal add up to its end less its start, whatever the filter: each step of the path
(`steps.py`) belongs to one bar, and a deal that comes or goes as a whole belongs to one bar whole.
Source: docs/pipeline/changes.md
"""

from dataclasses import dataclass
from enum import Enum

from sqlglot import exp, parse_one


class Kind(Enum):
    """What a bar does with a deal: brings it in, changes its size, takes it out."""

    COMES = "comes"
    SIZE = "size"
    GOES = "goes"


@dataclass(frozen=True, slots=True)
class Bar:
    """One cause of change."""

    key: str
    title: str
    meaning: str
    kind: Kind


# In the order of the chart: what comes, what changes its size, what goes.
BARS = (
    Bar("new", "New", "opened since", Kind.COMES),
    Bar("reopened", "Reopened", "was won or lost, and is or was open again", Kind.COMES),
    Bar("owner_in", "Owner in", "came from another owner, or with its owner's team", Kind.COMES),
    Bar("pulled_in", "Pulled in", "its closing day moved earlier, into the period", Kind.COMES),
    Bar("pushed_in", "Pushed in", "its closing day moved later, into the period", Kind.COMES),
    Bar("moved_in", "Moved in", "came to fit the filter: stage, category, amount, age", Kind.COMES),
    Bar("up", "Up", "its amount was raised", Kind.SIZE),
    Bar("currency", "Currency", "the rate of its currency moved", Kind.SIZE),
    Bar("down", "Down", "its amount was lowered", Kind.SIZE),
    Bar("moved_out", "Moved out", "no longer fits the filter", Kind.GOES),
    Bar("pulled_out", "Pulled out", "its closing day moved earlier, out of the period", Kind.GOES),
    Bar("pushed_out", "Pushed out", "its closing day moved later, out of the period", Kind.GOES),
    Bar("owner_out", "Owner out", "went to another owner, or with its owner's team", Kind.GOES),
    Bar("lost", "Lost", "closed as lost", Kind.GOES),
    Bar("won", "Won", "closed as won", Kind.GOES),
    Bar("removed", "Removed", "the source no longer has it", Kind.GOES),
)
KEYS = tuple(bar.key for bar in BARS)

_FIRST, _MIXED, _LAST = (f"COALESCE(value_{days}, 0)" for days in ("11", "21", "22"))
_GONE = "is_open_1 AND NOT is_open_2 AND NOT has_ended"
_PATH = "is_open_1 AND (is_open_2 OR has_ended)"
_BEGUN = "NOT is_open_1 AND (is_open_2 OR has_ended) AND in_5"
_EARLIER = "COALESCE(close_on_t < close_on_1, FALSE)"
_LATER = "COALESCE(close_on_t > close_on_1, FALSE)"


def _if(condition: str, value: str) -> str:
    return f"CASE WHEN {condition} THEN {value} END"


def _any(*steps: tuple[int, int, str]) -> str:
    """Return the sum over steps of a path, each from a state of the filter to the other."""
    hits = [f"({_step(a, b)})" for a, b, _ in steps]
    sums = [f"CASE WHEN {_step(a, b)} THEN {value} ELSE 0 END" for a, b, value in steps]
    return _if(f"{_PATH} AND ({' OR '.join(hits)})", " + ".join(sums))


def _step(before: int, after: int) -> str:
    """Return the condition that point `abs(before)` is out (negative: in) and the next is not."""
    return (
        f"NOT in_{before} AND in_{after}" if before < after else f"in_{after} AND NOT in_{before}"
    )


_TEXTS = {
    "new": _if(f"{_BEGUN} AND NOT was_there", _LAST),
    "reopened": _if(f"{_BEGUN} AND was_there", _LAST),
    "owner_in": _if(f"{_PATH} AND NOT in_0 AND in_1", _FIRST),
    "pulled_in": _if(f"{_PATH} AND NOT in_1 AND in_2 AND NOT {_LATER}", _FIRST),
    "pushed_in": _if(f"{_PATH} AND NOT in_1 AND in_2 AND {_LATER}", _FIRST),
    "moved_in": _any((2, 3, _FIRST), (3, 4, _MIXED), (4, 5, _LAST)),
    "up": _if(f"{_PATH} AND in_3 AND in_4 AND {_MIXED} > {_FIRST}", f"{_MIXED} - {_FIRST}"),
    "currency": _if(f"{_PATH} AND in_4 AND in_5 AND {_LAST} <> {_MIXED}", f"{_LAST} - {_MIXED}"),
    "down": _if(f"{_PATH} AND in_3 AND in_4 AND {_MIXED} < {_FIRST}", f"{_MIXED} - {_FIRST}"),
    "moved_out": _any((3, 2, f"-{_FIRST}"), (4, 3, f"-{_FIRST}"), (5, 4, f"-{_MIXED}")),
    "pulled_out": _if(f"{_PATH} AND in_1 AND NOT in_2 AND {_EARLIER}", f"-{_FIRST}"),
    "pushed_out": _if(f"{_PATH} AND in_1 AND NOT in_2 AND NOT {_EARLIER}", f"-{_FIRST}"),
    "owner_out": _if(f"{_PATH} AND in_0 AND NOT in_1", f"-{_FIRST}"),
    "lost": _if("has_ended AND outcome_2 = 'lost' AND in_5", f"-{_LAST}"),
    "won": _if("has_ended AND outcome_2 = 'won' AND in_5", f"-{_LAST}"),
    "removed": _if(f"{_GONE} AND in_0", f"-{_FIRST}"),
    "start": _if("is_open_1 AND in_0", _FIRST),
    "finish": _if("is_open_2 AND in_5", _LAST),
}
_TREES = {key: parse_one(text, dialect="duckdb") for key, text in _TEXTS.items()}


def parts() -> list[exp.Expr]:
    """Return the columns `bar_<key>` of BARS, and `bar_start` and `bar_finish`, over placed deals.

    Money throughout: an amount that nobody knows adds nothing, but counts as a deal of its bar.
    """
    return [
        exp.alias_(exp.cast(tree.copy(), "DECIMAL(18,4)"), f"bar_{key}")
        for key, tree in _TREES.items()
    ]
