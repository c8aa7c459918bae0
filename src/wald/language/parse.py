"""Text to a checked tree: allowed nodes, types, depth and length, with every Problem at its place.

The language is a typed subset of DuckDB's SQL, the part that means the same to the cent on
every engine and for one record in Python:

    in      columns, :parameters, 'text', 12, 0.5, 1e3, TRUE, FALSE, DATE '2017-03-31',
            TIMESTAMP '2017-03-31 18:00:00'; NULL as a result of CASE or COALESCE
            = <> < <= > >=  IS [NOT] DISTINCT FROM  BETWEEN  IN (list)  IS [NOT] NULL|TRUE|FALSE
            AND OR NOT  CASE  + - *  ||  LIKE 'pattern' [ESCAPE 'c']
            COALESCE NULLIF ABS ROUND(decimal, digits) LOWER UPPER TRIM LENGTH YEAR MONTH DAY
            DATE_DIFF('day' | 'second', from, to)
            DATE_TRUNC('second' | 'day' | 'month' | 'quarter' | 'year', x)
            CAST(x AS type), or x::type: whole number and decimal among each other and to DOUBLE,
            date and timestamp among each other, whole number, boolean and date to TEXT
            in measures COUNT(*), COUNT(x), COUNT(DISTINCT x), SUM, MIN, MAX, MEDIAN,
            each with FILTER (WHERE condition)
    out     /  (a ratio is two sums until it is shown: write a > 0.2 * b)
            sub-queries, windows, joins, lists, lambdas, stars, macros, files, other functions
            comparing unlike kinds, ordering booleans, NULL in comparisons, casts of text
            ROUND of doubles (engines differ) and of whole numbers (nothing to round)
            ILIKE (write LOWER(x) LIKE), MIN and MAX of text (engines sort differently)

Columns are found whatever their case. Beside a date, a text such as '2017-03-31' is a date.
What DuckDB leaves implicit and would overflow or vary stands as a CAST in the tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from wald.kernel.problem import Problem
from wald.language.aggregates import AGGREGATES, placed
from wald.language.functions import FUNCTIONS
from wald.language.operators import OPERATORS
from wald.language.place import character, in_order
from wald.language.scan import LONGEST, Names, foreign, unknown, walls
from wald.language.scope import Rule, Scope, typed
from wald.language.types import Kind, SqlType

DEEPEST_TREE = 120  # nodes from the top to the last; a chain of ANDs is as deep as it is long

_ROW: Mapping[type[exp.Expr], Rule] = MappingProxyType({**OPERATORS, **FUNCTIONS})
_MEASURE: Mapping[type[exp.Expr], Rule] = MappingProxyType({**_ROW, **AGGREGATES})
_NONE: Mapping[str, SqlType] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Checked:
    """A tree with its type; or neither, and every Problem found."""

    tree: exp.Expression | None
    type: SqlType | None
    problems: tuple[Problem, ...]


def read_condition(
    text: str, columns: Mapping[str, SqlType], parameters: Mapping[str, SqlType] = _NONE
) -> Checked:
    """Read a condition on one row: true, false or null."""
    read = read_value(text, columns, parameters)
    if read.type is None or read.type.kind is Kind.BOOLEAN:
        return read
    what = f"a condition is true or false, this is {read.type}"
    return Checked(None, None, (Problem(character(0), what, "compare it with something"),))


def read_value(
    text: str, columns: Mapping[str, SqlType], parameters: Mapping[str, SqlType] = _NONE
) -> Checked:
    """Read a value of one row, of any kind."""
    return _read(text, Names(columns, parameters, measures=False))


def read_measure(
    text: str, columns: Mapping[str, SqlType], parameters: Mapping[str, SqlType] = _NONE
) -> Checked:
    """Read a value of many rows: aggregates, combined with + - * and CASE."""
    return _read(text, Names(columns, parameters, measures=True))


def type_row(tree: exp.Expr, columns: Mapping[str, SqlType]) -> tuple[exp.Expr, Scope]:
    """Return a copy of a row-level tree with what the language makes explicit, and its types."""
    scope = Scope(columns, _NONE, _ROW)
    return _typed_copy(tree, scope)[0], scope


def _read(text: str, names: Names) -> Checked:
    if barred := list(walls(text)):
        return Checked(None, None, in_order(barred))
    problems = list(unknown(text, names))
    if others := list(foreign(text, names)):
        return Checked(None, None, in_order([*problems, *others]))
    tree = _parsed(text)
    if isinstance(tree, Problem):
        return Checked(None, None, in_order([*problems, tree]))
    rules = _MEASURE if names.measures else _ROW
    scope = Scope(names.columns, names.parameters, rules, aggregates=names.measures)
    checked, found = _typed_copy(tree, scope)
    if names.measures and not scope.problems:
        placed(checked, scope)
    known = {problem.what for problem in problems}  # names, whose exact places the text knows
    problems += [problem for problem in scope.problems if problem.what not in known]
    if problems or found is None:
        return Checked(None, None, in_order(problems))
    return Checked(checked, _declared(found), ())


def _parsed(text: str) -> exp.Expr | Problem:
    try:
        tree = sqlglot.parse_one(
            text, dialect="duckdb", into=exp.Condition, error_message_context=LONGEST
        )
    except (ParseError, TokenError) as error:
        return _broken(error)
    except RecursionError:
        return _too_deep()
    return _too_deep() if _depth(tree) > DEEPEST_TREE else tree


def _broken(error: ParseError | TokenError) -> Problem:
    known = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    before, found = known.get("start_context") or "", known.get("highlight") or ""
    if "Unexpected" in known.get("description", ""):
        what = f"{found} does not follow from what stands before it"
    else:
        what = f"something is missing at {found}" if found else "something is missing"
    return Problem(character(len(before)), what, "complete the expression around it")


def _too_deep() -> Problem:
    return Problem(character(0), "nested too deeply", "write it flatter, or use IN lists")


def _depth(tree: exp.Expr) -> int:
    level, deepest = [tree], 0
    while level:
        deepest += 1
        level = [child for node in level for child in node.iter_expressions()]
    return deepest


def _typed_copy(tree: exp.Expr, scope: Scope) -> tuple[exp.Expression, SqlType | None]:
    holder = exp.Paren(this=tree.copy())  # so that the top, too, can be replaced
    found = typed(holder.this, scope)
    top = holder.this
    top.pop()
    return top, found


def _declared(found: SqlType) -> SqlType:
    """Return a type as columns declare it: digits of whole numbers are known only within."""
    return SqlType(Kind.INTEGER) if found.kind is Kind.INTEGER else found
