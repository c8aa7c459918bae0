"""Ana looks at a fix, writes it, sees it and takes it back, at each door; Rae may only look."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.exports import FILES, write_export
from tests.serving import served, signed, workspace
from tests.terminal import wald
from wald.kernel.actor import everything
from wald.queries.deal import deal_page
from wald.records.models import HygieneFix

DEALS = FILES["opportunity.csv"].replace("EUR,2024-05-01", "EUR,2024-02-25")  # a day that is over
LOOK = {
    "deal.0": "O4",
    "field.0": "close_on",
    "value.0": "2024-06-30",
    "seen.0": "2024-02-25",
    "rule.0": "close_date_past",
    "do": "look",
}
WRITE = {**LOOK, "do": "write", "why": "They said June"}


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    folder = write_export(tmp_path_factory.mktemp("export"), opportunity=DEALS)
    with served(folder, django_db_blocker):
        yield


def close_on() -> str:
    found = deal_page(actor=everything("ana"), workspace=workspace(), opportunity_id="O4")
    assert found is not None
    return str(found.fields["close_on"])


def newest() -> int:
    return int(HygieneFix.objects.latest("pk").pk)


def test_a_fix_is_looked_at_written_and_taken_back_on_the_pages() -> None:
    ana = visitor("ana")
    findings = text_of(ana.get("/hygiene/"))
    assert "/hygiene/fixes/new/?deal=O4" in findings
    form = text_of(ana.get("/hygiene/fixes/new/?rule=close_date_past"))
    assert 'name="seen.0" value="2024-02-25"' in form
    look = text_of(ana.post("/hygiene/fixes/new/", LOOK))
    assert "It leaves 2024-Q1 and counts in 2024-Q2." in look
    assert close_on() == "2024-02-25"
    written = text_of(ana.post("/hygiene/fixes/new/", WRITE, follow=True))
    assert f"Fix {newest()} is written: 1 deal." in written
    assert "waiting for the source" in written
    assert close_on() == "2024-06-30"
    file = text_of(ana.get(f"/hygiene/fixes/update.csv?fix={newest()}"))
    assert file == '"opportunity_id","close_on" "O4","2024-06-30" '
    undone = text_of(ana.post(f"/hygiene/fixes/{newest()}/undo/", {"deal": "O4"}, follow=True))
    assert f"Fix {newest()} is undone." in undone
    assert close_on() == "2024-02-25"


def test_what_is_wrong_stands_where_one_looks_and_keeps_what_was_typed() -> None:
    ana = visitor("ana")
    answer = ana.post("/hygiene/fixes/new/", {**LOOK, "value.0": "soon"})
    assert answer.status_code == 409
    assert "is no day" in text_of(answer)
    answer = ana.post("/hygiene/fixes/new/", {**WRITE, "seen.0": "2024-01-01"})
    assert answer.status_code == 409
    assert "expected close is 2024-02-25 now, not 2024-01-01" in text_of(answer)
    again = ana.post("/hygiene/fixes/new/?deal=O4", {**LOOK, "do": "edit"})
    assert 'name="value.0" value="2024-06-30"' in text_of(again)
    nothing = ana.post("/hygiene/fixes/new/", {**LOOK, "value.0": ""})
    assert "0 are given" in text_of(nothing)
    assert close_on() == "2024-02-25"


def test_readers_see_what_was_written_and_write_nothing() -> None:
    visitor("ana").post("/hygiene/fixes/new/", WRITE)
    rae, number = visitor("rae"), newest()
    assert f"Fix {number}" in text_of(rae.get("/hygiene/fixes/"))
    assert "Undo" not in text_of(rae.get(f"/hygiene/fixes/{number}/"))
    assert "/hygiene/fixes/new/" not in text_of(rae.get("/hygiene/"))
    assert rae.post("/hygiene/fixes/new/", WRITE).status_code == 403
    assert rae.post(f"/hygiene/fixes/{number}/undo/", {"deal": "O4"}).status_code == 403
    assert rae.post("/hygiene/cases/", {}).status_code == 403
    visitor("ana").post(f"/hygiene/fixes/{number}/undo/", {"deal": "O4"})


def test_cases_are_opened_after_saying_how_many() -> None:
    ana = visitor("ana")
    asked = text_of(ana.get("/hygiene/cases/?rule=close_date_past"))
    assert "1 data-fix case would be opened" in asked
    done = text_of(ana.post("/hygiene/cases/", {"rule": "close_date_past"}, follow=True))
    assert "1 case opened." in done
    again = text_of(ana.get("/hygiene/cases/?rule=close_date_past"))
    assert "No finding needs a case now." in again
    assert "each has an open case" in again


def test_the_same_by_api() -> None:
    ana = signed("ana")
    values = [{"deal": "O4", "field": "close_on", "value": "2024-06-30", "seen": "2024-02-25"}]

    def post(path: str, body: object) -> tuple[int, dict[str, object]]:
        answer = ana.post(f"/api/v1/hygiene/{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    status, told = post("fixes/preview", {"values": values})
    assert (status, told["is_clean"]) == (200, True)
    status, made = post("fixes", {"values": values, "why": "June"})
    assert status == 201
    number = made["fix_id"]
    status, fault = post("fixes", {"values": values, "why": "June"})
    assert status == 409
    assert "expected close is 2024-06-30 now" in str(fault["detail"])
    found = ana.get(f"/api/v1/hygiene/fixes/{number}").json()
    assert [one["state"] for one in found["lines"]] == ["waiting"]
    file = ana.get(f"/api/v1/hygiene/fixes/file?fix={number}").json()
    assert file["rows"] == [["O4", "2024-06-30"]]
    assert post(f"fixes/{number}/undo", {})[0] == 200
    assert ana.get("/api/v1/hygiene/fixes").json()[0]["lines"][0]["state"] == "undone"
    assert post("cases", {"rule": "close_date_past", "dry_run": True})[1]["new"] == 0


def test_the_same_at_the_terminal(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("terminal")
    home = ("--home", str(folder / "home"))
    assert wald("load", str(write_export(folder / "in", opportunity=DEALS)), *home).code == 0
    look = wald("hygiene", "fix", "O4", "--field", "amount", "--value", "80", "--dry-run", *home)
    assert (look.code, "75" in look.out) == (0, True)
    (folder / "values.csv").write_text("deal,field,value,seen\nO4,amount,80,75\n")
    many = ("hygiene", "fix", "--from", str(folder / "values.csv"), "--why", "they said so")
    made = wald(*many, "--json", *home)
    assert made.json["fix_id"] == 1
    assert wald(*many, *home).code == 4  # a conflict: it is no longer 75
    assert wald("hygiene", "fixes", "--json", *home).json[0]["lines"][0]["new"] == "80"
    found = wald("hygiene", "cases", "--rule", "close_date_past", "--json", *home).json
    assert (found["new"], len(found["cases"])) == (1, 1)
    assert wald("hygiene", "undo", "1", "--why", "no", *home).code == 0
    assert wald("hygiene", "undo", "1", *home).code == 2
