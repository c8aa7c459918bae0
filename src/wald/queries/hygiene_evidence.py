"""Which exit criteria of the sales process in force nothing proves, of many deals at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.heart.hygiene.past import Past, day_of
from wald.heart.hygiene.reading import compose_touches, compose_with_lines
from wald.heart.pipeline.exit_criteria import DealEvidence, Finding, Touch, without_evidence
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.queries.measure import View
from wald.queries.sales_process import sales_processes


@dataclass(frozen=True, slots=True)
class Asked:
    """What the process in force says of one deal: what is not proved, and what it may skip."""

    findings: tuple[Finding, ...]
    may_skip: frozenset[str]


Evidence: TypeAlias = Callable[[Sequence[Mapping[str, Any]], date], Mapping[str, Asked]]


def no_evidence(rows: Sequence[Mapping[str, Any]], on: date) -> Mapping[str, Asked]:
    """Say nothing of any deal, as where no process is agreed."""
    return {}


def evidence_of(*, actor: Actor, workspace: Workspace, seen: View, past: Past) -> Evidence:
    """Return what says of open deals of a day what nothing proves, by the process of that day.

    The returned function takes rows with the columns of the deals; deals of teams without a
    process are not in what it returns.
    """
    actor.must("facts.read")

    def asked(rows: Sequence[Mapping[str, Any]], on: date) -> Mapping[str, Asked]:
        units = {_unit(row) for row in rows}
        processes = sales_processes(
            actor=actor, workspace=workspace, units=units, on=on, known=seen.snapshot.known
        )
        if processes.company is None and not processes.units:
            return {}
        scene = Scene(seen.whole.snapshot, AsOf(on, seen.snapshot.known), seen.terms)
        touches = _touches(seen, scene, {row["opportunity_id"] for row in rows})
        with_lines = _with_lines(seen, scene)
        entered = _entered(past, {row["opportunity_id"] for row in rows}, on)
        found = {}
        for row in rows:
            rules = processes.rules(row["region"], row["team"], row["segment"])
            if not rules:
                continue
            key = row["opportunity_id"]
            deal = DealEvidence(
                stage=row["stage"],
                opened_on=row["opened_on"],
                entered=entered.get(key, {}),
                amount=row["given_amount"],
                close_on=row["close_on"],
                has_lines=None if with_lines is None else key in with_lines,
                touches=None if touches is None else touches.get(key, ()),
                attested=None,
            )
            may_skip = frozenset(rule.stage for rule in rules if rule.may_skip)
            found[key] = Asked(without_evidence(rules, deal, on), may_skip)
        return found

    return asked


def _unit(row: Mapping[str, Any]) -> str:
    return "/".join(part for part in (row["region"], row["team"]) if part)


def _touches(seen: View, scene: Scene, wanted: set[str]) -> Mapping[str, list[Touch]] | None:
    if not scene.snapshot.has("activity"):
        return None
    found: dict[str, list[Touch]] = {}
    for row in run(seen.engine, compose_touches(scene)).to_pylist():
        if row["opportunity_id"] in wanted:
            touch = Touch(row["kind"], row["happened_on"], row["title"])
            found.setdefault(row["opportunity_id"], []).append(touch)
    return found


def _with_lines(seen: View, scene: Scene) -> frozenset[str] | None:
    if not scene.snapshot.has("opportunity_line"):
        return None
    rows = run(seen.engine, compose_with_lines(scene))
    return frozenset(rows["opportunity_id"].to_pylist())


def _entered(past: Past, wanted: set[str], on: date) -> Mapping[str, dict[str, date]]:
    """Return the first day of each deal in each stage it was in."""
    found: dict[str, dict[str, date]] = {}
    ids, names = past.ids.to_pylist(), past.stays.name.to_pylist()
    for place, name, day in zip(past.stays.deal, names, past.stays.entered, strict=True):
        key, entered = ids[place], day_of(int(day))
        if key in wanted and entered <= on:
            found.setdefault(key, {}).setdefault(name, entered)
    return found
