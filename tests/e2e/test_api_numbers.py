"""A program asks for numbers: with a name and a password, in the same words as at other doors."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import settings as drawing
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.exports import FILES, write_export
from tests.house.tree import DOCS
from tests.serving import ANA, WORDS, loaded, served, signed, undone, workspace
from wald.kernel.policy import Role
from wald.queries import measure as desk
from wald.queries.plain import answer_json, pulse_json
from wald.queries.pulse import pulse
from wald.records.stores.users import create_user


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("api")), django_db_blocker):
        yield


@pytest.fixture
def rae() -> Client:
    return signed("rae")


def test_strangers_are_told_how_to_sign_in(client: Client) -> None:
    answer = client.get("/api/v1/metrics")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("name", "password"), [("rae", "wrong"), ("nobody", WORDS), ("rae\0", WORDS), ("", "")]
)
def test_a_wrong_name_or_password_stays_outside(name: str, password: str) -> None:
    assert signed(name, password).get("/api/v1/metrics").status_code == 401


@pytest.mark.parametrize("header", ["Basic ????", "Basic", "Basic gA==", "Bearer abc", ""])
def test_a_header_that_cannot_be_read_stays_outside(header: str) -> None:
    assert Client(headers={"authorization": header}).get("/api/v1/loads").status_code == 401


def test_a_changed_password_counts_at_once() -> None:
    create_user("bo", WORDS, Role.READ_ONLY, database="default")
    user = User.objects.get(username="bo")
    before = signed("bo")
    assert before.get("/api/v1/loads").status_code == 200
    user.set_password(f"{WORDS} and more")
    user.save()
    assert before.get("/api/v1/loads").status_code == 401


def test_who_is_put_out_stays_outside() -> None:
    create_user("cy", WORDS, Role.READ_ONLY, database="default")
    user = User.objects.get(username="cy")
    door = signed("cy")
    assert door.get("/api/v1/loads").status_code == 200
    user.is_active = False
    user.save()
    assert door.get("/api/v1/loads").status_code == 401


def test_a_signed_in_page_may_ask_too(client: Client) -> None:
    client.force_login(User.objects.get(username="rae"))
    assert client.get("/api/v1/metrics/win_rate/measure").json()["rows"] == [{"value": "0.666667"}]


def test_metrics_are_listed_with_what_they_mean(rae: Client) -> None:
    listed = {metric["key"]: metric for metric in rae.get("/api/v1/metrics").json()}
    assert listed["win_rate"] == rae.get("/api/v1/metrics/win_rate").json()
    assert "region" in listed["win_rate"]["dimensions"]


def test_the_answer_is_that_of_every_door(rae: Client) -> None:
    asked = {"by": ["region", "rep"], "period": "2024-Q1"}
    answer = rae.get("/api/v1/metrics/win_rate/measure", asked).json()
    ask = desk.Ask("win_rate", by=("region", "rep"), period="2024-Q1")
    assert answer == answer_json(desk.measure(actor=ANA, workspace=workspace(), ask=ask))


def test_the_pulse_is_that_of_every_door(rae: Client) -> None:
    found = pulse(actor=ANA, workspace=workspace())
    assert found is not None
    assert rae.get("/api/v1/pulse").json() == pulse_json(found)


@pytest.mark.parametrize("path", ["metrics/winrate", "metrics/winrate/measure", "keys/99", "no"])
def test_what_is_not_there_is_not_found(rae: Client, path: str) -> None:
    answer = rae.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_every_problem_is_listed_at_its_place(rae: Client) -> None:
    asked = {"by": "regoin", "period": "2024-Q9", "where": "amount >"}
    answer = rae.get("/api/v1/metrics/win_rate/measure", asked)
    assert answer.status_code == 422
    places = [problem["where"] for problem in answer.json()["problems"]]
    assert [place.split()[0].rstrip(",") for place in places] == ["by", "period", "where"]


def test_a_parameter_that_is_not_known_is_refused(rae: Client) -> None:
    for path in ("metrics", "metrics/win_rate", "metrics/win_rate/measure", "pulse", "loads"):
        answer = rae.get(f"/api/v1/{path}?perod=2024")
        assert answer.status_code == 422, path
        assert answer.json()["problems"][0]["where"] == "perod"


def test_a_method_that_is_not_taken_says_which_are(rae: Client) -> None:
    answer = rae.delete("/api/v1/loads")
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    assert answer["Content-Type"] == "application/problem+json"


def test_the_rows_come_in_pages_and_add_up_to_the_number(rae: Client) -> None:
    rows, cursor, pages = [], "", 0
    while cursor is not None:
        page = rae.get("/api/v1/metrics/bookings/rows", {"limit": 1, "cursor": cursor}).json()
        rows += page["rows_behind"]
        cursor, pages = page["next_cursor"], pages + 1
    assert pages == page["total_rows"] == len({row["booking_id"] for row in rows}) == 2
    assert sum(Decimal(row["numerator"]) for row in rows) == Decimal("150.50")
    assert Decimal(page["sums"]["numerator"]) == Decimal(page["rows"][0]["value"])


def test_a_load_between_two_pages_changes_neither(rae: Client, tmp_path: Path) -> None:
    first = rae.get("/api/v1/metrics/bookings/rows", {"limit": 1}).json()
    later = FILES["booking.csv"] + "B0,,A1,P1,1.00,EUR,2024-04-01\n"
    report = loaded(write_export(tmp_path, booking=later))
    cursor = {"limit": 1, "cursor": first["next_cursor"]}
    second = rae.get("/api/v1/metrics/bookings/rows", cursor).json()
    assert report.load_id is not None
    undone(report.load_id)
    assert second["rows"] == first["rows"] == [{"value": "150.50"}]
    ids = [page["rows_behind"][0]["booking_id"] for page in (first, second)]
    assert ids == ["B1", "B3"]


@pytest.mark.parametrize("cursor", ["x", "e30=", "eyJvZmZzZXQiOiAtMX0=", "é", "W10=", "bnVsbA=="])
def test_a_cursor_that_is_not_ours_is_refused(rae: Client, cursor: str) -> None:
    answer = rae.get("/api/v1/metrics/bookings/rows", {"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "cursor"


def test_an_answer_asked_before_costs_three_queries(
    rae: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rae.get("/api/v1/metrics/win_rate/measure")
    with django_assert_num_queries(3):  # user, loads, settings
        rae.get("/api/v1/metrics/win_rate/measure")


def test_the_document_tells_every_address_and_no_other_host(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    document = answer.json()
    assert "/api/v1/metrics/{key}/measure" in document["paths"]
    assert "://" not in answer.content.decode()
    assert document["openapi"].startswith("3.1")


def test_the_document_is_built_once_and_not_sent_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/api/v1/openapi.json")
    monkeypatch.setattr("wald.api.urls.complete", None)  # building it once more would fail
    assert client.get("/api/v1/openapi.json").content == first.content
    seen = {"if-none-match": first.headers["ETag"]}
    assert client.get("/api/v1/openapi.json", headers=seen).status_code == 304


def test_the_page_about_it_names_addresses_that_are_there(client: Client) -> None:
    page = (DOCS / "reference" / "api.md").read_text()
    named = set(re.findall(r"`(?:GET|POST) (/api/v1/[^`?]+)", page))
    told = {
        re.sub("load_id", "id", path) for path in client.get("/api/v1/openapi.json").json()["paths"]
    }
    assert named <= told
    assert len(named) >= 6


def test_there_is_no_page_that_asks_another_host(rae: Client) -> None:
    assert rae.get("/api/v1/docs").status_code == 404


_TEXT = st.text(max_size=40) | st.sampled_from(
    ["region", "2024-Q1", "2024-02-30", "9999-12-31", "0001-01-01", "0000-00-00", "1e400",
     "2024-01-01..", "FY9999-P12", "amount > 1", "-1", str(2**64), "\0", "NaN", "'", "::", "((("]
)  # fmt: skip
_NAMES = ("by", "where", "period", "as_of", "known", "limit", "cursor", "before")


@drawing(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(
        ["metrics/{}/measure", "metrics/{}/rows", "metrics/{}", "pulse", "loads", "loads/{}",
         "loads/{}/rejects", "{}"]
    ),
    place=st.sampled_from(["win_rate", "bookings", "stage_conversion", "1"]) | _TEXT,
    asked=st.dictionaries(st.sampled_from(_NAMES), _TEXT, max_size=3),
)  # fmt: skip
def test_nothing_asked_breaks_it(path: str, place: str, asked: dict[str, str]) -> None:
    address = f"/api/v1/{path.format(quote(place, safe=''))}"
    answer = signed("rae").get(address, asked)
    assert answer.status_code in (200, 403, 404, 422), answer.content
    if answer.status_code != 200:
        assert answer["Content-Type"] == "application/problem+json"
