"""Whatever text comes, reading it ends in a tree or in Problems with their places."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wald.kernel.problem import Problem
from wald.language.parse import Checked, read_condition, read_measure, read_value
from wald.language.types import BOOLEAN, DATE, DOUBLE, INTEGER, TEXT, TIMESTAMP, decimal
from wald.language.write import Dialect, write

COLUMNS = {
    "stage": TEXT,
    "amount": decimal(18, 4),
    "rate": decimal(18, 8),
    "employees": INTEGER,
    "score": DOUBLE,
    "is_open": BOOLEAN,
    "close_on": DATE,
    "created_at": TIMESTAMP,
    "Deal Größe": TEXT,
}
PARAMETERS = {"as_of": DATE}
GOOD = [
    "stage = 'won' AND amount > 1000 OR NOT is_open",
    "amount * 0.2 - rate >= ROUND(amount, 2) AND employees + 1 < 5e2",
    "close_on BETWEEN '2017-01-01' AND :as_of AND created_at IS NOT NULL",
    "CASE WHEN score > 1e3 THEN COALESCE(stage, 'none') ELSE TRIM(\"Deal Größe\") END LIKE 'a!%' "
    "ESCAPE '!'",
    "DATE_DIFF('day', created_at, close_on) IN (1, 2, -3) AND YEAR(close_on) = 2017",
    "CAST(DATE_TRUNC('month', close_on) AS TIMESTAMP) = DATE '2017-01-01' OR stage || 'x' = 'y'",
    "SUM(amount) FILTER (WHERE stage = 'won') - COUNT(DISTINCT stage) * MEDIAN(amount)",
]
# Words and signs that mean something to some SQL parser, in the language or not.
SCRAPS = st.sampled_from(
    "SELECT FROM WHERE UNION VALUES WITH AS IS NOT NULL IN ANY ALL EXISTS CASE WHEN THEN ELSE END "
    "AND OR BETWEEN LIKE ILIKE ESCAPE SIMILAR TO CAST TRY_CAST INTERVAL DAY DATE TIMESTAMP TEXT "
    "DECIMAL(1,2) DECIMAL( DATE_TRUNC( DATE_DIFF( TRIM( COUNT( COUNT(*) SUM( FILTER OVER DISTINCT "
    "LAMBDA MAP STRUCT PIVOT USING IGNORE NULLS ORDER BY LIMIT FOR AT TIME ZONE COLLATE OVERLAPS "
    "stage amount close_on nobody 'won' '2017-01-01' '' 1 0.5 1e9 1e999 .5 1. 0x1F 1_000 :as_of "
    ":no ( ) [ ] { } , . ; : :: -> => = == <> != <= < || | & ^ ~ @ # $ $$ ? ! % * ** / // - -- /* "
    "*/ \\ \" ' ` e'x' x'0f' U&'x' N'x' \x00 \u00a0 \ud800 \u2018".split()
)
READERS = st.sampled_from([read_condition, read_value, read_measure])


def _is_placed(problem: Problem) -> bool:
    return problem.where.startswith("character ") and bool(problem.what and problem.fix)


def _is_sound(checked: Checked) -> bool:
    if checked.tree is None:
        return bool(checked.problems) and all(_is_placed(p) for p in checked.problems)
    assert checked.type is not None
    texts = [write(checked.tree, dialect) for dialect in Dialect]
    return not checked.problems and all(texts)


@settings(max_examples=300, deadline=None)
@given(READERS, st.text(max_size=60))
def test_any_text_is_read_or_refused(reader, text: str) -> None:
    assert _is_sound(reader(text, COLUMNS, PARAMETERS))


@settings(max_examples=600, deadline=None)
@given(READERS, st.lists(SCRAPS, min_size=1, max_size=14), st.sampled_from(["", " "]))
def test_any_scraps_of_sql_are_read_or_refused(reader, scraps: list[str], gap: str) -> None:
    assert _is_sound(reader(gap.join(scraps), COLUMNS, PARAMETERS))


@settings(max_examples=600, deadline=None)
@given(
    READERS,
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.integers(0, 130), st.integers(0, 6), SCRAPS | st.just("")), max_size=4),
)
def test_a_good_text_with_changes_is_read_or_refused(
    reader, text: str, changes: list[tuple[int, int, str]]
) -> None:
    for start, length, put in changes:
        text = text[:start] + put + text[start + length :]
    assert _is_sound(reader(text, COLUMNS, PARAMETERS))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["(", "NOT ", "- ", "ABS(", "CASE WHEN ", "a=", "CAST("]),
    st.integers(1, 10_000),
)
def test_nesting_of_any_depth_is_read_or_refused(piece: str, times: int) -> None:
    assert _is_sound(read_value(piece * times + "amount", COLUMNS))
