"""Pay at every door: computed in the background, looked at, released by a second, exported."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

import wald
import wald_verify_pay
from tests.browsing import text_of, visitor
from tests.ingesting import write
from tests.paying_runs import ANA, FILES, FIN, MANAGERS, REPS, Payroll
from tests.serving import WORDS, served, signed, workspace
from tests.two_teams import add_people
from wald.actions import pay_entries
from wald.actions.work.worker import work
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.problem import NotAllowed
from wald.records.models import JournalEntry, Notice
from wald.records.stores import pay as store
from wald.records.stores.users import create_user

JSON = "application/json"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Payroll]:
    """The company of `paying_runs`: Mia leads Max and Moe; Fay is finance, Adam administers."""
    root = tmp_path_factory.mktemp("pay")
    with served(write(root / "first", **FILES), django_db_blocker):
        add_people()
        create_user("fin", WORDS, Role.FINANCE, database="default")
        made = Payroll(root, workspace(), at=datetime.now(UTC) - timedelta(hours=1))
        made.agree(REPS)
        made.agree(MANAGERS)
        yield made


def _worked() -> None:
    work(
        workspace=workspace(), worker="w1", clock=lambda: datetime.now(UTC), until_idle=True,
        poll=0.01,
    )  # fmt: skip


@pytest.fixture(scope="module")
def closed(company: Payroll) -> int:
    """Ana asks for the quarter, Fay releases it; return the run's number."""
    asked = visitor("ana").post("/pay/", {"do": "run", "period": "2026-Q1"}, follow=True)
    assert "Pay of 2026-Q1 is being computed" in text_of(asked)
    _worked()
    (run,) = store.list_runs(database="default")
    assert run.made_by == "ana"
    own = text_of(visitor("ana").get(f"/pay/runs/{run.run_id}/"))
    assert "waits for somebody else to release it" in own
    refused = visitor("ana").post(f"/pay/runs/{run.run_id}/", {"do": "release"})
    assert (refused.status_code, "ana made pay run" in text_of(refused)) == (403, True)
    told = {one.name for one in Notice.objects.filter(title="To release: pay of 2026-Q1")}
    assert told == {"fay", "fin"}
    done = visitor("fay").post(f"/pay/runs/{run.run_id}/", {"do": "release"}, follow=True)
    assert "It is released and closed" in text_of(done)
    return run.run_id


def test_the_page_shows_totals_people_and_the_proof(closed: int) -> None:
    page = text_of(visitor("fay").get(f"/pay/runs/{closed}/"))
    for words in ("Pay of 2026-Q1", "released", "€8,250.00", "commission", "Max", "€6,000.00"):
        assert words in page
    assert f"wald pay replay {closed}" in page
    assert "€6,000.00" not in text_of(visitor("fay").get(f"/pay/runs/{closed}/?search=moe"))
    assert "Nobody is called like that" in text_of(
        visitor("fay").get(f"/pay/runs/{closed}/?search=zz")
    )


@pytest.mark.parametrize(
    ("name", "seen", "hidden"),
    [
        ("mia", ("Max", "Moe", "Mia", "€8,250.00"), ("Run before",)),
        ("max", ("Max", "€6,000.00"), ("Moe", "€1,500.00", "€8,250.00", "8250")),
        ("ben", ("It pays nobody",), ("Max", "€6,000.00", "€8,250.00")),
    ],
)
def test_each_sees_the_pay_that_is_theirs_to_see(
    closed: int, name: str, seen: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    page = text_of(visitor(name).get(f"/pay/runs/{closed}/"))
    assert [one for one in seen if one not in page] == []
    assert [one for one in hidden if one in page] == []
    api = signed(name).get(f"/api/v1/pay/runs/{closed}").content.decode()
    assert [one for one in hidden if one.strip("€").replace(",", "") in api] == []
    assert visitor(name).get(f"/pay/runs/{closed}/payroll.csv").status_code == 403


@pytest.mark.parametrize("name", ["adam", "lou", "rae"])
def test_who_may_see_no_pay_has_no_way_in(closed: int, name: str) -> None:
    for address in ("/pay/", f"/pay/runs/{closed}/", f"/pay/runs/{closed}/payroll.csv"):
        assert visitor(name).get(address).status_code == 403
    assert signed(name).get("/api/v1/pay/runs").status_code == 403


def test_the_export_for_payroll_adds_up(closed: int) -> None:
    found = signed("fay").get(f"/api/v1/pay/runs/{closed}/payroll").json()
    assert sum(float(line["amount"]) for line in found) == 8250
    answer = visitor("fay").get(f"/pay/runs/{closed}/payroll.csv")
    text = b"".join(answer).decode()  # type: ignore[arg-type]  # it streams
    assert text.splitlines()[0].startswith('"person_id","name","run","period","wage_type"')
    assert text.count("variable") == 3


def test_holds_and_adjustments_on_the_page(closed: int) -> None:
    ana, fay = visitor("ana"), visitor("fay")
    form = {"do": "hold", "kind": "deal", "subject": "B66", "reason": "disputed"}
    unknown = ana.post("/pay/", form)
    assert unknown.status_code == 400
    assert "did you mean B6?" in text_of(unknown)
    form["subject"] = "B6"
    assert "Deal B6 is held back" in text_of(ana.post("/pay/", form, follow=True))
    form = {"do": "adjust", "person_id": "R2", "amount": "12.345", "currency": "EUR",
            "reason": "a prize"}  # fmt: skip
    for call in ("holds", "adjustments"):
        body = (
            {"kind": "payee", "subject": "Moe"}
            if call == "holds"
            else {"person_id": "Moe", "amount": "1", "currency": "EUR"}
        )
        answer = _post(signed("ana"), f"/api/v1/pay/{call}", body | {"reason": "why"})
        assert answer.status_code == 422
        assert "did you mean R2 (Moe)?" in answer.content.decode()
    refused = ana.post("/pay/", form)
    assert refused.status_code == 400
    assert "12.345 is finer than EUR is paid; round it" in text_of(refused)
    assert 'value="a prize"' in refused.content.decode()
    done = text_of(ana.post("/pay/", form | {"amount": "12.34"}, follow=True))
    assert "waits for somebody else" in done
    own = ana.post("/pay/adjustments/1/decide/", {"do": "approve"}, follow=True)
    assert "ana made adjustment 1" in text_of(own)
    done = fay.post("/pay/adjustments/1/decide/", {"do": "approve"}, follow=True)
    assert "It is approved" in text_of(done)
    done = fay.post("/pay/adjustments/1/retract/", {"why": ""}, follow=True)
    assert "Say why." in text_of(done)
    done = ana.post("/pay/adjustments/1/retract/", {"why": "a mistake"}, follow=True)
    assert "It is retracted; no run pays it" in text_of(done)
    assert "retracted</span> ana" in text_of(done)
    again = _post(signed("fay"), "/api/v1/pay/adjustments/1/retract", {"why": "again"})
    assert (again.status_code, "was retracted by ana before" in again.content.decode()) == (
        409,
        True,
    )
    done = fay.post("/pay/holds/1/lift/", {"why": "settled"}, follow=True)
    assert "The hold is lifted" in text_of(done)


def test_the_journal_tells_amounts_to_those_alone_who_see_pay(closed: int) -> None:
    entry = JournalEntry.objects.filter(action="pay.release").latest("seq")
    assert "8250" in text_of(visitor("fay").get(f"/journal/{entry.seq}/"))
    assert "8250" not in text_of(visitor("adam").get(f"/journal/{entry.seq}/"))
    assert "8250" not in entry.body


def test_the_api_computes_releases_and_withdraws(closed: int) -> None:
    ana, fay = signed("ana"), signed("fay")
    refused = _post(ana, "/api/v1/pay/runs", {"period": "2026-Q1"})
    assert refused.status_code == 409
    assert "2026-Q1 is closed" in refused.json()["detail"]
    assert _post(ana, "/api/v1/pay/runs", {"period": "soon"}).status_code == 422
    assert _post(ana, "/api/v1/pay/runs", {"period": "2026-04", "x": 1}).status_code == 422
    assert _post(ana, "/api/v1/pay/runs", {"period": "2026-04"}).status_code == 202
    _worked()
    draft = fay.get("/api/v1/pay/runs").json()[0]
    assert (draft["state"], draft["period"]) == ("draft", "2026-04")
    address = f"/api/v1/pay/runs/{draft['run']}"
    assert signed("mia").get(address).status_code == 404
    assert _post(ana, f"{address}/release", {}).status_code == 403
    assert _post(fay, f"{address}/withdraw", {"why": ""}).status_code == 422
    gone = _post(fay, f"{address}/withdraw", {"why": "a plan was wrong"})
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert _post(fay, f"{address}/release", {}).status_code == 409
    assert fay.get("/api/v1/pay/runs/999").status_code == 404
    assert fay.get("/api/v1/pay/deltas/R1").json() == []
    assert signed("max").get("/api/v1/pay/deltas/R2").status_code == 403


def _post(client: Client, address: str, body: dict[str, object]) -> "HttpResponse":
    return client.post(address, json.dumps(body), content_type=JSON)


def test_who_is_paid_in_two_currencies_has_a_statement_in_each(
    closed: int, company: Payroll
) -> None:
    desk = Payroll(company.root, workspace(), at=datetime.now(UTC))
    new = pay_entries.NewAdjustment("R2", "7", "USD", "a prize", date(2026, 4, 2))
    number = pay_entries.adjust(actor=ANA, workspace=workspace(), new=new, at=desk.tick())
    pay_entries.decide(
        actor=FIN, workspace=workspace(), adjustment_id=number, is_approved=True, at=desk.tick()
    )
    run = desk.run("2026-04").run_id
    fay = visitor("fay")
    page = fay.get(f"/pay/runs/{run}/").content.decode()
    assert f'/pay/statements/{run}/R2/?currency=USD"' in page
    assert f'/pay/statements/{run}/R2/"' in page
    address = f"/pay/statements/{run}/R2/"
    first, beside = fay.get(address), fay.get(f"{address}?currency=USD")
    assert "0.00 EUR" in text_of(first)
    assert "And a payment of its own in" in text_of(first)
    assert f'href="/pay/statements/{run}/R2/?currency=USD"' in first.content.decode()
    assert "7.00 USD" in text_of(beside)
    assert "a prize" in text_of(beside)
    assert "a prize" not in text_of(first)
    assert fay.get(f"{address}?currency=CHF").status_code == 404
    assert f"/pay/statements/{run}/R2/file.json?currency=USD" in beside.content.decode()
    api = signed("fay").get(f"/api/v1/pay/statements/{run}?person=R2&currency=USD")
    told = api.json()
    assert (told["currency"], told["adjustments"][0]["value"]) == ("USD", "7")
    assert wald_verify_pay.fault_of(told) == ""
    refused = signed("fay").get(f"/api/v1/pay/statements/{run}?person=R2&currency=CHF")
    assert refused.status_code == 404


def test_a_backup_carries_the_layers(closed: int, tmp_path: Path) -> None:
    from wald.actions.backup import backup
    from wald.actions.restore import restore
    from wald.actions.workspace import close_workspace, open_workspace
    from wald.kernel.actor import everything
    from wald.queries.pay_now import replayed

    root, at = everything("root"), datetime.now(UTC)
    (workspace().home / "heads.jsonl").unlink(missing_ok=True)  # of another journal in this home
    backup(actor=root, workspace=workspace(), path=tmp_path / "all.zip", at=at)
    restore(actor=root, home=tmp_path / "home", path=tmp_path / "all.zip", at=at)
    other = open_workspace(tmp_path / "home")
    again = replayed(actor=root, workspace=other, run_id=closed)
    assert [one.is_same for one in again] == [True] * 5
    here, there = (
        (place.home / "pay" / "runs" / str(closed) / "payment.parquet").read_bytes()
        for place in (workspace(), other)
    )
    assert here == there
    close_workspace(other)


def test_python_gives_runs_and_statements_by_the_same_rights(closed: int) -> None:
    w = wald.Wald(workspace(), "", everything("engineer"))
    assert closed in [run.run_id for run in w.pay_runs()]
    own = w.acting_as("max").statement(closed, "R1")
    assert own.pay.person_id == "R1"
    assert own.pay.paid is not None
    assert own.pay.paid.value == 6000
    with pytest.raises(NotAllowed):
        w.acting_as("moe").statement(closed, "R1")
    with pytest.raises(NotAllowed):
        w.acting_as("max").run_pay("2026-Q2")
