"""Max reads what he is paid and why, checks it, doubts a line, accepts his plan; Moe's is Moe's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec

import pytest
from pytest_django import DjangoDbBlocker
from typer.testing import CliRunner

from tests.browsing import text_of, visitor
from tests.paid_people import MOES, NOT_MOE, SEES_MOE, paid_people
from tests.paying_runs import Payroll
from tests.serving import signed
from wald.cli.main import app
from wald.records import models
from wald.records.stores.pay import list_runs
from wald.web.templatetags.pay import rounded
from wald_verify_pay import fault_of

ADDRESS = "/pay/statements/{run}/{person}/"


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Payroll]:
    with paid_people(tmp_path_factory.mktemp("statements"), django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def run(desk: Payroll) -> int:
    """The number of the run of March."""
    return list_runs(database="default")[0].run_id


def node_of(run: int, person: str, who: str = "ana") -> str:
    """Return the node of the first line's amount."""
    told = signed(who).get(f"/api/v1/pay/statements/{run}?person={person}").json()
    return str(told["pays"][0]["components"][0]["lines"][0]["amount"])


def test_a_rep_lands_on_the_newest_statement(desk: Payroll, run: int) -> None:
    answer = visitor("max").get("/pay/mine/")
    assert answer.status_code == 302
    assert answer["Location"] == ADDRESS.format(run=run, person="R1")


def test_says_what_is_paid_and_why(run: int) -> None:
    page = text_of(visitor("max").get(ADDRESS.format(run=run, person="R1")))
    assert "You are paid" in page
    assert "3,000.00 EUR" in page  # 30,000 x 10 %
    assert "6,000.00, of it 3,000.00 before" in page  # January and February paid 3,000
    assert "from 0 % of quota" in page
    # 120,000 less 60,000; at 10 % they pay 6,000, and from there 1,000 more pay 200.
    assert "with 60,000.00 EUR more revenue you reach 100\N{NO-BREAK SPACE}% of quota" in page
    assert "That credit pays 6,000.00; from there, 1,000.00 more pays 200.00" in page
    assert "each line, to 0.01 EUR, half away from zero" in page


def test_credits_open_their_deals(run: int, desk: Payroll) -> None:
    first = list_runs(database="default")[-1].run_id
    page = text_of(visitor("max").get(ADDRESS.format(run=first, person="R1")))
    assert '<a href="/deals/O1/">B1</a>' in page
    assert "B2" in text_of(visitor("max").get(ADDRESS.format(run=first + 1, person="R1")))


def test_a_line_unfolds_down_to_the_credit_and_the_plan(run: int) -> None:
    node = node_of(run, "R1")
    page = text_of(visitor("max").get(f"{ADDRESS.format(run=run, person='R1')}lines/{node}/"))
    assert "<details open><summary><b>3,000</b>" in page
    assert "credit direct/B3/" in page.replace("deals/B3/", "direct/B3/")
    assert "reps, version 1: commission, tiers[0].rate" in page


def test_every_door_gives_the_same_statement_and_it_verifies(run: int) -> None:
    address = f"{ADDRESS.format(run=run, person='R1')}file.json"
    page = visitor("max").get(address).content
    api = signed("max").get(f"/api/v1/pay/statements/{run}").content
    assert page == api
    assert fault_of(json.loads(page)) == ""
    assert visitor("max").get(address).content == page


def test_csv_has_the_lines_and_what_they_stand_on(run: int) -> None:
    answer = visitor("max").get(f"{ADDRESS.format(run=run, person='R1')}file.csv")
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith('"section","period","plan"')
    assert any(line.startswith('"line","2026-03","reps, version 1"') for line in lines)
    assert any('"credit"' in line and '"B3"' in line for line in lines)


def test_pdf_is_the_same_twice_or_is_refused_in_words(run: int) -> None:
    address = f"{ADDRESS.format(run=run, person='R1')}file.pdf"
    first = visitor("max").get(address)
    if find_spec("typst") is None:
        assert first.status_code == 400
        assert "cannot make PDFs" in text_of(first)
        return
    assert first.content.startswith(b"%PDF")
    assert visitor("max").get(address).content == first.content


def _doors(run: int, person: str, node: str) -> list[str]:
    page = ADDRESS.format(run=run, person=person)
    ask = f"run={run}&person={person}"
    return [
        page,
        f"{page}file.json",
        f"{page}file.csv",
        f"{page}file.pdf",
        f"{page}lines/{node}/",
        f"/api/v1/pay/statements?person={person}",
        f"/api/v1/pay/statements/{run}?person={person}",
        f"/api/v1/pay/statements/{run}?person={person}&form=csv",
        f"/api/v1/pay/statements/{run}?person={person}&form=pdf",
        f"/api/v1/pay/diagnosis?{ask}&line={node}",
        f"/api/v1/pay/plans?person={person}",
        f"/api/v1/pay/estimate?amount=100&person={person}",
        f"/pay/estimate/?amount=100&person={person}",
    ]


@pytest.mark.parametrize("who", NOT_MOE)
def test_nobody_sees_anothers_statement_by_any_door(run: int, who: str) -> None:
    for address in _doors(run, "R2", node_of(run, "R2")):
        client = signed(who) if address.startswith("/api/") else visitor(who)
        answer = client.get(address)
        assert answer.status_code == 403, address
        told = text_of(answer)
        assert not [mark for mark in MOES if mark in told], address


@pytest.mark.parametrize("who", SEES_MOE)
def test_oneself_those_above_and_those_who_see_all_pay_see_it(run: int, who: str) -> None:
    page = text_of(visitor(who).get(ADDRESS.format(run=run, person="R2")))
    assert "777.70" in page
    api = signed(who).get(f"/api/v1/pay/statements/{run}?person=R2")
    assert fault_of(api.json()) == ""


def test_a_manager_does_not_see_who_leads_them(run: int) -> None:
    assert visitor("mia").get(ADDRESS.format(run=run, person="L1")).status_code == 403


@pytest.mark.parametrize("who", ["max", "fin"])
def test_what_there_is_not_is_not_found(run: int, who: str) -> None:
    person = "R1" if who == "max" else "nobody"
    assert visitor(who).get(ADDRESS.format(run=9999, person=person)).status_code == 404
    own = f"{ADDRESS.format(run=run, person='R1')}lines/n999999/"
    assert visitor(who).get(own).status_code == 404
    assert visitor(who).get(f"{ADDRESS.format(run=run, person='R1')}file.xml").status_code == 404


def test_a_dispute_is_a_case_bound_to_the_line_without_an_amount(run: int) -> None:
    node = node_of(run, "R2")
    address = f"{ADDRESS.format(run=run, person='R2')}lines/{node}/"
    answer = visitor("moe").post(address, {"text": "One deal is missing."})
    assert answer.status_code == 302
    case = models.Case.objects.get(kind="dispute")
    links = set(models.CaseLink.objects.filter(case=case).values_list("target", flat=True))
    assert {f"statement:{run}/R2", f"statement:{run}/R2#{node}"} <= links
    assert "disputed" in text_of(visitor("moe").get(ADDRESS.format(run=run, person="R2")))
    again = visitor("moe").post(address, {"text": "Still missing."})
    assert again["Location"] == answer["Location"]
    said = [
        *models.CaseEvent.objects.values_list("body", flat=True),
        *models.Notice.objects.values_list("title", flat=True),
        *models.SearchEntry.objects.values_list("body", flat=True),
        *models.Event.objects.values_list("body", flat=True),
        text_of(visitor("ada").get(answer["Location"])),
    ]
    assert not [mark for mark in MOES if mark in "\n".join(map(str, said))]


def test_a_dispute_wants_words_and_keeps_what_was_written(run: int) -> None:
    address = f"{ADDRESS.format(run=run, person='R1')}lines/{node_of(run, 'R1')}/"
    answer = visitor("max").post(address, {"text": "  "})
    assert answer.status_code == 400
    assert "say what you expected" in text_of(answer)


def test_nobody_disputes_a_line_they_may_not_see(run: int) -> None:
    given = {"run": run, "person": "R2", "line": node_of(run, "R2"), "text": "Too much"}
    answer = signed("max").post("/api/v1/pay/disputes", given, content_type="application/json")
    assert answer.status_code == 403


def test_late_data_are_named_with_their_day(desk: Payroll, run: int) -> None:
    node = node_of(run, "R1")
    head = "booking_id,opportunity_id,account_id,owner_id,type,amount,currency,booked_on"
    desk.at = datetime.now(UTC)
    desk.load(booking__csv=f"{head}\nB9,,A1,R1,new_business,4321,EUR,2026-03-18\n")
    found = signed("max").get(f"/api/v1/pay/diagnosis?run={run}&person=R1&line={node}").json()
    assert [one["kind"] for one in found] == ["late data"]
    assert "B9 of 2026-03-18, 4,321.00 EUR, became known on" in found[0]["sentence"]
    assert found[0]["deals"] == ["B9"]


def test_a_plan_is_read_and_accepted_once(desk: Payroll) -> None:
    page = text_of(visitor("max").get("/pay/plan/"))
    assert "I have read and accept reps, version 1" in page
    assert "starts at 1, rate 0.2" in page
    version = signed("max").get("/api/v1/pay/plans").json()[0]["version"]
    missing = {one["person"] for one in signed("fin").get("/api/v1/pay/unaccepted").json()}
    assert missing == {"R1", "R2", "M1"}
    assert visitor("max").post("/pay/plan/", {"version": version}).status_code == 302
    again = visitor("max").post("/pay/plan/", {"version": version})
    assert again.status_code == 409
    assert "already" in text_of(again)
    missing = {one["person"] for one in signed("fin").get("/api/v1/pay/unaccepted").json()}
    assert missing == {"R2", "M1"}
    assert models.JournalEntry.objects.filter(action="pay.accept").count() == 1
    assert "Moe" in text_of(visitor("fin").get("/pay/acceptances/"))


def test_nobody_accepts_the_plan_of_others(desk: Payroll) -> None:
    managers = signed("mia").get("/api/v1/pay/plans").json()[0]["version"]
    answer = visitor("max").post("/pay/plan/", {"version": managers})
    assert answer.status_code == 400
    assert "not paid by version" in text_of(answer)


def test_an_open_deal_is_estimated_now_and_a_quarter_later(desk: Payroll) -> None:
    told = signed("max").get("/api/v1/pay/estimate?deal=O2&on=2026-06-10").json()
    (one,) = told["people"]
    # 60,000 to date of 120,000 quota, B9 aside: 50,000 x 10 %.
    assert (one["person"], one["now"]["amount"], one["later"]["amount"]) == ("R1", "5000", "5000")
    assert told["later_on"] == "2026-09-09"  # day 71 of the next quarter
    both = signed("mia").get("/api/v1/pay/estimate?deal=O2&on=2026-06-10").json()["people"]
    assert [(p["person"], p["now"]["amount"]) for p in both] == [("R1", "5000"), ("M1", "500")]


def test_a_year_without_a_quota_is_said_and_the_rest_is_told(desk: Payroll) -> None:
    (one,) = signed("max").get("/api/v1/pay/estimate?deal=O2&on=2026-11-10").json()["people"]
    assert one["now"]["amount"] != "0"
    assert one["later"] is None
    assert "no quota above zero" in one["why_not"][0]


def test_a_deal_of_others_is_not_estimated(desk: Payroll) -> None:
    assert signed("max").get("/api/v1/pay/estimate?deal=O3").status_code == 404
    page = visitor("max").get("/pay/estimate/?deal=O3")
    assert page.status_code == 400
    assert "8,888" not in text_of(page)


@pytest.mark.parametrize("asked", ["", "?amount=x", "?amount=-5", "?amount=5&on=soon", "?deal=O2"])
def test_the_page_of_estimates_answers_whatever_is_asked(desk: Payroll, asked: str) -> None:
    answer = visitor("max").get(f"/pay/estimate/{asked}")
    assert answer.status_code in (200, 400)
    assert "What would a deal pay?" in text_of(answer)


def test_the_command_verifies_what_the_page_gave(run: int, tmp_path_factory: object) -> None:
    folder = tmp_path_factory.mktemp("files")  # type: ignore[attr-defined]  # pytest's factory
    file = folder / "statement.json"
    file.write_bytes(visitor("max").get(f"{ADDRESS.format(run=run, person='R1')}file.json").content)
    done = CliRunner().invoke(app, ["verify", str(file)])
    assert (done.exit_code, done.output) == (0, "Sound: every figure was computed again.\n")
    file.write_text(file.read_text().replace('"30000"', '"30001"', 1))
    done = CliRunner().invoke(app, ["verify", str(file)])
    assert done.exit_code == 3
    assert "Figure" in done.output or "Credit" in done.output


def test_a_draft_is_no_statement_of_anybody_yet(desk: Payroll) -> None:
    draft = desk.run("2026-04")
    address = ADDRESS.format(run=draft.run_id, person="R1")
    assert visitor("max").get(address).status_code == 404
    assert visitor("fin").get(address).status_code in (200, 404)


def test_who_asks_what_a_deal_pays_is_offered_the_open_ones_they_see(run: int) -> None:
    page = text_of(visitor("max").get("/pay/estimate/"))
    assert '<a href="?deal=O2">Next one</a>' in page
    assert "O1" not in page  # it is won
    assert "Moe's own" not in page.replace("&#x27;", "'")
    answered = text_of(visitor("max").get("/pay/estimate/?deal=O2"))
    assert "Choose an open deal" not in answered
    assert "Max" in answered
    mia = text_of(visitor("mia").get("/pay/estimate/"))
    assert "?deal=O2" in mia
    assert "?deal=O3" in mia


def test_figures_that_are_not_rounded_yet_are_shown_in_whole_coins() -> None:
    assert rounded(Decimal("42353.47795"), "EUR") == "42,353.48"
    assert rounded(Decimal("-0.125"), "EUR") == "\N{MINUS SIGN}0.13"
    assert rounded(Decimal("1234.5"), "JPY") == "1,235"
    assert rounded(None, "EUR") == "\N{EN DASH}"


@pytest.mark.parametrize("text", ["[1]", '"x"', "null", "5"])
def test_what_is_no_object_is_no_statement(text: str) -> None:
    assert fault_of(json.loads(text)) == "It is no statement: its outermost value is no object."
