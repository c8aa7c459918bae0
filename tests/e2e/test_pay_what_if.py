"""What-ifs at every door, on a company so small that both sides are computed by eye.

In the first quarter Max sold 60,000 of a quota of 120,000 and Moe 15,000 of 60,000; ten per cent
gave 6,000 and 1,500. The plan tried pays 5 % up to 49 % of quota and 20 % beyond: Max 58,800 x 5 %
+ 1,200 x 20 % = 3,180, Moe 750.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.ingesting import write
from tests.paying_runs import ANA, FILES, MANAGERS, REPS, Payroll
from tests.serving import WORDS, served, signed, workspace
from tests.terminal import wald
from tests.two_teams import add_people
from wald.actions import documents
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput
from wald.queries.pay_what_if import both_sides, what_if
from wald.queries.pay_what_if_plans import Tried
from wald.records.stores.users import create_user

NEW = REPS.replace("rate: 0.10", "rate: 0.05").replace("starts_at: 1,", "starts_at: 0.49,")
JSON = "application/json"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Payroll]:
    root = tmp_path_factory.mktemp("what-if")
    with served(write(root / "first", **FILES), django_db_blocker):
        add_people()
        create_user("fin", WORDS, Role.FINANCE, database="default")
        made = Payroll(root, workspace(), at=datetime.now(UTC) - timedelta(hours=1))
        made.agree(REPS)
        made.agree(MANAGERS)
        yield made


def _tried(**more: object) -> Tried:
    return Tried(**{"over": "2026-Q1", "text": NEW} | more)  # type: ignore[arg-type]  # its fields


def test_both_sides_by_hand(company: Payroll) -> None:
    found = what_if(actor=ANA, workspace=company.workspace, tried=_tried(), at=datetime.now(UTC))
    whole = found.comparison
    assert [(one.person_id, one.old, one.new) for one in whole.people] == [
        ("R1", 6000, 3180),
        ("R2", 1500, 750),
    ]
    assert (whole.old_cost, whole.new_cost, whole.credit) == (7500, 3930, 75000)
    assert found.lost == ()
    assert not found.is_cut
    sides = both_sides(
        actor=ANA, workspace=company.workspace, tried=_tried(), person_id="R1", at=datetime.now(UTC)
    )
    assert (sides.change.old, sides.change.new) == (6000, 3180)
    assert sum(pay.total.value for pay in sides.new) == 3180


def test_old_pay_is_what_a_run_computes(company: Payroll) -> None:
    """The side in force against a second way: the draft of a run."""
    company.at = datetime.now(UTC)
    run = company.run("2026-Q1")
    found = what_if(actor=ANA, workspace=company.workspace, tried=_tried(), at=datetime.now(UTC))
    amounts = run.totals["amounts"]["EUR"]  # type: ignore[index]  # as a run writes them
    assert float(amounts["paid"]) == float(found.comparison.old_cost) + 750  # Mia's override


def test_a_plan_with_problems_lists_them_all_with_their_lines(company: Payroll) -> None:
    bad = NEW.replace("rate: 0.05", "rate: ten").replace("measure: revenue", "measure: reveneu")
    with pytest.raises(BadInput) as refused:
        what_if(
            actor=ANA, workspace=company.workspace, tried=_tried(text=bad), at=datetime.now(UTC)
        )
    assert all("line" in one.where for one in refused.value.problems)
    assert refused.value.problems


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"over": "soon"}, "over"),
        ({"over": "2027"}, "over"),
        ({"over": "2026-01-05..2026-01-09"}, "over"),
        ({"text": ""}, "plan"),
        ({"text": NEW.replace("name: reps", "name: others")}, "instead_of"),
        ({"text": NEW.replace("currency: EUR", "currency: USD")}, "currency"),
        ({"version_id": 999}, "version"),
    ],
)
def test_what_cannot_be_tried_is_refused(
    company: Payroll, more: dict[str, object], where: str
) -> None:
    with pytest.raises(BadInput) as refused:
        what_if(actor=ANA, workspace=company.workspace, tried=_tried(**more), at=datetime.now(UTC))
    assert [one.where for one in refused.value.problems] == [where]


def test_the_page_shows_both_sides_and_opens_each_person() -> None:
    fay, form = visitor("fay"), {"over": "2026-Q1", "plan": NEW}
    page = text_of(fay.post("/pay/what-if/", form))
    for words in ("7,500.00", "3,930.00", "10.00 %", "5.24 %", "Max", "3,180.00", "History does"):
        assert words in page
    assert "<svg" in fay.post("/pay/what-if/", form).content.decode()
    person = text_of(fay.post("/pay/what-if/", form | {"person": "R1"}))
    assert "Max by both plans" in person
    assert "6,000.00 by the plan in force, 3,180.00 EUR by the plan tried" in person
    assert fay.post("/pay/what-if/", form | {"person": "M1"}).status_code == 400


def test_a_draft_is_tried_without_pasting(company: Payroll) -> None:
    drafted = documents.draft(
        actor=ANA,
        workspace=company.workspace,
        text=NEW.replace("starts_on: 2026-01-01", "starts_on: 2027-01-01"),
        at=company.tick(),
    ).version
    fay = visitor("ana")
    assert "reps, version 2 (draft)" in text_of(fay.get("/pay/what-if/"))
    address = f"/pay/what-if/?over=2026-Q1&version={drafted.version_id}"
    assert "3,930.00" in text_of(fay.get(address))


def test_a_trial_starts_from_a_plan_in_force(company: Payroll) -> None:
    fay = visitor("fay")
    page = fay.get("/pay/what-if/").content.decode()
    [number] = re.findall(r'href="\?from=(\d+)&amp;over=2025">reps, version 1<', page)
    assert 'value="2025"' in page, "the last whole year"
    begun = text_of(fay.get(f"/pay/what-if/?from={number}&over=2026-Q1"))
    assert "tiered_rate" in begun
    assert "would have been paid more" not in begun, "it is tried when it is asked for"
    for unknown in ("999", "x", "9" * 30):
        assert "tiered_rate" not in text_of(fay.get(f"/pay/what-if/?from={unknown}"))


def test_bad_input_stands_beside_its_field_and_is_kept() -> None:
    answer = visitor("fay").post("/pay/what-if/", {"over": "soon", "plan": NEW})
    assert answer.status_code == 400
    assert 'value="soon"' in answer.content.decode()
    both = visitor("fay").post("/pay/what-if/", {"over": "", "plan": ""})
    assert "paste a plan, or choose a draft" in text_of(both)


def test_everybody_is_cut_to_the_pay_they_may_see() -> None:
    form = {"over": "2026-Q1", "plan": NEW}
    page = text_of(visitor("max").post("/pay/what-if/", form))
    assert "Only people whose pay you may see are counted" in page
    assert "6,000.00" in page
    assert [one for one in ("Moe", "R2", "7,500.00", "3,930.00") if one in page] == []
    other = visitor("max").post("/pay/what-if/", form | {"person": "R2"})
    assert other.status_code == 403
    assert "7,500.00" in text_of(visitor("mia").post("/pay/what-if/", form))
    for name in ("adam", "rae"):
        assert visitor(name).post("/pay/what-if/", form).status_code == 403


def test_the_api_says_the_same() -> None:
    body = {"over": "2026-Q1", "plan": NEW}
    found = _asked("fay", body).json()
    assert (found["cost"]["old"], found["cost"]["new"]) == ("7500", "3930")
    assert [one["person"] for one in found["people"]] == ["R1", "R2"]
    own = _asked("max", body).json()
    assert ([one["person"] for one in own["people"]], own["is_cut"]) == (["R1"], True)
    assert _asked("fay", body | {"x": 1}).status_code == 422
    assert _asked("fay", {"over": "2026-Q1", "plan": "x"}).status_code == 422
    assert _asked("rae", body).status_code == 403


def _asked(name: str, body: dict[str, object]) -> HttpResponse:
    return signed(name).post("/api/v1/pay/what-if", json.dumps(body), content_type=JSON)


def test_the_command_prints_it(tmp_path: Path, company: Payroll) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(NEW)
    home = ("--home", str(company.workspace.home))
    words = ("pay", "what-if", "--plan", str(file), "--over", "2026-Q1", *home)
    ended = wald(*words, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["cost"]["new"] == "3930"
    rows = wald(*words, "--csv").out.splitlines()
    assert rows[0].startswith("person_id,name,old,new,change,currency")
    assert rows[1].startswith("R1,Max,6000,3180,-2820,EUR")
    assert "Max (R1)" in wald(*words).out
    file.write_text("x: 1")
    assert wald(*words).code == 2


OVERRIDE = """\
document: compensation_plan
name: reps
unit: North
starts_on: 2026-03-01
expires_on: 2026-06-01
owner: ana
reason: Tried
content:
  components:
    - key: commission
      tiered_rate:
        tiers:
          - {starts_at: 0, rate: 0.30}
"""


def test_an_override_that_the_plan_does_not_allow_is_refused_at_every_door(
    tmp_path: Path, company: Payroll
) -> None:
    """What it comes to where it is allowed: tests/unit/test_pay_units.py."""
    told = "components.commission.tiered_rate.tiers.0.rate is not among what units may change"
    answer = _asked("fay", {"over": "2026-Q1", "plan": OVERRIDE})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "line 13, column " in answer.content.decode()
    page = visitor("fay").post("/pay/what-if/", {"over": "2026-Q1", "plan": OVERRIDE})
    assert told in text_of(page)
    file = tmp_path / "north.yaml"
    file.write_text(OVERRIDE)
    home = ("--home", str(company.workspace.home))
    ended = wald("pay", "what-if", "--plan", str(file), "--over", "2026-Q1", *home)
    assert ended.code == 2
    assert told in " ".join(ended.err.split())
    other = _asked("fay", {"over": "2026-Q1", "plan": OVERRIDE, "instead_of": "managers"})
    assert "over the plan of its own name" in other.content.decode()


@pytest.mark.parametrize("words", [("plan", "lint"), ("plan", "show")])
def test_an_override_alone_is_no_plan(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "north.yaml"
    file.write_text(OVERRIDE)
    ended = wald(*words, str(file))
    assert ended.code == 2
    told = " ".join((ended.out + ended.err).split())
    assert "t is an override of North, some of a plan and no plan" in told
    assert "north.yaml line 3, column 7, unit" in told
