"""Reading texts: what is accepted, what is refused, and where."""

from collections.abc import Mapping

import pytest

from wald.language.parse import read_condition, read_measure, read_value
from wald.language.types import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    TEXT,
    TIMESTAMP,
    SqlType,
    decimal,
)
from wald.language.write import Dialect, write

COLUMNS: Mapping[str, SqlType] = {
    "stage": TEXT,
    "owner": TEXT,
    "amount": decimal(18, 4),
    "share": decimal(9, 6),
    "rate": decimal(18, 8),
    "total": decimal(28, 10),
    "employees": INTEGER,
    "score": DOUBLE,
    "is_open": BOOLEAN,
    "close_on": DATE,
    "created_at": TIMESTAMP,
    "Deal Size": TEXT,
    "user": TEXT,
}
PARAMETERS: Mapping[str, SqlType] = {"as_of": DATE}


def condition(text: str) -> str:
    """Return the tree of a condition as DuckDB reads it; fail on any Problem."""
    read = read_condition(text, COLUMNS, PARAMETERS)
    assert read.tree is not None, [str(problem) for problem in read.problems]
    assert read.type == BOOLEAN
    return write(read.tree, Dialect.DUCKDB)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_condition(text, COLUMNS, PARAMETERS).problems]


# --- what is accepted -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "stage = 'won' AND (amount > 1000 OR NOT is_open)",
        "stage IN ('won', 'lost') AND NOT stage IN ('open')",
        "amount BETWEEN 1 AND 2.5 AND score < 1e3",
        "amount IS NULL OR is_open IS TRUE OR NOT is_open IS FALSE",
        "stage IS DISTINCT FROM owner",
        "close_on > :as_of",
        "stage LIKE 'a!%%' ESCAPE '!'",
        "CASE stage WHEN 'won' THEN amount WHEN 'lost' THEN NULL ELSE 0 END > 5",
        "COALESCE(stage, owner, 'nobody') = LOWER(owner || 'x')",
        "-amount < ABS(share) AND ROUND(amount, 2) = 5.25",
        "YEAR(close_on) * 100 + MONTH(close_on) = 201703",
        "LENGTH(UPPER(stage)) > 3",
        "CAST(employees AS TEXT) = '5' AND CAST(amount AS DECIMAL(10, 2)) = 5",
    ],
)
def test_the_language_is_accepted_and_kept_as_it_was_written(text: str) -> None:
    assert condition(text) == text.replace(":as_of", "$as_of")


def test_columns_are_found_whatever_their_case_and_quoted_where_needed() -> None:
    assert condition("STAGE = 'x'") == "stage = 'x'"
    assert condition('"Stage" = "deal size" AND "user" = \'x\'') == (
        'stage = "Deal Size" AND "user" = \'x\''
    )


def test_a_text_beside_a_date_is_a_date() -> None:
    day = "CAST('2017-03-31' AS DATE)"
    assert condition("close_on >= '2017-03-31'") == f"close_on >= {day}"
    assert condition("'2017-03-31' < created_at") == f"{day} < created_at"
    assert condition("close_on IN ('2017-03-31')") == f"close_on IN ({day})"
    assert condition("created_at = '2017-03-31 10:00:00'") == (
        "created_at = CAST('2017-03-31 10:00:00' AS TIMESTAMP)"
    )


def test_what_duckdb_would_squeeze_into_64_bits_is_widened() -> None:
    assert condition("amount * share > 1") == "CAST(amount AS DECIMAL(19, 4)) * share > 1"
    assert condition("0.2 * amount > 1") == "0.2 * CAST(amount AS DECIMAL(19, 4)) > 1"
    assert condition("amount + rate > 1") == "CAST(amount AS DECIMAL(19, 4)) + rate > 1"
    assert condition("employees * 2 > 1") == "CAST(employees AS DECIMAL(19, 0)) * 2 > 1"
    assert condition("2 + 2 = 4") == "CAST(2 AS BIGINT) + 2 = 4"
    assert condition("share * 0.5 > 1") == "share * 0.5 > 1"  # 11 digits fit


def test_what_engines_leave_open_is_made_explicit() -> None:
    month = "CAST(DATE_TRUNC('MONTH', close_on) AS DATE)"
    assert condition("DATE_TRUNC('month', close_on) = close_on") == f"{month} = close_on"
    assert condition(f"{month} = close_on") == f"{month} = close_on"
    assert condition("TRIM(stage) = ''") == "TRIM(stage, ' ') = ''"
    assert condition("CAST(amount AS BIGINT) = 5") == "CAST(ROUND(amount, 0) AS BIGINT) = 5"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("amount", decimal(18, 4)),
        ("employees + 1", decimal(20, 0)),
        ("YEAR(close_on) + 1", INTEGER),
        ("ROUND(amount * share, 2)", decimal(28, 2)),
        ("COALESCE(share, rate)", decimal(18, 8)),
        ("CASE WHEN is_open THEN close_on ELSE created_at END", TIMESTAMP),
        ("score * amount", DOUBLE),
        ("DATE_TRUNC('year', created_at)", TIMESTAMP),
        ("DATE_TRUNC('year', close_on)", DATE),
    ],
)
def test_a_value_has_a_type(text: str, kind: SqlType) -> None:
    assert read_value(text, COLUMNS).type == kind


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", 1, "empty"),
        ("amount > 1; DROP TABLE deals", 11, "; has no place here"),
        ("amount > 1 -- all", 12, "-- has no place here"),
        ("amount > /* x */ 1", 10, "/* has no place here"),
        ("amount > (SELECT 1)", 11, "SELECT has no place"),
        ("EXISTS (SELECT 1)", 1, "EXISTS has no place"),
        ("amount > SUM(amount)", 10, "SUM has no place"),
        ("ROW_NUMBER() OVER () = 1", 1, "ROW_NUMBER is not a function"),
        ("stage IN (read_csv('/etc/passwd'))", 11, "READ_CSV is not a function"),
        ("* = 1", 1, "*"),
        ("deals.stage = 'x'", 6, ". has no place here"),
        ("[1, 2] = 1", 1, "[ has no place here"),
        ("x -> x + 1", 1, "there is no column x"),
        ("LAMBDA x : x", 10, ": has no place here"),
        ("{'a': 1} = 1", 1, "{ has no place here"),
        ("stage = $1", 9, "$ has no place here"),
        ("stage = 'open", 9, "' has no place here"),
        ("amount > 1 amount", 12, "amount does not follow"),
        ("amount >", 8, "missing"),
        ("(amount > 1", 1, "never closed"),
        ("amount > 1)", 11, "closes nothing"),
        ("CASE WHEN is_open THEN 1", 1, "never closed"),
        ("amount > 1_000", 10, "1_000 is not a number"),
        ("amount > 0x1F", 10, "0x1F is not a number"),
        ("amount / 2 > 1", 1, "division is not part"),
        ("amount", 1, "a condition is true or false"),
        ("amount = 'x'", 10, "compares decimal(18,4) with text"),
        ("stage = 5", 9, "compares text with whole number"),
        ("close_on = 20170331", 12, "compares date with whole number"),
        ("stage = NULL", 1, "NULL is not a value"),
        ("close_on = '31/02/2024'", 12, "is not a day or time"),
        ("close_on = '2024-02-31'", 12, "is not a day or time"),
        ("close_on = DATE '2024-02-31'", 17, "is not a date"),
        ("is_open = amount > 5", 11, "a comparison of a comparison"),
        ("stage NOT IN ('won') = is_open", 1, "a comparison of a comparison"),
        ("is_open > TRUE", 1, "no order"),
        ("stage LIKE owner", 12, "LIKE needs its pattern"),
        ("stage LIKE 'a!b' ESCAPE '!'", 12, "! escapes neither"),
        ("stage LIKE 'a' ESCAPE '%'", 23, "ESCAPE needs one character"),
        ("stage ILIKE 'a'", 7, "ILIKE has no place"),
        ("amount + stage > 1", 10, "+ needs a number"),
        ("close_on - 30 > :as_of", 1, "not added or subtracted"),
        ("date > :as_of", 1, "there is no column date"),
        ('"Deal Sise" = 1', 1, "there is no column Deal Sise"),
        ("close_on > :today", 12, "there is no parameter :today"),
        ("CAST(stage AS BIGINT) = 5", 6, "text is not cast to"),
        ("CAST(amount AS TEXT) = '5'", 6, "is not cast to text"),
        ("CAST(amount AS DECIMAL(39, 2)) = 5", 6, "no CAST to DECIMAL(39, 2)"),
        ("ROUND(employees, 1) = 5", 7, "ROUND needs a decimal"),
        ("ROUND(amount, share) = 5", 15, "ROUND needs the digits"),
        ("DATE_DIFF('month', created_at, close_on) > 1", 1, "does not count month"),
        ("DATE_TRUNC('decade', close_on) = close_on", 1, "does not cut to decade"),
        ("total * amount * share > 1", 1, "the product needs 46 digits"),
        ("total > score", 1, "more digits than a double keeps"),
        ("amount > 1e999", 10, "larger than any number"),
        ("stage IN ()", 1, "IN has an empty list"),
        ("amount > 1\x00", 11, "cannot be printed"),
        ("stage = \u2018won\u2019", 9, "\u2018 has no place here"),
    ],
)
def test_what_is_out_of_the_language_is_refused_at_its_place(
    text: str, where: int, what: str
) -> None:
    found = read_condition(text, COLUMNS, PARAMETERS)
    assert found.tree is None
    assert found.type is None
    assert found.problems[0].where == f"character {where}"
    assert what in found.problems[0].what
    assert found.problems[0].fix


def test_ten_thousand_brackets_are_refused() -> None:
    brackets = "(" * 10_000 + "amount" + ")" * 10_000
    assert problems(brackets) == [
        "character 4001: the text has 20,006 characters, more than 4,000; split it, or use IN lists"
    ]
    assert problems("(" * 1_000 + "amount" + ")" * 1_000) == [
        "character 17: more than 16 brackets within brackets; write it flatter"
    ]


def test_a_thousand_nots_are_refused() -> None:
    assert problems("NOT " * 990 + "is_open") == [
        "character 1: nested too deeply; write it flatter, or use IN lists"
    ]


def test_a_hundred_conditions_in_a_row_are_read() -> None:
    assert condition(" OR ".join(f"amount = {n}" for n in range(100))).count("OR") == 99


def test_every_problem_is_found_at_once() -> None:
    assert problems("stge = 'x' AND amount = 'y' OR ownr = 1 AND is_open + 1 > close_on") == [
        "character 1: there is no column stge; did you mean stage?",
        "character 25: compares decimal(18,4) with text; "
        "compare like with like, or CAST one of them",
        "character 32: there is no column ownr; did you mean owner?",
        "character 45: + needs a number, this is boolean; write a number",
    ]


def test_a_misspelt_function_is_answered_with_the_nearest() -> None:
    assert problems("LENGHT(stage) > 1") == [
        "character 1: LENGHT is not a function of this language; did you mean LENGTH?"
    ]


def test_a_text_of_sql_is_only_text() -> None:
    assert condition("stage = '); DROP TABLE deals; --'") == "stage = '); DROP TABLE deals; --'"


# --- measures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("COUNT(*)", INTEGER),
        ("COUNT(stage) - COUNT(DISTINCT stage)", INTEGER),
        ("SUM(amount) FILTER(WHERE stage = 'won')", decimal(28, 4)),
        ("SUM(amount) * 2 - SUM(rate)", decimal(38, 8)),
        ("SUM(employees)", INTEGER),
        ("MIN(close_on)", DATE),
        ("CASE WHEN COUNT(*) > 5 THEN MAX(amount) END", decimal(18, 4)),
        ("MEDIAN(CAST(amount AS DOUBLE)) FILTER(WHERE NOT is_open)", DOUBLE),
    ],
)
def test_a_measure_has_a_type(text: str, kind: SqlType) -> None:
    read = read_measure(text, COLUMNS)
    assert read.tree is not None, read.problems
    assert (read.type, write(read.tree, Dialect.DUCKDB)) == (kind, text)


def test_a_median_is_taken_of_doubles() -> None:
    read = read_measure("MEDIAN(amount)", COLUMNS)
    assert read.tree is not None
    assert write(read.tree, Dialect.DUCKDB) == "MEDIAN(CAST(amount AS DOUBLE))"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("amount", "a measure aggregates rows"),
        ("SUM(SUM(amount))", "an aggregate within an aggregate"),
        ("SUM(amount) FILTER (WHERE COUNT(*) > 1)", "an aggregate within an aggregate"),
        ("SUM(amount) + amount", "amount stands outside every aggregate"),
        ("SUM(DISTINCT amount)", "DISTINCT"),
        ("COUNT(DISTINCT stage, owner)", "takes one column"),
        ("COUNT()", "COUNT counts nothing"),
        ("COUNT(* EXCLUDE (stage))", "EXCLUDE is not a function"),
        ("MAX(stage)", "MAX needs a number"),
        ("MAX(amount, share)", "MAX does not take"),
        ("SUM(stage)", "SUM needs a number"),
        ("SUM(amount) FILTER (WHERE amount)", "FILTER needs a condition"),
        ("ABS(amount) FILTER (WHERE is_open)", "FILTER belongs to an aggregate"),
        ("AVG(amount)", "AVG is not a function"),
        ("COUNT(*) OVER ()", "OVER has no place"),
        ("SUM(amount) / COUNT(*)", "division is not part"),
    ],
)
def test_what_is_no_measure_is_refused(text: str, what: str) -> None:
    read = read_measure(text, COLUMNS)
    assert read.tree is None
    assert what in read.problems[0].what
