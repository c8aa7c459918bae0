"""Quotas over REST: read within sight, explained, published once, attained."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.quota_world import agreed, planning
from tests.serving import signed, workspace

ON = "on=2026-03-01"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with planning(tmp_path_factory.mktemp("company"), django_db_blocker):
        agreed(workspace())
        yield


def get(name: str, path: str, status: int = 200) -> Any:
    answer = signed(name).get(f"/api/v1{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_the_plans_are_listed_with_what_holds() -> None:
    assert get("max", f"/quotas?{ON}") == [
        {"name": "company", "state": "in force", "number": 1, "starts_on": "2026-01-01"}
    ]


def test_a_plan_is_told_page_by_page_as_far_as_one_sees() -> None:
    whole = get("ana", f"/quotas/company?{ON}")
    assert (whole["total_lines"], whole["lines"][0]["held"]) == (10, "1000000.00")
    paged = get("ana", f"/quotas/company?{ON}&limit=3&offset=2")
    assert paged["lines"] == whole["lines"][2:5]
    seen = get("max", f"/quotas/company?{ON}")
    assert [line["node"] for line in seen["lines"] if line["is_whole"]] == ["North/Alpha/@R1"]
    assert seen["outlook"] is None
    assert "149659.86" not in str(seen)


def test_a_figure_is_explained_to_who_may_see_it() -> None:
    told = get("max", f"/quotas/company/steps?{ON}&node=@R1")
    assert told["steps"][-1]["figure"] == "157142.86"
    get("max", f"/quotas/company/steps?{ON}&node=@R2", 404)
    get("ana", f"/quotas/company/steps?{ON}", 422)


def test_what_is_not_there_or_cannot_be_read_is_said() -> None:
    get("ana", "/quotas/other", 404)
    get("ana", "/quotas/company?on=soon", 422)
    get("ana", "/quotas/company?when=2026", 422)
    get("ana", "/attainment?period=soon", 422)
    get("ana", "/attainment?plan=other", 404)


def test_it_is_published_once_and_then_attained() -> None:
    def publish(name: str, **sent: str) -> Any:
        return signed(name).post(
            "/api/v1/quotas/company/publish", sent, content_type="application/json"
        )

    assert publish("fin").status_code == 403
    assert publish("ana", when="now").status_code == 422
    first = publish("ana", on="2026-03-01")
    assert (first.status_code, first.json()["rows"]) == (201, 15)
    assert publish("ana", on="2026-03-01").status_code == 200
    told = get("mia", "/attainment?period=2026-Q1&as_of=2026-03-31")
    by_node = {line["node"]: line for line in told["lines"]}
    assert by_node["North/Alpha/@R1"]["attainment"] == "0.5568"  # 50,000 of 89,795.92
    assert not any("South" in node for node in by_node)
