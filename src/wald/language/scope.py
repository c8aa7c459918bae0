"""One walk over a tree that gives each node its type, and refuses what no rule knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from wald.kernel.problem import Problem
from wald.language.place import place
from wald.language.types import SqlType


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of node is typed: the arguments it may have, and its type by theirs."""

    args: frozenset[str]
    type_of: Callable[[exp.Expr, "Scope"], SqlType | None]  # None: a Problem says why


@dataclass(frozen=True, slots=True)
class Scope:
    """What the nodes of one tree may name, and what the walk found out so far."""

    columns: Mapping[str, SqlType]
    parameters: Mapping[str, SqlType]
    rules: Mapping[type[exp.Expr], Rule]
    aggregates: bool = False  # may the tree aggregate rows?
    problems: list[Problem] = field(default_factory=list)
    types: dict[int, tuple[exp.Expr, SqlType]] = field(default_factory=dict)  # by id

    def refuse(self, node: exp.Expr, what: str, fix: str) -> None:
        self.problems.append(Problem(place(node), what, fix))

    def note(self, node: exp.Expr, type_: SqlType) -> SqlType:
        self.types[id(node)] = (node, type_)
        return type_

    def type_of(self, node: exp.Expr) -> SqlType | None:
        """Return the type the walk gave to a node; None if it has none (NULL, or refused)."""
        _, found = self.types.get(id(node), (node, None))
        return found


def rule(*args: str, by: Callable[[exp.Expr, Scope], SqlType | None]) -> Rule:
    return Rule(frozenset(args), by)


def typed(node: exp.Expr, scope: Scope) -> SqlType | None:
    """Return the type of a node after typing all below it; None where a Problem was noted."""
    known = scope.rules.get(type(node))
    if known is None:
        fix = "use columns, literals, comparisons and the functions of the language"
        scope.refuse(node, f"{_words(node)} is not part of this language", fix)
        return None
    for name, value in node.args.items():
        if value and name not in known.args:
            scope.refuse(node, f"{_words(node)} does not take {name} here", "leave it out")
            return None
    found = known.type_of(node, scope)
    if found is not None and id(node) not in scope.types:
        scope.note(node, found)
    return found


def wrap(node: exp.Expr, to: str, type_: SqlType, own: SqlType, scope: Scope) -> SqlType:
    """Put CAST(... AS `to`) around a node of type `own`; return `type_`, the type it then has."""
    holder = exp.Cast(this=exp.Null(), to=exp.DataType.build(to, dialect="duckdb"))
    node.replace(holder)
    holder.set("this", node)
    scope.note(node, own)
    return scope.note(holder, type_)


def _words(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.name)
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary):
        return node.sql_name().upper()
    return node.sql(dialect="duckdb")[:40]
