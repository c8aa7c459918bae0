"""Evidence, velocity and pushes: the same on every engine, evidence as judged deal by deal."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp

from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.heart.pipeline.evidence_rows import (
    Asked,
    asked_of,
    compose_counts,
    compose_evidence,
    compose_first_entries,
)
from wald.heart.pipeline.exit_criteria import (
    Criterion,
    DealEvidence,
    Evidence,
    Since,
    StageRule,
    Touch,
    is_met,
)
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages
from wald.heart.pipeline.pushes import compose_by_owner, compose_moved, compose_outcomes
from wald.heart.pipeline.velocity import compose_lives
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar

DAY = date(2026, 9, 30)
QUARTER = Period(date(2026, 7, 1), date(2026, 10, 1), "2026-Q3")
MET = Criterion("met", "we met", Evidence.ACTIVITY, "meeting")
ANY = Criterion("any", "we talked", Evidence.ACTIVITY, "", Since.OPENING)
BUYER = Criterion("buyer", "who pays", Evidence.CONTACT, "finance, chief", Since.OPENING)
RULES = {
    "Qualification": (MET, BUYER, Criterion("worth", "worth", Evidence.AMOUNT)),
    "Proposal": (ANY, Criterion("when", "when", Evidence.CLOSE_ON),
                 Criterion("line", "line", Evidence.LINE)),
}  # fmt: skip
ASKED = asked_of(RULES)
COLUMNS = [*DEAL_COLUMNS, "name", "rep", "segment", "team", "amount", "close_on"]


def _scene(acme: Snapshot) -> Scene:
    return Scene(acme, AsOf(DAY), Terms("EUR", RateRule.ON_THE_DAY, months_calendar()))


def _deals(scene: Scene) -> exp.Select:
    return subject_rows(DEALS, scene, COLUMNS)


def _evidence(scene: Scene) -> exp.Select:
    deals = _deals(scene)
    passages = compose_passages(deals.copy(), scene)
    return compose_evidence(deals, passages, ASKED, scene, list(RULES))


def _moved(scene: Scene) -> exp.Expr:
    stages = scene.table("stage", ["stage", "position", "outcome"])
    return compose_moved(_deals(scene), stages, QUARTER, scene).subquery("moved")


def _asked(engine: Engine, acme: Snapshot) -> list[list[tuple[Any, ...]]]:
    scene = _scene(acme)
    engine.attach(acme)
    trees = (
        compose_counts(_evidence(scene), ASKED),
        compose_first_entries(_deals(scene), compose_passages(_deals(scene), scene), scene),
        compose_lives(_deals(scene), QUARTER, "team"),
        compose_by_owner(_moved(scene)),
        compose_outcomes(_moved(scene)),
    )
    return [
        sorted((_plain(row) for row in run(engine, tree).to_pylist()), key=str) for tree in trees
    ]


def _plain(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return the values; sums of doubles may differ in the last digits, by the order of rows."""
    return tuple(
        float(f"{value:.9g}") if isinstance(value, float) else _number(value)
        for value in row.values()
    )


def _number(value: Any) -> Any:
    known = value is None or isinstance(value, str | bool | date)
    return value if known else float(value)


def test_engines_agree(
    acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    expected = _asked(duckdb_engine, acme)
    assert all(expected)
    assert _asked(postgres_engine, acme) == expected
    assert _asked(spark_engine, acme) == expected


@pytest.mark.parametrize("one", ASKED, ids=lambda one: f"{one.stage}-{one.criterion.key}")
def test_evidence_is_what_is_judged_of_each_deal(
    one: Asked, acme: Snapshot, duckdb_engine: Engine
) -> None:
    """The SELECT against the pure function, on what was known of each deal on its own day."""
    scene = _scene(acme)
    duckdb_engine.attach(acme)
    found = Counter[bool]()
    rows = run(duckdb_engine, _evidence(scene)).to_pylist()
    known = _known(duckdb_engine, scene)
    for row in rows:
        if row["stage"] != one.stage:
            continue
        deal, seen_on = known[row["opportunity_id"]](one.stage)
        expected = is_met(StageRule("key", one.stage), one.criterion, deal, seen_on)
        assert bool(row[one.column]) is expected, (row["opportunity_id"], seen_on)
        found[bool(expected)] += 1
    assert found[True] > 20
    assert found[False] > 0


def _known(engine: Engine, scene: Scene) -> dict[str, Any]:
    """Return for each deal what gives, for a stage, its evidence at the end of its last stay."""

    def rows(name: str, columns: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run(engine, scene.table(name, columns)).to_pylist()
        return found

    touches = _touches(
        rows("contact", ["contact_id", "title"]),
        rows("activity", ["opportunity_id", "contact_id", "kind", "happened_at"]),
    )
    columns = ["change_id", "opportunity_id", "field", "old", "new", "changed_at"]
    changes: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows("opportunity_change", columns), key=lambda row: row["changed_at"]):
        changes.setdefault(row["opportunity_id"], []).append(row)
    lines = {row["opportunity_id"] for row in rows("opportunity_line", ["opportunity_id"])}
    stays: dict[str, list[dict[str, Any]]] = {}
    for row in run(engine, compose_passages(_deals(scene), scene)).to_pylist():
        stays.setdefault(row["opportunity_id"], []).append(row)
    deals = run(engine, _deals(scene)).to_pylist()

    def of(deal: dict[str, Any]) -> Any:
        key = deal["opportunity_id"]

        def at(stage: str) -> tuple[DealEvidence, date]:
            own = [stay for stay in stays[key] if stay["stage"] == stage]
            first = min(stay["entered_on"] for stay in own)
            last = max(own, key=lambda stay: (stay["entered_on"], stay["left_on"] or date.max))
            seen_on = last["left_on"] or DAY
            was = {name: deal[name] for name in ("amount", "close_on")}
            for change in reversed(changes.get(key, [])):
                if change["field"] in was and change["changed_at"].date() > seen_on:
                    was[change["field"]] = change["old"]
            close_on, amount = was["close_on"], was["amount"]
            return (
                DealEvidence(
                    stage,
                    deal["opened_on"],
                    {stage: first},
                    amount if amount is None or not isinstance(amount, str) else _money(amount),
                    date.fromisoformat(close_on) if isinstance(close_on, str) else close_on,
                    key in lines,
                    touches.get(key, []),
                    None,
                ),
                seen_on,
            )

        return at

    return {deal["opportunity_id"]: of(deal) for deal in deals}


def _touches(
    contacts: list[dict[str, Any]], activities: list[dict[str, Any]]
) -> dict[str, list[Touch]]:
    titles = {row["contact_id"]: row["title"] for row in contacts}
    touches: dict[str, list[Touch]] = {}
    for row in activities:
        touch = Touch(row["kind"], row["happened_at"].date(), titles.get(row["contact_id"]))
        touches.setdefault(row["opportunity_id"], []).append(touch)
    return touches


def _money(text: str) -> Decimal:

    return Decimal(text)
