"""Two teams, one company: nobody of one team finds a trace of the other's rows at any address."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import visitor
from tests.house.routes import API, OUTSIDE, PAGES, WRITES
from tests.serving import ANA, served, signed, workspace
from tests.two_teams import ALPHA, BETA, ORPHAN, add_people, write_teams
from wald.actions.cases import open_case

# What tells that a row of the team was seen: its marks, its amounts as any door writes them.
_BETA = re.compile(rf"{BETA}|7[,.\u202f ]?222[.,]22|\bBen\b|11[,.\u202f ]?333[.,]33")
_ALPHA = re.compile(rf"{ALPHA}|4[,.\u202f ]?111[.,]11|\bMoe\b|11[,.\u202f ]?333[.,]33")
_ORPHAN = re.compile(rf"{ORPHAN}|9[,.\u202f ]?333[.,]33")
# A page may repeat the address and the filter that somebody typed, and says nothing by it.
_ECHOES = re.compile(
    r"(?:where|search|text|q)=[^&\"]*|value=\"[^\"]*\"|BETAMARK(?: |\\+|%(?:25)*20)account"
)


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        at = datetime.now(UTC)
        for name, mark in (("moe", ALPHA), ("ben", BETA)):
            open_case(
                actor=ANA,
                workspace=workspace(),
                kind="task",
                title=f"{mark} task",
                assignee=name,
                at=at,
            )
        yield


def _read(name: str, most: int = 99) -> Iterator[tuple[str, int, str]]:
    """Yield up to `most` addresses of each route with what `name` gets there."""
    pages, calls = visitor(name), signed(name)
    for route in [*PAGES.values(), *API.values()]:
        if route.needs in (OUTSIDE, WRITES):
            continue
        for address in route.addresses[:most]:
            status, text = _text(calls if address.startswith("/api/") else pages, address)
            yield address, status, text


def _text(client: Client, address: str) -> tuple[int, str]:
    answer = client.get(address, follow=True)
    body = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return answer.status_code, body.decode("utf-8", "replace")


def _traces(name: str, mark: re.Pattern[str], most: int) -> list[str]:
    found = []
    for address, _, text in _read(name, most):
        shown = _ECHOES.sub("", text.replace(address, "")) if "MARK" in address else text
        if trace := mark.search(shown):
            found.append(f"{address}: …{shown[max(0, trace.start() - 60) : trace.end() + 30]}…")
    return found


@pytest.mark.parametrize(
    ("name", "hidden", "most"),
    [
        ("mia", (_BETA, _ORPHAN), 99),
        ("moe", (_BETA, _ORPHAN), 1),
        ("lou", (_BETA, _ORPHAN), 1),
        ("ben", (_ALPHA, _ORPHAN), 99),
        ("una", (_ALPHA, _BETA, _ORPHAN), 1),
    ],
)
def test_nothing_of_another_team_is_found(
    name: str, hidden: tuple[re.Pattern[str], ...], most: int
) -> None:
    whole = re.compile("|".join(mark.pattern for mark in hidden))
    assert _traces(name, whole, most) == []


def test_sales_operations_find_both() -> None:
    """Else the test above would prove nothing: the marks are there for whoever may see them."""
    seen = {address: text for address, status, text in _read("ana") if status == 200}
    with_marks = [address for address, text in seen.items() if ALPHA in text and BETA in text]
    for address in (
        "/deals/",
        "/deals.csv",
        "/metrics/bookings/?by=account",
        "/api/v1/metrics/bookings/rows",
    ):
        assert address in with_marks
    assert {"/cases/?whose=all", "/api/v1/cases"} <= set(with_marks)
    assert any(_BETA.search(seen[address]) for address in ("/", "/api/v1/pulse"))


def test_one_address_of_each_teams_deal_is_there_for_its_own_alone() -> None:
    for name, alpha, beta in (("mia", 200, 404), ("bea", 404, 200), ("lea", 200, 200)):
        client = visitor(name)
        assert client.get("/deals/ALPHAMARK-2/").status_code == alpha
        assert client.get("/deals/BETAMARK-2/").status_code == beta
        assert client.get("/deals/ORPHANMARK-1/").status_code == 404


def test_asked_as_of_an_earlier_day_the_team_of_that_day_is_seen() -> None:
    for name, day, sees in (
        ("mia", "2024-02-14", False),
        ("mia", "2024-02-15", True),
        ("bea", "2024-02-14", True),
        ("bea", "2024-02-15", False),
    ):
        page = visitor(name).get(f"/deals/MAXMARK-1/?as_of={day}")
        assert (page.status_code == 200) == sees, (name, day)
