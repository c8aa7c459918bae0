"""Quotas on their pages: the tree, how a figure arose, publishing once, what was reached."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.quota_world import PLAN, agreed, at, planning, somebody
from tests.serving import workspace
from wald.actions import documents
from wald.web.pages import quotas as pages

ON = "on=2026-03-01"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with planning(tmp_path_factory.mktemp("company"), django_db_blocker):
        agreed(workspace())
        pin = '  pins:\n    - {name: max, node: "@R1", amount: 900000}\n  proposals:\n'
        text = PLAN.replace("name: company", "name: bold").replace("  proposals:\n", pin, 1)
        documents.draft(
            actor=somebody("ana"), workspace=workspace(), text=text, at=at("2025-12-21")
        )
        yield


def read(name: str, address: str, status: int = 200) -> str:
    answer = visitor(name).get(address)
    assert answer.status_code == status, answer.content
    return text_of(answer)


def test_the_plan_that_holds_is_shown_with_its_tree() -> None:
    page = read("ana", f"/quotas/?{ON}")
    for told in ("€448,979.60", "€37,414.96", "bottom-up beside it", "€850,000.00", "Gini"):
        assert told in page
    assert "Publish version 1" in page
    assert "mark-symbol" in page


def test_a_rep_sees_their_own_and_what_stands_above_it() -> None:
    page = read("max", f"/quotas/?{ON}")
    assert "€448,979.60" in page
    assert "€598,639.46" in page
    for hidden in ("Moe", "149,659.86", "South", "Publish", "299,319.73"):
        assert hidden not in page
    assert "No quota of this plan is yours to see" in read("una", f"/quotas/?{ON}")


def test_a_figure_says_how_it_arose_to_who_may_see_it() -> None:
    page = read("max", f"/quotas/company/North/Alpha/@R1/?{ON}")
    assert "How this quota arose" in page
    assert "Alpha has fewer than three" in page, "else what Moe holds could be worked out"
    read("max", f"/quotas/company/North/Alpha/@R2/?{ON}", 404)
    read("ana", f"/quotas/nothing/South/?{ON}", 404)
    assert "Counts for 67.5 % of the year" in read("ned", f"/quotas/@R4/?{ON}")
    read("ned", f"/quotas/@R1/?{ON}", 404)


def test_of_very_many_people_those_of_one_unit_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_LINES", 5)
    units = read("ana", f"/quotas/?{ON}")
    assert "Gamma" in units
    assert ">Ned<" not in units
    chosen = read("ana", f"/quotas/?{ON}&node=South/Gamma")
    assert ">Ned<" in chosen
    assert ">Max<" not in chosen


def test_a_draft_that_cannot_be_met_says_what_to_do() -> None:
    page = read("ana", "/quotas/?plan=bold&version=2", 400)
    assert "hold 301,360.54 more than that" in page
    assert "lower pins by" in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/quotas/?on=soon", 400),
        ("/quotas/?plan=nothing", 400),
        ("/quotas/?version=x", 200),
        ("/quotas/?plan=company&version=99", 400),
        ("/quotas.pdf?plan=company", 404),
        ("/quotas/attainment/?period=soon", 400),
        ("/quotas/attainment/?measure=win_rate", 400),
        ("/quotas/attainment/?plan=nothing", 400),
    ],
)
def test_bad_words_are_a_sentence(address: str, status: int) -> None:
    assert "Traceback" not in read("ana", address, status)


def test_a_plan_is_a_file_of_those_one_sees() -> None:
    rows = read("ana", f"/quotas.csv?plan=company&{ON}")
    assert "South/Gamma/@R4" in rows
    own = read("max", f"/quotas.csv?plan=company&{ON}")
    assert "@R1" in own
    assert "@R2" not in own
    sheet = visitor("ana").get(f"/quotas.xlsx?plan=company&{ON}")
    assert sheet.status_code == 200
    sheet.close()


def test_attainment_is_read_by_who_may_see_the_person() -> None:
    address = "/quotas/attainment/?period=2025-Q1&as_of=2025-12-31"
    page = read("ana", address)
    assert "120.0" in page  # 300,000 of 250,000
    assert "Ben" not in read("mia", address)
    planned = read("mia", "/quotas/attainment/?period=2026-Q1&as_of=2026-03-31&plan=company")
    assert "€89,795.92" in planned
    assert "Max" in read("ana", "/quotas/attainment.csv?period=2025-Q1&as_of=2025-12-31")


def publish(person: Client, **sent: str) -> str:
    return text_of(person.post("/quotas/publish/", sent, follow=True))


def test_it_is_published_once_by_who_may_load() -> None:
    ana = visitor("ana")
    assert "No quota plan nothing holds" in publish(ana, plan="nothing", on="2026-03-01")
    assert "needs the permission" in publish(visitor("fin"), plan="company", on="2026-03-01")
    assert "15 quotas of 4 people" in publish(ana, plan="company", on="2026-03-01")
    assert "nothing is new" in publish(ana, plan="company", on="2026-03-01")
    assert "quota plan company, version 1" in read("ana", "/data/")
    assert "Your quota of 2026 is published" in read("max", "/notices/")
    assert visitor("ana").get("/quotas/publish/").status_code == 405


def test_the_page_costs_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ana = visitor("ana")
    ana.get(f"/quotas/?{ON}")
    # Which plans there are and their versions, the versions of this one, what is stored and the
    # settings, saved views.
    with django_assert_num_queries(2 + 6 + shell_queries()):
        ana.get(f"/quotas/?{ON}")
