"""Deals by a few words of their name, account or key: quick enough to ask at every letter.

An engine that can keeps the words of all deals at hand, newest deal first: the first five that
fit end the search. At a million deals that takes 1 to 3 ms, and some 60 where none fits;
putting the words together takes seconds, once after each load.
"""

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.language.write import write
from wald.queries.deals import deals_as_of, staged_deals
from wald.queries.kept import kept
from wald.queries.measure import View, view

MOST_WORDS = 6  # of a question; further ones are not looked at
_SHOWN = ("opportunity_id", "name", "account", "stage")


def deals_named(
    *, actor: Actor, workspace: Workspace, text: str, limit: int
) -> list[dict[str, str | None]]:
    """Return key, name, account and stage of the newest deals that hold every word of `text`."""
    seen = view(actor=actor, workspace=workspace)
    day = seen.snapshot.reaches
    if day is None or not seen.snapshot.has("opportunity"):
        return []
    scene = Scene(seen.snapshot, AsOf(day, None), seen.terms)
    conditions = [_holds(word) for word in text.lower().split()[:MOST_WORDS]]
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        conditions.append(among(exp.column("owner_id"), persons))
    rows = exp.select(*_SHOWN).from_(_words(seen, scene)).where(*conditions).limit(limit)
    found: list[dict[str, str | None]] = run(seen.engine, rows).to_pylist()
    return found


def _words(seen: View, scene: Scene) -> exp.Expr:
    """Return everybody's deals with `words`, all they are called in small letters, newest first."""
    whole, stage = seen.whole, seen.engine.stage
    if stage is None:
        return _with_words(deals_as_of(whole, scene.whole)).subquery("found")
    deals = staged_deals(whole, scene.whole, stage)  # at hand now, should it have been dropped
    text = kept(
        ("deals by their words", seen.engine.name, deals),
        lambda: write(_with_words(exp.to_table(deals)), seen.engine.dialect),
    )
    return exp.alias_(exp.to_table(stage(text)), "found", table=True)


def _with_words(deals: exp.Expr) -> exp.Select:
    named = [exp.func("COALESCE", exp.column(n), exp.Literal.string("")) for n in _SHOWN[:3]]
    words: exp.Expr = named[0]
    for name in named[1:]:
        spaced = exp.DPipe(this=words, expression=exp.Literal.string(" "))
        words = exp.DPipe(this=spaced, expression=name)
    columns = [exp.column(name) for name in (*_SHOWN, "owner_id")]
    tree = exp.select(*columns, exp.alias_(exp.Lower(this=words), "words")).from_(deals)
    newest = exp.Ordered(this=exp.column("opened_on"), desc=True, nulls_first=False)
    return tree.order_by(newest, exp.column("opportunity_id"))


def _holds(word: str) -> exp.Expr:
    """Do the words of a deal hold this one? Signs of patterns mean themselves."""
    place = exp.StrPosition(this=exp.column("words"), substr=exp.Literal.string(word))
    return place > exp.Literal.number(0)
