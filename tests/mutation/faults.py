"""Small faults to plant into a module: a bound moved, a sign turned, a switch turned round.

One fault at a time, written as the module's whole source. Words, labels, annotations and examples
are left alone: no figure of pay depends on them.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_OTHER_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_OTHER_NAMES = {
    "ZERO": "ONE",
    "ONE": "ZERO",
    "least": "most",
    "most": "least",
    "if_reached": "if_passed",
    "if_passed": "if_reached",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
}
# Words of COMPONENT; and whether zip looks at lengths that are equal anyway.
_WORDS_ONLY = {"example", "source", "title", "key", "strict"}
_LONGEST = 88  # characters of a line that is shown whole
_NO_FIGURE = (ast.Import, ast.ImportFrom, ast.JoinedStr)
Change = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """`text` becomes `becomes`, a line each, as `ast.unparse` writes them; part of a long one."""

    line: int
    what: str
    text: str
    becomes: str
    source: str  # of the whole module


def faults(source: str) -> Iterator[Fault]:
    """Yield the module's source with one fault each, in the order of its lines."""
    tree = ast.parse(source)
    sound = ast.unparse(tree).split("\n")
    for i, node in enumerate(_nodes(tree)):
        for what, change in _changes(node):
            made = copy.deepcopy(tree)
            change(_nodes(made)[i])
            spoiled = ast.unparse(made)
            pairs = zip(sound, spoiled.split("\n"), strict=True)
            text, becomes = _short(*next((a.strip(), b.strip()) for a, b in pairs if a != b))
            yield Fault(getattr(node, "lineno", 0), what, text, becomes, spoiled)


def _short(sound: str, spoiled: str) -> tuple[str, str]:
    """Cut two long lines to where they differ, and some words around it."""
    if len(sound) <= _LONGEST:
        return sound, spoiled
    same = next(i for i, (a, b) in enumerate(zip(sound, spoiled, strict=False)) if a != b)
    begin = max(0, same - _LONGEST // 2)
    rest = len(sound) - same - _LONGEST // 2
    end = max(0, rest)
    return sound[begin : len(sound) - end].strip(), spoiled[begin : len(spoiled) - end].strip()


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """Return the nodes that figures may depend on, always in the same order."""
    found = [tree]
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "args", "bases", "decorator_list") and not isinstance(
            tree, ast.Call
        ):
            continue
        if isinstance(tree, ast.keyword) and tree.arg in _WORDS_ONLY:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, _NO_FIGURE):
                found += _nodes(child)
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    yield from _other_operators(node)
    yield from _other_values(node)
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition turned round", _negated
    if isinstance(node, ast.Continue | ast.Break):
        yield "left out", _left_out


def _other_operators(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Compare):
        for other in _OTHER_OPERATORS.get(type(node.ops[0]), ()):
            yield _renamed(node.ops[0], other), _operator("ops", other)
    if isinstance(node, ast.BinOp | ast.BoolOp):
        for other in _OTHER_OPERATORS.get(type(node.op), ()):
            yield _renamed(node.op, other), _operator("op", other)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus left out", _operator("op", ast.UAdd)


def _other_values(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Name) and node.id in _OTHER_NAMES:
        yield f"{node.id} -> {_OTHER_NAMES[node.id]}", _name(_OTHER_NAMES[node.id])
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} -> {not node.value}", _constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"{node.value} -> {node.value + 1}", _constant(node.value + 1)


def _renamed(operator: ast.AST, other: type[ast.AST]) -> str:
    return f"{type(operator).__name__} -> {other.__name__}"


def _operator(field: str, other: type[ast.AST]) -> Change:
    def change(node: ast.AST) -> None:
        found = getattr(node, field)
        setattr(node, field, [other(), *found[1:]] if isinstance(found, list) else other())

    return change


def _name(other: str) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Name)
        node.id = other

    return change


def _constant(other: int) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Constant)
        node.value = other

    return change


def _negated(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.IfExp | ast.While)
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _left_out(node: ast.AST) -> None:
    node.__class__ = ast.Pass  # type: ignore[assignment]  # a statement that does nothing
