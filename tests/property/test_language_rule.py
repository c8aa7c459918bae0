"""A condition decides each row in Python as it does in DuckDB, decimals and nulls included."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wald.language.parse import read_value
from wald.language.rule import calculation
from wald.language.types import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    TEXT,
    TIMESTAMP,
    Kind,
    SqlType,
    decimal,
)
from wald.language.write import Dialect, write

COLUMNS = {
    "is_new": BOOLEAN,
    "is_open": BOOLEAN,
    "employees": INTEGER,
    "visits": INTEGER,
    "amount": decimal(18, 4),
    "share": decimal(9, 6),
    "rate": decimal(18, 8),
    "score": DOUBLE,
    "weight": DOUBLE,
    "stage": TEXT,
    "owner": TEXT,
    "close_on": DATE,
    "due_on": DATE,
    "created_at": TIMESTAMP,
    "closed_at": TIMESTAMP,
}
WORDS = [
    "",
    " ",
    "won",
    "Won",
    "lost",
    "a%b",
    "a_b",
    "a\\b",
    "100 %",
    "größe",
    "ΣΑΣ",
    "İz",
    "😀",
    "n\nl",
]

# --- rows -----------------------------------------------------------------------------------


def _scaled(digits: int, scale: int) -> st.SearchStrategy[Decimal]:
    small = st.integers(-20, 20).map(lambda n: Decimal(n).scaleb(-min(scale, 1)))
    large = st.integers(-(10**digits) + 1, 10**digits - 1)
    exact = st.one_of(small, large.map(lambda n: Decimal(n).scaleb(-scale)))
    return exact.map(lambda n: n.quantize(Decimal(1).scaleb(-scale)))


_LONGS = st.one_of(st.integers(-5, 5), st.integers(-(2**63) + 1, 2**63 - 1))
_DOUBLES = st.one_of(
    st.integers(-4, 4).map(lambda n: n / 2), st.floats(allow_nan=True, allow_infinity=True)
)
_TEXTS = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
)
_DAYS = st.one_of(
    st.integers(-3, 3).map(lambda n: date(2017, 3, 31) + timedelta(n)),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
_INSTANTS = st.one_of(
    st.integers(-3, 3).map(
        lambda n: datetime.fromisoformat("2017-03-31T23:59:58") + timedelta(seconds=n)
    ),
    st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-01-01")),
)
_VALUES = {
    "is_new": st.booleans(),
    "is_open": st.booleans(),
    "employees": _LONGS,
    "visits": _LONGS,
    "amount": _scaled(18, 4),
    "share": _scaled(9, 6),
    "rate": _scaled(18, 8),
    "score": _DOUBLES,
    "weight": _DOUBLES,
    "stage": _TEXTS,
    "owner": _TEXTS,
    "close_on": _DAYS,
    "due_on": _DAYS,
    "created_at": _INSTANTS,
    "closed_at": _INSTANTS,
}
_ARROW = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.DOUBLE: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
}
ROWS = st.lists(
    st.fixed_dictionaries({n: st.one_of(st.none(), v, v, v) for n, v in _VALUES.items()}),
    min_size=8,
    max_size=24,
)

# --- texts ----------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _calls(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda made: form.format(*made))


def _whole(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(["employees", "visits"]), st.integers(0, 10**9).map(str), st.just("3")
    )
    if depth == 0:
        return leaves
    below, moments, texts = _whole(depth - 1), _moment(depth - 1), _text(depth - 1)
    return st.one_of(
        leaves,
        _calls("({} + {})", below, below),
        _calls("({} - {})", below, below),
        _calls("{} * {}", leaves, leaves),
        _calls("-{}", leaves),
        _calls("ABS({})", below),
        _calls("LENGTH({})", texts),
        _calls("{}({})", st.sampled_from(["YEAR", "MONTH", "DAY"]), moments),
        _calls("DATE_DIFF('{}', {}, {})", st.sampled_from(["day", "second"]), moments, moments),
        _calls("CAST({} AS BIGINT)", st.sampled_from(["amount", "share", "rate", "2.5", "-0.5"])),
        _choices(depth, below),
    )


def _exact(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(["amount", "share", "rate", "employees", "0.5", "0.2", "10", "1000.0001"])
    )
    if depth == 0:
        return leaves
    below = _exact(depth - 1)
    return st.one_of(
        leaves,
        _whole(depth - 1),
        _calls("({} {} {})", below, st.sampled_from("+-*"), below),
        _calls("-{}", leaves),
        _calls("ABS({})", below),
        _calls("ROUND({}, {})", st.sampled_from(["amount", "share", "amount * share"]), _DIGITS),
        _calls("ROUND({})", st.sampled_from(["amount", "rate"])),
        _calls("CAST({} AS DECIMAL(38, {}))", st.sampled_from(["amount", "rate"]), _DIGITS),
        _choices(depth, below),
    )


_DIGITS = st.integers(0, 9).map(str)


def _double(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        ["score", "weight", "1e0", "2.5e-1", "CAST(ROUND(amount, 1) AS DOUBLE)"]
    )
    if depth == 0:
        return leaves
    below = _double(depth - 1)
    mixed = st.one_of(below, st.sampled_from(["amount", "share", "employees", "0.1", "3"]))
    return st.one_of(
        leaves,
        _calls("({} {} {})", below, st.sampled_from("+-*"), mixed),
        _calls("-{}", leaves),
        _calls("ABS({})", below),
        _choices(depth, below),
    )


def _text(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(st.sampled_from(["stage", "owner"]), st.sampled_from(WORDS).map(_quoted))
    if depth == 0:
        return leaves
    below = _text(depth - 1)
    return st.one_of(
        leaves,
        _calls("{}({})", st.sampled_from(["LOWER", "UPPER", "TRIM"]), below),
        _calls("{} || {}", below, below),
        _calls("CAST({} AS TEXT)", st.sampled_from(["employees", "is_new", "close_on", "7"])),
        _choices(depth, below),
    )


def _moment(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        [
            "close_on",
            "due_on",
            "created_at",
            "closed_at",
            "DATE '2017-03-31'",
            "TIMESTAMP '2017-03-31 23:59:59.5'",
        ]
    )
    if depth == 0:
        return leaves
    units = st.sampled_from(["second", "day", "month", "quarter", "year"])
    near = st.sampled_from(["created_at", "closed_at", "CAST('2017-03-31' AS DATE)"])
    return st.one_of(
        leaves,
        _calls("DATE_TRUNC('{}', {})", units, near),
        _calls("CAST({} AS DATE)", leaves),
        _calls("CAST({} AS TIMESTAMP)", near),
        _choices(depth, leaves),
    )


def _choices(depth: int, below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tests = _condition(max(depth - 2, 0))
    return st.one_of(
        _calls("COALESCE({}, {})", below, below),
        _calls("NULLIF({}, {})", below, below),
        _calls("CASE WHEN {} THEN {} ELSE {} END", tests, below, below),
        _calls("CASE WHEN {} THEN NULL WHEN {} THEN {} END", tests, tests, below),
        _calls("CASE {} WHEN {} THEN {} ELSE {} END", below, below, below, below),
    )


_SIGNS = st.sampled_from(
    ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]
)


def _compared(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    negations = st.sampled_from(["", "NOT "])
    lists = st.lists(values, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        _calls("{} {} {}", values, _SIGNS, values),
        _calls("{} {}BETWEEN {} AND {}", values, negations, values, values),
        _calls("{} {}IN ({})", values, negations, lists),
        _calls("{} IS {}NULL", values, negations),
    )


_PATTERNS = st.text("aw%_\\!ß ", max_size=5)


def _condition(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["is_new", "is_open", "TRUE", "FALSE"])
    if depth == 0:
        return leaves
    below = _condition(depth - 1)
    truths = st.sampled_from(["IS TRUE", "IS FALSE", "IS NOT TRUE", "IS NOT FALSE", "IS NULL"])
    return st.one_of(
        leaves,
        _compared(_exact(depth - 1)),
        _compared(st.one_of(_double(depth - 1), st.sampled_from(["amount", "share", "employees"]))),
        _compared(_text(depth - 1)),
        _compared(_moment(depth - 1)),
        _calls("{} {}", st.sampled_from(["is_new", "is_open"]), truths),
        _calls("({}) {} ({})", below, st.sampled_from(["=", "IS DISTINCT FROM"]), below),
        _calls("({}) {}", below, truths),
        _calls("{} LIKE {}", _text(depth - 1), _PATTERNS.map(_quoted)),
        _calls("stage NOT LIKE {} ESCAPE '!'", st.sampled_from(["'!%%'", "'%!_%'", "'_!!'", "''"])),
        _calls("({} AND {})", below, below),
        _calls("({} OR {})", below, below),
        _calls("(NOT {})", below),
    )


# --- the law --------------------------------------------------------------------------------


def _type(column: SqlType) -> pa.DataType:
    if column.kind is Kind.DECIMAL:
        return pa.decimal128(column.precision or 18, column.scale or 0)
    return _ARROW[column.kind]


def _table(rows: list[dict[str, object]]) -> pa.Table:
    arrays = {n: pa.array([row[n] for row in rows], _type(c)) for n, c in COLUMNS.items()}
    return pa.table(arrays)


def _same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return left == right and (left is None) == (right is None)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _agrees(engine: duckdb.DuckDBPyConnection, text: str, rows: list[dict[str, object]]) -> None:
    read = read_value(text, COLUMNS)
    if read.tree is None:  # the only reasons that well-typed texts are refused for
        assert all("digits" in problem.what for problem in read.problems), read.problems
        return
    compute = calculation(read.tree, COLUMNS)
    expected = [compute(row) for row in rows]
    engine.register("facts", _table(rows))
    found = engine.execute(f"SELECT {write(read.tree, Dialect.DUCKDB)} FROM facts").fetchall()
    for row, mine, (theirs,) in zip(rows, expected, found, strict=True):
        assert _same(mine, theirs), f"{text} of {row}: Python {mine!r}, DuckDB {theirs!r}"


_LAW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@_LAW
@given(_condition(3), ROWS)
def test_a_condition_agrees_with_duckdb_on_every_row(
    engine: duckdb.DuckDBPyConnection, text: str, rows: list[dict[str, object]]
) -> None:
    _agrees(engine, text, rows)


@_LAW
@given(st.one_of(_whole(2), _exact(2), _double(2), _text(2), _moment(2)), ROWS)
def test_a_value_agrees_with_duckdb_on_every_row(
    engine: duckdb.DuckDBPyConnection, text: str, rows: list[dict[str, object]]
) -> None:
    _agrees(engine, text, rows)
