"""Whoever writes says so: every action that takes the moment makes an entry in the journal."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.house.tree import PACKAGE, files

# Functions of actions that are told the moment and write nothing that people wrote.
_SILENT = {
    "wald.actions.access.access_problems": "says what is wrong with rights, and stores nothing",
    "wald.actions.decisions.check": "says what a decision would be, and stores nothing",
    "wald.actions.ingest.plan_load": "says what a load would do, and stores nothing",
    "wald.actions.deliver.spread": "makes deliveries of events, which are a log of their own",
    "wald.actions.mailing.mail_digests": "sends what its reader could read, and notes that it did",
    "wald.actions.mailing.mail_notices": "sends what its reader could read, and notes that it did",
    "wald.actions.work.schedule.timetable": "says when each schedule is next due",
}


@cache
def _modules() -> Mapping[str, ast.Module]:
    found = files("*.py", under=PACKAGE / "actions")
    return {_module(path): ast.parse(path.read_text()) for path in found}


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _functions(module: str) -> dict[str, ast.FunctionDef]:
    tree = _modules().get(module)
    body = [] if tree is None else tree.body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def _values(module: str) -> dict[str, ast.expr]:
    """Return what the names of a module stand for, such as a table of functions."""
    return {
        target.id: node.value
        for node in _modules()[module].body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _names(module: str) -> dict[str, str]:
    """Return what the module's imports of actions are called in it, by their full names."""
    return {
        name.asname or name.name: f"{node.module}.{name.name}"
        for node in ast.walk(_modules()[module])
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wald.actions")
        for name in node.names
    }


def _called(module: str, function: ast.AST) -> Iterator[str]:
    """Yield the full names of what a function mentions: called here, or handed on to be."""
    imported, own, values = _names(module), _functions(module), _values(module)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in values:
            yield f"{module}.{node.id}"
        elif isinstance(node, ast.Name) and node.id in imported:
            yield imported[node.id]
        elif isinstance(node, ast.Name) and node.id in own:
            yield f"{module}.{node.id}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{imported.get(node.value.id, '')}.{node.attr}"


def _makes_an_entry(name: str, seen: frozenset[str] = frozenset()) -> bool:
    if name == "wald.actions.act.act":
        return True
    module, _, function = name.rpartition(".")
    node = _functions(module).get(function) or (
        _values(module) if module in _modules() else {}
    ).get(function)
    if node is None or name in seen:
        return False
    return any(_makes_an_entry(other, seen | {name}) for other in _called(module, node))


def _writing() -> Iterator[str]:
    """Yield every public function of actions that is told the moment."""
    for module in _modules():
        for name, node in _functions(module).items():
            arguments = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
            if not name.startswith("_") and {"actor", "at"} <= {*arguments}:
                yield f"{module}.{name}"


def test_every_action_makes_an_entry_in_the_journal() -> None:
    writing = {*_writing()} - {"wald.actions.act.act"}
    silent = {name for name in writing if not _makes_an_entry(name)}
    assert silent - {*_SILENT} == set(), "make the write within act(), or list it with a reason"


def test_there_is_something_to_look_at() -> None:
    assert {"wald.actions.ingest.load", "wald.actions.users.add_user"} <= {*_writing()}
