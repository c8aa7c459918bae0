"""The forecast at every door: looked at, said, overridden, refused, told what changed."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.bad_input import QUARTER
from tests.browsing import shell_queries, text_of, visitor
from tests.serving import signed
from wald.records import models
from wald.web import forecast_lines

PAST = "period=2024-Q1&as_of=2024-02-20"


pytestmark = pytest.mark.usefixtures("said_company", "undone")


def read(name: str, address: str, status: int = 200) -> str:
    answer = visitor(name).get(address)
    assert answer.status_code == status, answer.content[-2000:]
    return text_of(answer)


def post(name: str, address: str, **typed: str) -> tuple[int, str]:
    answer = visitor(name).post(address, typed, follow=True)
    return answer.status_code, text_of(answer)


def call(caller: Client, path: str, **body: object) -> Any:
    return caller.post(
        f"/api/v1/forecast/{path}", json.dumps(body), content_type="application/json"
    )


def test_a_manager_sees_the_team_with_numbers_that_open() -> None:
    page = read("mia", f"/forecast/?{PAST}")
    for told in ("Max", "Moe", "by Olaf as lead", "40.00", "stale", "since +", "none yet"):
        assert told in page
    assert "Ben" not in page
    assert "person=R1" in page
    assert "/forecast/people/R1/" in page
    rows = read("mia", f"/forecast/rows/?{PAST}&what=commit&person=R1")
    assert "€170.00" in rows
    assert 'href="/deals/D1/"' in rows


def test_a_large_company_opens_level_by_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for two lines: Lea and the two below her; Max is two levels down."""
    monkeypatch.setattr(forecast_lines, "MOST", 2)
    page = read("lea", f"/forecast/?{PAST}")
    assert "/forecast/people/M2/" in page
    assert "/forecast/people/R1/" not in page
    assert "further down are not shown" in page
    assert "2 below" in page
    assert "/forecast/people/R1/" in read("lea", f"/forecast/?{PAST}&levels=all")
    opened = read("lea", f"/forecast/?{PAST}&unit=M1")
    assert "/forecast/people/R1/" in opened
    assert "/forecast/people/M2/" not in opened
    assert "All you see" in opened
    assert "unit=L1" in opened


def test_a_rep_says_their_number_on_the_page_and_finds_it_there() -> None:
    address = f"/forecast/?period={QUARTER}"
    assert "Your number" in read("max", address)
    typed = {"do": "submit", "period": QUARTER, "seen": "0", "commit": "180", "best_case": "200"}
    status, page = post("max", address, **typed)
    assert status == 200
    assert f"Submitted: commit and best case for {QUARTER}." in page
    assert 'value="180"' in page
    assert "€180" in page


def test_what_was_typed_stays_beside_what_is_wrong_with_it() -> None:
    status, page = post(
        "max", f"/forecast/?period={QUARTER}", do="submit", period=QUARTER, commit="much"
    )
    assert status == 400
    assert "is no amount; write a number" in page.replace("&#x27;", "'")


def test_two_people_at_once_are_told_what_the_other_wrote() -> None:
    address = f"/forecast/?period={QUARTER}"
    post("max", address, do="submit", period=QUARTER, seen="0", commit="180")
    mia = f"/forecast/people/R1/?period={QUARTER}"
    typed = {"do": "override", "period": QUARTER, "category": "commit", "amount": "160"}
    status, page = post("mia", mia, **typed, seen="1", reason="It slips")
    assert status == 200
    assert "€160.00" in page
    assert "override of €180.00" in page
    status, page = post("max", address, do="submit", period=QUARTER, seen="1", commit="190")
    assert status == 409
    assert "mia put in its place 160 EUR" in page
    assert 'value="190"' in page  # what was typed is not lost


def test_an_override_is_taken_back_with_a_reason() -> None:
    mia = f"/forecast/people/R1/?period={QUARTER}"
    typed = {"period": QUARTER, "category": "commit"}
    post("mia", mia, do="override", **typed, amount="160", reason="It slips")
    status, page = post("mia", mia, do="back", **typed, reason="It holds")
    assert status == 200
    assert "taken back" in page


def test_who_may_not_is_refused_on_the_page() -> None:
    status, page = post("rae", "/forecast/", do="submit", period=QUARTER, commit="1")
    assert status == 403
    assert "needs the permission" in page
    status, page = post("max", "/forecast/", do="submit", period="2024-Q1", commit="1", note="late")
    assert status == 403
    assert "is over" in page
    assert not models.ForecastEntry.objects.exists()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/forecast/?period=soon", 400),
        ("/forecast/?as_of=soon", 400),
        ("/forecast/?unit=nowhere", 400),
        ("/forecast/?period=2031-Q1", 200),
        ("/forecast/people/R1/?period=soon", 400),
        ("/forecast/people/nobody/", 404),
        ("/forecast/rows/?what=everything", 400),
        ("/forecast/rows/?person=nobody-there", 404),
    ],
)
def test_bad_words_are_a_sentence(address: str, status: int) -> None:
    assert "Traceback" not in read("ana", address, status)


def test_a_history_says_who_said_what_as_lead_of_which_team() -> None:
    page = read("mia", "/forecast/people/M1/?period=2024-Q1")
    assert "€260.00" in page
    assert "Olaf, as lead of Alpha" in page


def test_the_api_tells_the_same_and_writes_once_by_a_key() -> None:
    told = signed("mia").get(f"/api/v1/forecast?{PAST}").json()
    assert [line["person"] for line in told["lines"]] == ["M1", "R1", "R2"]
    assert told["lines"][1]["calls"]["commit"]["amount"] == "150.0000"
    body = {"period": QUARTER, "amounts": {"commit": "180"}, "version": 0}
    first, again = (
        signed("max").post(
            "/api/v1/forecast/submissions",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert models.ForecastEntry.objects.count() == 1


def test_the_api_refuses_a_stale_version_with_what_changed() -> None:
    call(signed("max"), "submissions", period=QUARTER, amounts={"commit": "180"}, version=0)
    over = {"period": QUARTER, "category": "commit", "amount": "160", "reason": "It slips"}
    made = call(signed("mia"), "overrides", person="R1", **over, version=1)
    assert made.status_code == 201
    assert made.json()["entries"][0]["replaced"] == "180"
    stale = call(signed("max"), "submissions", period=QUARTER, amounts={"commit": "1"}, version=1)
    assert stale.status_code == 409
    assert "160 EUR" in stale.json()["changed"][0]
    listed = signed("lea").get(f"/api/v1/forecast/overrides?period={QUARTER}").json()
    assert [(one["replaced"], one["given"], one["by"]) for one in listed] == [("180", "160", "mia")]
    history = signed("max").get(f"/api/v1/forecast/people/R1?period={QUARTER}").json()
    assert [one["kind"] for one in history["entries"]] == ["override", "submission"]
    assert history["version"] == 2


def test_the_page_costs_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lea = visitor("lea")
    lea.get(f"/forecast/?{PAST}")
    # Loads and settings, for the model too, calendars, what was said here, and how much of it the
    # model knows, whether it is being computed, saved views.
    with django_assert_num_queries(2 + 10 + shell_queries()):
        lea.get(f"/forecast/?{PAST}")
