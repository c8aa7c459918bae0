"""The pipeline and what changed at every door: the same figures, each within who asks' sight."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.serving import ANA, served, signed, workspace
from tests.two_teams import add_people, write_teams
from wald.queries.pipeline import PipelineAsk, pipeline
from wald.queries.pipeline_changes import ChangesAsk, changed_deals, pipeline_changes
from wald.queries.plain_pipeline import changes_json

# Max is in Beta until 14 February and in Alpha from then on; everything is in EUR.
FROM, TO = "2024-02-10", "2024-03-05"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        yield


def get(name: str, path: str, status: int = 200) -> Any:
    answer = signed(name).get(f"/api/v1{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def _bars(told: Any) -> dict[str, tuple[int, str]]:
    return {one["bar"]: (one["deals"], one["amount"]) for one in told["bars"] if one["deals"]}


def test_the_pipeline_of_a_day_by_team_is_that_of_the_day() -> None:
    """On 10 February: ALPHAMARK-2, MAXMARK-1, BETAMARK-1 to 3 and the orphan are open."""
    told = get("ana", f"/pipeline?as_of={FROM}&by=team")
    assert [(g["team"], g["deals"], g["amount"]) for g in told["groups"]] == [
        ("Beta", 4, "27111.1000"),
        (None, 1, "9333.3300"),
        ("Alpha", 1, "4111.1100"),
    ]
    now = get("ana", f"/pipeline?as_of={FROM}&by=team&org=now")
    assert [(g["team"], g["deals"]) for g in now["groups"]] == [
        ("Beta", 3),
        ("Alpha", 2),
        (None, 1),
    ]
    assert now["total"] == told["total"]


def test_a_manager_sees_the_team_alone_and_whoever_joined_it_comes_in() -> None:
    """Mia starts with 4111.11 of Moe's and gets Max and his 5444.44."""
    told = get("mia", f"/pipeline/changes?from={FROM}&to={TO}")
    assert told["start"] == {"deals": 1, "amount": "4111.1100", "without_amount": 0}
    assert _bars(told) == {"owner_in": (1, "5444.4400")}
    assert told["end"]["amount"] == "9555.5500"
    left = get("bea", f"/pipeline/changes?from={FROM}&to={TO}")
    assert _bars(left)["owner_out"] == (1, "-5444.4400")
    deals = get("bea", f"/pipeline/changes/deals?bar=owner_out&from={FROM}&to={TO}")
    assert [one["opportunity_id"] for one in deals["deals"]] == ["MAXMARK-1"]
    assert deals["deals"][0]["after"]["owner"] is None
    assert deals["deals"][0]["before"]["owner"] == "Max"


def test_start_and_bars_are_the_end_for_everybody() -> None:
    for name in ("ana", "lea", "mia", "bea", "max", "rae", "una"):
        told = get(name, f"/pipeline/changes?from={FROM}&to={TO}")
        added = sum((Decimal(one["amount"]) for one in told["bars"]), Decimal(0))
        assert Decimal(told["start"]["amount"]) + added == Decimal(told["end"]["amount"])


def test_the_page_shows_what_the_api_tells_and_each_bar_opens_its_deals() -> None:
    ana = visitor("ana")
    page = text_of(ana.get(f"/pipeline/changes/?from={FROM}&to={TO}"))
    assert "−€7,222.22" in page
    assert f"/pipeline/changes/won/?from={FROM}&amp;to={TO}" in page
    bar = text_of(ana.get(f"/pipeline/changes/won/?from={FROM}&to={TO}"))
    assert "BETAMARK won" in bar
    assert "/deals/BETAMARK-1/" in bar
    pushed = text_of(ana.get(f"/pipeline/changes/finish/?from={FROM}&to={TO}"))
    assert "2024-04-10 → 2024-05-10" in pushed
    standing = text_of(ana.get(f"/pipeline/?as_of={FROM}&by=team"))
    assert "€27,111.10" in standing
    assert "where=team+%3D+%27Beta%27" in standing


def test_the_deals_of_a_group_are_as_many_as_the_table_of_deals_finds() -> None:
    page = text_of(visitor("ana").get("/deals/", {
        "as_of": FROM, "outcome": "open", "where": "team = 'Beta'",
    }))  # fmt: skip
    assert "4 deals" in page


def test_python_gets_the_same() -> None:
    found = pipeline_changes(actor=ANA, workspace=workspace(), ask=ChangesAsk())
    assert found is not None
    assert changes_json(found)["bars"] == get("ana", "/pipeline/changes")["bars"]
    whole = pipeline(actor=ANA, workspace=workspace(), ask=PipelineAsk())
    assert whole is not None
    assert whole.total.amount == found.waterfall.end.amount
    deals = changed_deals(actor=ANA, workspace=workspace(), ask=ChangesAsk(), bar="finish")
    assert deals is not None
    assert sum((one.adds for one in deals.deals), Decimal(0)) == whole.total.amount


def test_what_cannot_be_asked_is_said_with_its_cure() -> None:
    told = get("ana", "/pipeline?by=colour&org=soon", 422)
    assert "colour" in str(told)
    told = get("ana", "/pipeline/changes?from=2024-03-05&to=2024-02-10", 422)
    assert "comes after" in str(told)
    get("ana", "/pipeline/changes/deals?bar=sideways", 422)
    assert visitor("ana").get("/pipeline/changes/sideways/").status_code == 404
    assert visitor("ana").get("/pipeline/?where=team+%3D+1").status_code == 400
