"""One tree, three spellings. What the engines make of them, the engines' own tests say."""

import pytest
import sqlglot
from sqlglot.errors import UnsupportedError

from wald.language.write import Dialect, write


def spelled(text: str) -> tuple[str, str]:
    """Return DuckDB's text for PostgreSQL and for Spark; DuckDB must read it back unchanged."""
    tree = sqlglot.parse_one(text, dialect="duckdb")
    again = sqlglot.parse_one(write(tree, Dialect.DUCKDB), dialect="duckdb")
    assert write(again, Dialect.DUCKDB) == write(tree, Dialect.DUCKDB)
    return write(tree, Dialect.POSTGRES), write(tree, Dialect.SPARK)


@pytest.mark.parametrize(
    ("text", "postgres", "spark"),
    [
        (
            "MEDIAN(x) FILTER(WHERE y)",
            "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) FILTER(WHERE y)",
            "PERCENTILE(x, 0.5) FILTER(WHERE y)",
        ),
        (
            "QUANTILE_CONT(x, 0.25)",
            "PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY x)",
            "PERCENTILE(x, 0.25)",
        ),
        (
            "PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY x)",
            "PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY x)",
            "PERCENTILE(x, 0.25)",
        ),
        (
            "ARG_MIN(x, y)",
            "(ARRAY_AGG(x ORDER BY y ASC) FILTER(WHERE NOT y IS NULL AND NOT x IS NULL))[1]",
            "MIN_BY(x, y) FILTER(WHERE NOT x IS NULL)",
        ),
        (
            "ARG_MAX_NULL(x, y) FILTER(WHERE a OR b)",
            "(ARRAY_AGG(x ORDER BY y DESC NULLS LAST) FILTER(WHERE NOT y IS NULL AND (a OR b)))[1]",
            "MAX_BY(x, y) FILTER(WHERE a OR b)",
        ),
        (
            "DATE_DIFF('day', a, b)",
            "CAST((CAST(b AS DATE) - CAST(a AS DATE)) AS BIGINT)",
            "CAST(DATEDIFF(CAST(b AS DATE), CAST(a AS DATE)) AS BIGINT)",
        ),
        (
            "DATE_DIFF('second', a, b)",
            "CAST(EXTRACT(epoch FROM DATE_TRUNC('SECOND', CAST(b AS TIMESTAMP)) - "
            "DATE_TRUNC('SECOND', CAST(a AS TIMESTAMP))) AS BIGINT)",
            "DATEDIFF(SECOND, DATE_TRUNC('SECOND', CAST(a AS TIMESTAMP_NTZ)), "
            "DATE_TRUNC('SECOND', CAST(b AS TIMESTAMP_NTZ)))",
        ),
        (
            "CAST(DATE_TRUNC('month', a) AS DATE)",
            "CAST(CAST(DATE_TRUNC('MONTH', CAST(a AS TIMESTAMP)) AS TIMESTAMP) AS DATE)",
            "CAST(CAST(DATE_TRUNC('MONTH', CAST(a AS TIMESTAMP_NTZ)) AS TIMESTAMP_NTZ) AS DATE)",
        ),
        (
            "YEAR(a) + LENGTH(b)",
            "CAST(EXTRACT(YEAR FROM a) AS BIGINT) + CAST(LENGTH(b) AS BIGINT)",
            "CAST(YEAR(a) AS BIGINT) + CAST(LENGTH(b) AS BIGINT)",
        ),
        (
            "CAST(a AS DATE) - INTERVAL 90 DAY",
            "CAST(a AS DATE) - INTERVAL '90 DAY'",
            "CAST(a AS DATE) - INTERVAL '90' DAY",
        ),
        ("a - INTERVAL (n) DAY", "a - ((n) * INTERVAL '1 DAY')", "a - ((n) * INTERVAL '1' DAY)"),
        ("CAST(a AS TEXT)", "CAST(a AS TEXT)", "CAST(a AS STRING)"),
        ("CAST(a AS DOUBLE)", "CAST(a AS DOUBLE PRECISION)", "CAST(a AS DOUBLE)"),
        ("CAST(a AS TIMESTAMP)", "CAST(a AS TIMESTAMP)", "CAST(a AS TIMESTAMP_NTZ)"),
        ("1e3", "CAST(1e3 AS DOUBLE PRECISION)", "1e3"),
        ("a / b", "CAST(a AS DOUBLE PRECISION) / b", "CAST(a AS DOUBLE) / b"),
        (r"a LIKE 'x\%'", r"a LIKE 'x\\%'", r"a LIKE 'x\\\\%'"),
        ("a LIKE '!%' ESCAPE '!'", "a LIKE '!%' ESCAPE '!'", "a LIKE '!%' ESCAPE '!'"),
        ("TRIM(a, ' ')", "TRIM(' ' FROM a)", "TRIM(' ' FROM a)"),
        ("a IS DISTINCT FROM b", "a IS DISTINCT FROM b", "a IS DISTINCT FROM b"),
        ("a || 'it''s'", "a || 'it''s'", r"a || 'it\'s'"),
        ("TRUE AND NOT FALSE", "TRUE AND NOT FALSE", "TRUE AND NOT FALSE"),
        ("COUNT(*) FILTER(WHERE a)", "COUNT(*) FILTER(WHERE a)", "COUNT(*) FILTER(WHERE a)"),
    ],
)
def test_an_expression_means_the_same_in_each_spelling(
    text: str, postgres: str, spark: str
) -> None:
    assert spelled(f"SELECT {text}") == (f"SELECT {postgres}", f"SELECT {spark}")


@pytest.mark.parametrize(
    "text",
    [
        "WITH a AS (SELECT x FROM t) SELECT x, COUNT(*) FROM a GROUP BY 1 UNION ALL SELECT 1, 2",
        "SELECT a.x FROM a LEFT JOIN b ON a.x = b.x FULL JOIN c ON c.x = a.x WHERE a.y > 1",
        "SELECT COALESCE(x, 0), CASE WHEN y THEN 1 ELSE 2 END FROM t",
    ],
)
def test_what_all_spell_alike_passes(text: str) -> None:
    assert spelled(text) == (text, text)


def test_values_have_an_alias_and_column_names() -> None:
    postgres, spark = spelled("SELECT x FROM (VALUES (1, 'a'), (2, NULL)) AS t(x, y)")
    assert postgres == "SELECT x FROM (VALUES (1, 'a'), (2, NULL)) AS t(x, y)"
    assert spark == "SELECT x FROM VALUES (1, 'a'), (2, NULL) AS t(x, y)"


def test_nulls_come_last_in_every_order() -> None:
    postgres, spark = spelled("SELECT LAG(x) OVER (ORDER BY y, z DESC) FROM t")
    assert postgres == "SELECT LAG(x) OVER (ORDER BY y, z DESC NULLS LAST) FROM t"
    assert spark == "SELECT LAG(x) OVER (ORDER BY y NULLS LAST, z DESC) FROM t"


def test_qualify_becomes_a_select_around() -> None:
    postgres, _ = spelled("SELECT x FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY y) = 1")
    assert postgres == (
        "SELECT x FROM (SELECT x, ROW_NUMBER() OVER (ORDER BY y) AS _w FROM t) AS _t WHERE _w = 1"
    )


def test_reserved_and_odd_names_are_quoted() -> None:
    postgres, spark = spelled('SELECT t."user", "Big One" FROM t AS "order"')
    assert postgres == 'SELECT t."user", "Big One" FROM t AS "order"'
    assert spark == "SELECT t.`user`, `Big One` FROM t AS `order`"


def test_a_name_that_needs_quotes_gets_them() -> None:
    tree = sqlglot.exp.select(sqlglot.exp.column("user")).from_("t")
    assert write(tree, Dialect.POSTGRES) == 'SELECT "user" FROM t'


def test_writing_leaves_the_tree_alone() -> None:
    tree = sqlglot.parse_one("SELECT MEDIAN(x), YEAR(y) FROM t", dialect="duckdb")
    before = tree.copy()
    write(tree, Dialect.SPARK)
    assert tree == before


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("SELECT LAG(x IGNORE NULLS) OVER (ORDER BY y) FROM t", Dialect.POSTGRES),
        ("SELECT DATE_DIFF('month', a, b) FROM t", Dialect.SPARK),
        ("SELECT ARG_MIN(x, y, 3) FROM t", Dialect.SPARK),
        ("SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x) FROM t", Dialect.SPARK),
        ("SELECT * FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY y) = 1", Dialect.POSTGRES),
        ("SELECT x FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY y) = 1 LIMIT 1", Dialect.SPARK),
    ],
)
def test_what_would_mean_another_thing_is_an_error(text: str, dialect: Dialect) -> None:
    with pytest.raises(UnsupportedError):
        write(sqlglot.parse_one(text, dialect="duckdb"), dialect)
