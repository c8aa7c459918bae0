"""Does a key name somebody, or a deal, of the facts? If not, which it may have been meant to be."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

from sqlglot import exp

from wald.engine.connect import Engine, run, shared
from wald.facts.relations import Scene
from wald.facts.settings import terms_of
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.records.stores.loads import snapshot
from wald.records.stores.settings import load_settings

_NEAREST = 3
_MOST = 5_000  # keys that are compared with one that is wrong
# Where deals are looked for: a renewal without a booking is credited under its subscription.
_DEALS: Mapping[str, str] = {"booking": "booking_id", "subscription": "subscription_id"}


def no_such_person(workspace: Workspace, where: str, key: str) -> Problem | None:
    """Return what is wrong with the key of a person, with the nearest; None: they are known.

    Those who have left are known too.
    """
    engine, scene = _desk(workspace)
    rows = _column(engine, scene, "person", ["person_id", "name"], None)
    names = {str(row["person_id"]): str(row["name"] or "") for row in rows}
    if key in names:
        return None
    wanted = key.casefold()
    called = [one for one, name in names.items() if name and wanted in _words(name)]
    near = _near(key, dict.fromkeys(names, "")) + _near(
        key, {name: one for one, name in names.items()}
    )
    told = [f"{one} ({names[one]})" for one in dict.fromkeys(called or near)][:_NEAREST]
    return _nothing(where, f"nobody in the facts has the key {key!r}", told, "people")


def no_such_deal(workspace: Workspace, where: str, key: str) -> Problem | None:
    """Return what is wrong with the key of a deal, with the nearest; None: it is known."""
    engine, scene = _desk(workspace)
    found: list[str] = []
    for table, column in _DEALS.items():
        if _column(engine, scene, table, [column], exp.column(column).eq(_text(key))):
            return None
        half = max(len(key) // 2, 1)
        begins = _like(column, key[:half], begins=True)
        alike = exp.or_(begins, _like(column, key[-half:], begins=False))
        rows = _column(engine, scene, table, [column], alike)
        found += [str(row[column]) for row in rows]
    told = _near(key, dict.fromkeys(found, ""))
    return _nothing(where, f"no deal in the facts has the key {key!r}", told, "bookings")


def _words(name: str) -> set[str]:
    return {name.casefold(), *name.casefold().split()}


def _near(text: str, among: Mapping[str, str]) -> list[str]:
    """Return the keys that the nearest of some texts stand for, themselves where that is ""."""
    by_text = {one.casefold(): key or one for one, key in among.items()}
    if text.casefold() in by_text:
        return [by_text[text.casefold()]]
    return [by_text[one] for one in get_close_matches(text.casefold(), by_text, _NEAREST, 0.5)]


def _nothing(where: str, what: str, near: list[str], kind: str) -> Problem:
    fix = f"the nearest are {', '.join(near)}" if len(near) > 1 else "".join(near)
    if len(near) == 1:
        fix = f"did you mean {fix}?"
    return Problem(where, what, fix or f"load the {kind} first, or look the key up in your source")


def _like(column: str, part: str, *, begins: bool) -> exp.Expr:
    """Does a column begin, or end, with a text? Compared as text, so that no character is a
    wildcard."""
    size = exp.Literal.number(len(part))
    own = exp.func("LEFT" if begins else "RIGHT", exp.column(column), size)
    return own.eq(_text(part))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _column(
    engine: Engine, scene: Scene, table: str, columns: list[str], where: exp.Expr | None
) -> list[Mapping[str, object]]:
    if not scene.snapshot.has(table):
        return []
    rows = scene.labels(table, columns).subquery(table)
    tree = exp.select(*columns).distinct().from_(rows).order_by(columns[0])
    if where is not None:
        tree = tree.where(where).limit(_MOST)
    found: list[Mapping[str, object]] = run(engine, tree).to_pylist()
    return found


def _desk(workspace: Workspace) -> tuple[Engine, Scene]:
    stored = snapshot(database=workspace.database, root=workspace.facts)
    engine = shared("", workspace.facts)
    engine.attach(stored)
    terms = terms_of(load_settings(database=workspace.database))
    return engine, Scene(stored, AsOf(date.max), terms)
