"""Chances to win on two public sets: one has a signal that must be found, one has none.

Opportunities with qualification answers (Bohanec et al. 2017): exact copies are taken once, rows
with the same answers stay on one side of each split. Maven CRM: learned on the deals that ended
in the first two thirds of the time, judged on those engaged later.
"""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from wald.brain.additive import learn, score
from wald.brain.chance_judged import Judgement, judged

SHARED = Path(__file__).parents[3] / "shared" / "data"
ANSWERS = SHARED / "b2b_bohanec" / "b2b_opportunities.csv"
MAVEN = SHARED / "maven_crm"
FOLDS, ROUNDS = 10, 2


@pytest.mark.skipif(not ANSWERS.exists(), reason="../shared/data/b2b_bohanec is not here")
def test_qualification_answers_tell_who_wins() -> None:
    found = [_crossed(seed) for seed in range(ROUNDS)]
    areas = [one.auc.estimate for one in found if one.auc is not None]
    assert min(areas) >= 0.78
    assert min(one.skill.estimate for one in found) > 0.15
    assert all(one.has_signal for one in found)


def _crossed(seed: int) -> Judgement:
    with ANSWERS.open(encoding="utf-8") as file:
        rows = [dict(one) for one in {tuple(row.items()): None for row in csv.DictReader(file)}]
    won = np.array([float(row.pop("Status") == "Won") for row in rows])
    answers = [tuple(row.values()) for row in rows]
    numbers = {one: place for place, one in enumerate(dict.fromkeys(answers))}
    group = np.array([numbers[one] for one in answers])
    table = pa.table({name: [row[name] for row in rows] for name in rows[0]})
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(numbers))[group]
    chance, base = np.zeros(len(won)), np.zeros(len(won))
    for out in range(FOLDS):
        inside, outside = np.flatnonzero(fold != out), np.flatnonzero(fold == out)
        ones = np.ones(len(inside))
        model = learn(table.take(inside), won[inside], ones, group[inside])
        chance[outside] = score(model, table.take(outside))
        base[outside] = won[inside].mean()
    return judged(chance, base, won, np.ones(len(won)), group)


@pytest.mark.skipif(not MAVEN.exists(), reason="../shared/data/maven_crm is not here")
def test_maven_deals_carry_no_signal() -> None:
    rows = _maven()
    engaged = np.array([date.fromisoformat(str(row["engage_date"])).toordinal() for row in rows])
    closed = np.array([date.fromisoformat(str(row["close_date"])).toordinal() for row in rows])
    won = np.array([float(row["deal_stage"] == "Won") for row in rows])
    names = ("sales_agent", "product", "sector", "manager", "regional_office", "office_location")
    words = {name: [str(row[name]) for row in rows] for name in names}
    numbers = {name: [_number(row[name]) for row in rows] for name in ("revenue", "employees")}
    table = pa.table({**words, **numbers, "month": [float(one % 92) for one in engaged]})
    split = np.quantile(engaged, 2 / 3)
    early, late = np.flatnonzero(closed <= split), np.flatnonzero(engaged > split)
    model = learn(table.take(early), won[early], np.ones(len(early)), early)
    base = np.full(len(late), won[early].mean())
    chance = score(model, table.take(late))
    found = judged(chance, base, won[late], np.ones(len(late)), late)
    assert not found.has_signal
    assert found.verdict.startswith("No signal")
    assert found.auc is not None
    assert found.auc.estimate < 0.55


def _maven() -> list[dict[str, str]]:
    tables = {}
    for name in ("sales_pipeline", "accounts", "sales_teams"):
        with (MAVEN / f"{name}.csv").open(encoding="utf-8") as file:
            tables[name] = list(csv.DictReader(file))
    accounts = {row["account"]: row for row in tables["accounts"]}
    teams = {row["sales_agent"]: row for row in tables["sales_teams"]}
    nobody = dict.fromkeys(tables["accounts"][0], "")
    return [
        {**accounts.get(row["account"], nobody), **teams[row["sales_agent"]], **row}
        for row in tables["sales_pipeline"]
        if row["deal_stage"] in ("Won", "Lost")
    ]


def _number(text: str) -> float | None:
    return float(text) if text else None
