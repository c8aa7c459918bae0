"""A tree as text for DuckDB, PostgreSQL or Spark: one meaning, three spellings.

Trees are in DuckDB's words. What the engines spell alike is left to sqlglot; what it would write
with another meaning is rewritten in `spelling` first, and what an engine cannot say is an error.

An engine must be set up so that equal texts mean equal things: time zone UTC everywhere; on Spark
`spark.sql.ansi.enabled` true and `spark.sql.decimalOperations.allowPrecisionLoss` false;
on PostgreSQL texts compared in the collation "C", where LOWER and UPPER then change A to Z only.
"""

from enum import Enum

from sqlglot import ErrorLevel, exp

from wald.language.operators import needs_quotes
from wald.language.spelling import POSTGRES, SPARK, Spelling


class Dialect(Enum):
    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


_SPELLINGS: dict[Dialect, Spelling] = {
    Dialect.DUCKDB: {},
    Dialect.POSTGRES: POSTGRES,
    Dialect.SPARK: SPARK,
}


def write(tree: exp.Expr, dialect: Dialect) -> str:
    """Return `tree` as text; raises sqlglot's UnsupportedError for what the engine cannot say."""
    holder = exp.Paren(this=tree.copy())
    spelling = _SPELLINGS[dialect]
    for node in reversed(list(holder.walk(bfs=True))):  # from the leaves up
        if isinstance(node, exp.Identifier):
            node.set("quoted", node.args.get("quoted") or needs_quotes(node.name))
        elif type(node) in spelling:
            spelling[type(node)](node)
    top: exp.Expr = holder.this
    # Written out of our own copy: another one would cost as much as all the rest.
    return top.sql(dialect=dialect.value, copy=False, unsupported_level=ErrorLevel.RAISE)
