"""Whatever number of a statement somebody changes, the verifier finds it, even under a new seal.

The one who changes it writes a new SHA-256 too, as a forger would, so that only the arithmetic
and what the leaves name can tell. What is changed and not found must change nothing that the
statement says: a tier that no figure reads, a column that no measure adds up.
"""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

import wald_verify_pay
from tests.paying import CALENDAR, credit, numbered, pay_of, stretches
from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.figure import How
from wald.heart.compensation.inputs import Known, Quota
from wald.heart.compensation.outlook import next_tiers
from wald.heart.compensation.plan import Entry, MeasureRule, Plan, Rounding, Step
from wald.heart.compensation.result import Adjustment, Cause, Delta
from wald.heart.compensation.statement import statement_of
from wald.heart.compensation.statement_json import canonical, sealed, statement_json
from wald.kernel.period import Period
from wald_verify_pay import fault_of

D = Decimal
Path_ = tuple[str | int, ...]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
CHANGES = 1000
# Where a number may stand that no figure follows from: which run it is, what the plan says beyond
# what was reached, columns of credits that no measure adds up, numbers inside of words.
UNREAD = ("run", "plans", "credits", "switches")


def _document() -> dict[str, Any]:
    """Max in two versions of a plan, with splits, margins, a delta, an adjustment."""
    tiers = (Tier(D(0), D("0.05")), Tier(D(1), D("0.08")), Tier(D("1.5"), D("0.1")))
    plan = Plan(
        "ae",
        "EUR",
        (
            Entry("commission", "tiered_rate", TieredRate(tiers), "revenue"),
            Entry("margin", "flat_rate", FlatRate(D("0.0125")), "margin"),
        ),
        (MeasureRule("revenue", quota="bookings"), MeasureRule("margin", "margin")),
        target_incentive=D(40000),
    )
    whole = Plan(
        "ae",
        "EUR",
        (Entry("commission", "flat_rate", FlatRate(D("0.061")), "revenue"),),
        plan.measures,
        rounding=Rounding(Step.PAYMENT, half_even=True),
    )
    days = numbered(
        [
            *stretches(plan, date(2026, 1, 1), date(2026, 5, 1)),
            *stretches(whole, date(2026, 5, 1), date(2026, 7, 1)),
        ]
    )
    credits = [
        credit(
            i,
            date(2026, i % 6 + 1, 1 + i % 27),
            f"{4000 + i * 371}.{i % 10}7",
            ("1", "0.5", "0.333333")[i % 3],
            margin=D(f"{900 + i}.25"),
            cost=D(100),
        )
        for i in range(40)
    ]
    known = Known(
        credits, [Quota("q1", Period(date(2026, 1, 1), date(2027, 1, 1), "2026"), D(90000))]
    )
    may = Period(date(2026, 2, 1), date(2026, 3, 1), "2026-02")
    pay = pay_of(
        known,
        days,
        last=4,
        deltas=[
            Delta(may, "commission", Cause.DATA, D("812.50"), D("840.25"), "a late booking"),
            Delta(may, "commission", Cause.SPLIT, D("840.25"), D("801"), "a split changed"),
        ],
        adjustments=[Adjustment(3, "max", D("150"), "EUR", "referral", "Ana", "Fin", may.start)],
        paid_before="1810.77",
    )
    statement = statement_of(pay, next_tiers("max", days, known, CALENDAR))
    found: dict[str, Any] = json.loads(json.dumps(statement_json(statement)))
    return found


DOCUMENT = _document()


def _numbers(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _numbers(one, (*path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _numbers(one, (*path, place))
    elif isinstance(value, str):
        if NUMBER.fullmatch(value) and path[-1] != "label":
            yield path
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path


def _at(document: Any, path: Path_) -> Any:
    for step in path:
        document = document[step]
    return document


def _changed(random: Random, value: Any) -> Any:
    """Return another number: a digit, the sign, the point, a cent more."""
    if isinstance(value, int):
        return value + random.choice((-1, 1, 10))
    ways = (
        lambda: str(D(value) + D("0.01")),
        lambda: str(-D(value)) if D(value) else "1",
        lambda: str(D(value) * 10) if D(value) else "0.5",
        lambda: re.sub(r"[0-9]", lambda m: str((int(m[0]) + 1) % 10), value, count=1),
        lambda: str(D(value) + D("1E-9")),
    )
    return random.choice(ways)()


def _says(document: Any) -> Any:
    """Return what the statement tells somebody: everything paid, each figure by its value."""
    values = {node["id"]: D(node["value"]) for node in document["nodes"]}
    inputs = {*UNREAD, "nodes", "quotas", "inputs", "sha256"}

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(one) for key, one in value.items()}
        if isinstance(value, list):
            return [told(one) for one in value]
        return values.get(value, value)

    return told({key: one for key, one in document.items() if key not in inputs}), values


def test_the_statement_itself_is_sound() -> None:
    assert fault_of(DOCUMENT) == ""


def test_a_changed_number_is_found_under_a_new_seal_or_says_nothing_else() -> None:
    random = Random("forger")  # noqa: S311  # the same forgeries at every run
    places = sorted(_numbers(DOCUMENT), key=str)
    forged = copy.deepcopy(DOCUMENT)
    for _ in range(CHANGES):
        path = random.choice(places)
        before = _at(DOCUMENT, path)
        after = _at(forged, path[:-1])[path[-1]] = _changed(random, before)
        if not fault_of(sealed(forged)):
            assert path[0] in UNREAD, f"{path}: {before} became {after}"
            assert _says(forged) == _says(DOCUMENT), f"{path}: {before} became {after}"
        _at(forged, path[:-1])[path[-1]] = before


def test_every_figure_changed_is_found() -> None:
    for place, node in enumerate(DOCUMENT["nodes"]):
        forged = copy.deepcopy(DOCUMENT)
        forged["nodes"][place]["value"] = str(D(node["value"]) + D("0.01"))
        assert fault_of(sealed(forged)), node


@pytest.mark.parametrize("key", ["earned", "total", "paid", "to_date", "amount"])
def test_a_figure_in_the_place_of_another_is_found(key: str) -> None:
    values = {node["id"]: node["value"] for node in DOCUMENT["nodes"]}
    other = next(node["id"] for node in DOCUMENT["nodes"] if node["value"] == "4000.07")
    for path in _places(DOCUMENT, key):
        if values.get(_at(DOCUMENT, path)) not in (None, "4000.07"):
            forged = copy.deepcopy(DOCUMENT)
            _at(forged, path[:-1])[path[-1]] = other
            assert fault_of(sealed(forged)), path


def _places(value: Any, key: str, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name == key and isinstance(one, str):
                yield (*path, name)
            yield from _places(one, key, (*path, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _places(one, key, (*path, place))


def test_without_a_new_seal_any_text_changed_is_found() -> None:
    for path in (("person", "name"), ("period", "label"), ("run",), ("deltas", 0, "why")):
        forged = copy.deepcopy(DOCUMENT)
        _at(forged, path[:-1])[path[-1]] = "another"
        assert "SHA-256" in fault_of(forged)


def test_a_credit_of_other_days_is_found() -> None:
    forged = copy.deepcopy(DOCUMENT)
    forged["credits"]["c2"]["credited_on"] = "2026-06-30"
    assert "c2" in fault_of(sealed(forged))


def test_a_line_left_out_is_found() -> None:
    forged = copy.deepcopy(DOCUMENT)
    del forged["pays"][0]["components"][0]["lines"][0]
    assert "its lines do not come to" in fault_of(sealed(forged))


@pytest.mark.parametrize("what", [None, [], {}, 7, {"format": "wald-statement 1"}])
def test_what_is_no_statement_is_said_to_be_none(what: Any) -> None:
    assert fault_of(what)


def test_the_verifier_knows_every_way_to_compute() -> None:
    assert {*wald_verify_pay.HOWS, "given"} == {how.value for how in How}


# Of each way to compute: parts, what they come to by hand, and a way that comes to something else.
STEPS = {
    "sum": (("1.10", "2.20", "3.30"), "6.60", "most"),
    "minus": (("1.10", "2.20"), "-1.10", "sum"),
    "times": (("1.10", "2.20"), "2.4200", "sum"),
    "over": (("1", "8"), "0.125", "times"),
    "least": (("3", "-2", "5"), "-2", "most"),
    "most": (("3", "-2", "5"), "5", "least"),
    "round": (("0.125", "0.01"), "0.13", "round_even"),
    "round_even": (("0.125", "0.01"), "0.12", "round"),
    "if_reached": (("1", "1", "7", "9"), "7", "if_passed"),
    "if_passed": (("1", "1", "7", "9"), "9", "if_reached"),
}


def _one_step(how: str, value: str, parts: tuple[str, ...]) -> dict[str, Any]:
    """Return a statement that pays the one figure, with its parts as inputs."""
    given = [
        {"id": f"p{place}", "how": "given", "value": part, "source": f"input {place}"}
        for place, part in enumerate(parts)
    ]
    step = {"id": "x", "how": how, "value": value, "parts": [one["id"] for one in given]}
    none = {"id": "none", "how": "given", "value": "0", "source": "input none"}
    shape = {key: type(one)() for key, one in DOCUMENT.items() if isinstance(one, list | dict)}
    return sealed(
        shape
        | {key: DOCUMENT[key] for key in ("format", "arithmetic")}
        | {
            "nodes": [*given, step, none],
            "inputs": {one["source"]: [one["value"]] for one in [*given, none]},
            "beside": [{"amount": "x"}],
            "paid": "x",
            "paid_before": "none",
            "to_date": "x",
        }
    )


def test_each_way_to_compute_has_a_fault_planted() -> None:
    assert set(STEPS) == set(wald_verify_pay.HOWS)
    kinds = {node["source"].partition(":")[0] for node in DOCUMENT["nodes"] if node.get("source")}
    assert kinds == {"credit", "quota", "plan", "delta", "adjustment", "paid_before"}


@pytest.mark.parametrize("how", STEPS)
def test_a_fault_planted_in_a_step_is_found(how: str) -> None:
    parts, value, other = STEPS[how]
    assert fault_of(_one_step(how, value, parts)) == ""
    assert "Figure x: it says" in fault_of(_one_step(how, str(D(value) + D("0.01")), parts))
    assert "Figure x: it says" in fault_of(_one_step(other, value, parts))
    assert "is no way to compute" in fault_of(_one_step("about", value, parts))
    first = (str(D(parts[0]) - D("7.01")), *parts[1:])  # below every other part
    assert bool(fault_of(_one_step(how, value, first))) == (how not in ("most", "if_passed"))


def test_the_verifier_is_small_and_knows_nothing_of_wald(tmp_path: Path) -> None:
    source = Path(str(wald_verify_pay.__file__))
    lines = source.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250
    assert len([line for line in lines if line.strip()]) <= 200
    file = tmp_path / "statement.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    program = "import sys, wald_verify_pay as v; v.main([sys.argv[1]]); print(sorted(sys.modules))"
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(source.parent)!r}); "
         + program, str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("Sound")
    assert "'wald'" not in done.stdout


def test_the_seal_is_that_of_the_canonical_text() -> None:
    assert sealed(DOCUMENT) == DOCUMENT
    assert canonical({"b": "é", "a": 1}) == '{"a":1,"b":"é"}'.encode()
