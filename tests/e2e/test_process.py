"""The sales process at every door, on four deals whose stays are counted by eye.

D1 is opened on 1 January, goes to Proposal on the 11th and is won on the 21st. D2 is opened on 1
January and lost on the 6th. D3 is opened on 5 January, goes to Proposal on the 9th, back on the
12th and is open. D4 is opened on 8 January in a stage nobody defined. Data reach to 31 January.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.ingesting import write
from tests.serving import served, signed
from tests.terminal import wald
from tests.two_teams import add_people
from wald.cli.ending import Code

FILES = {
    "person.csv": (
        "person_id,valid_from,name,manager_id,team,role\n"
        "M1,2025-01-01,Mia,,North,manager\nR1,2025-01-01,Max,M1,North,rep\n"
        "R2,2025-01-01,Moe,M1,North,rep\n"
    ),
    "stage.csv": (
        "stage,label,position,outcome\nTalk,Talking,1,open\nProposal,Proposal,2,open\n"
        "Won,Won,3,won\nLost,Lost,4,lost\n"
    ),
    "opportunity.csv": (
        "opportunity_id,owner_id,stage,outcome,amount,currency,created_at,closed_on\n"
        "D1,R1,Won,won,100,EUR,2026-01-01T09:00:00Z,2026-01-21\n"
        "D2,R1,Lost,lost,100,EUR,2026-01-01T09:00:00Z,2026-01-06\n"
        "D3,R2,Talk,open,100,EUR,2026-01-05T09:00:00Z,\n"
        "D4,R2,Dream,open,100,EUR,2026-01-08T09:00:00Z,\n"
    ),
    "opportunity_change.csv": (
        "change_id,opportunity_id,field,old,new,changed_at\n"
        "C1,D1,stage,Talk,Proposal,2026-01-11T10:00:00Z\n"
        "C2,D1,stage,Proposal,Won,2026-01-21T10:00:00Z\n"
        "C3,D2,stage,Talk,Lost,2026-01-06T10:00:00Z\n"
        "C4,D3,stage,Talk,Proposal,2026-01-09T10:00:00Z\n"
        "C5,D3,stage,Proposal,Talk,2026-01-12T10:00:00Z\n"
    ),
    "activity.csv": (
        "activity_id,person_id,opportunity_id,kind,happened_at\n"
        "A1,R2,D3,call,2026-01-31T10:00:00Z\n"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    export = write(tmp_path_factory.mktemp("process") / "export", **FILES)
    with served(export, django_db_blocker):
        add_people()
        yield export


def _told(query: str = "", name: str = "ana") -> Any:
    answer = signed(name).get(f"/api/v1/pipeline/process{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_stays_are_those_counted_by_eye() -> None:
    told = _told()
    talk, proposal = told["stages"]
    # Talk: D1 10 days on, D2 5 days lost, D3 4 days on, D3 again 19 days and there yet.
    assert (talk["stays"], talk["running"]) == (4, 1)
    assert talk["median_days"] == 5
    assert [(days, round(share, 4)) for days, share, _, _ in talk["curve"]] == [
        (0, 1.0), (4, 0.75), (5, 0.5), (10, 0.25), (19, 0.25),
    ]  # fmt: skip
    assert talk["shares"] == pytest.approx({"on": 0.5, "lost": 0.25, "back": 0, "won": 0})
    # Proposal: D1 10 days won, D3 3 days back.
    assert (proposal["stays"], proposal["running"]) == (2, 0)
    assert proposal["shares"] == pytest.approx({"on": 0, "lost": 0, "back": 0.5, "won": 0.5})
    assert told["undefined_stages"] == [{"stage": "Dream", "stays": 1}]


def test_time_to_close_counts_the_open_ones() -> None:
    told = _told()
    assert (told["deals"], told["open_deals"]) == (4, 2)
    curve = {days: share for days, share, _, _ in told["to_close"]["curve"]}
    assert [curve[days] for days in (0, 5, 20)] == pytest.approx([1.0, 0.75, 0.5])
    assert told["to_close"]["shares"] == pytest.approx({"won": 0.25, "lost": 0.25})


def test_the_funnel_says_how_far_each_quarter_came() -> None:
    [cohort] = _told()["cohorts"]
    assert cohort["opened_in"] == "2026-Q1"
    assert (cohort["deals"], cohort["won"], cohort["lost"], cohort["open"]) == (3, 1, 1, 1)
    assert cohort["reached"] == {"1": 3, "2": 2}


def test_an_earlier_day_knows_nothing_later() -> None:
    told = _told("?as_of=2026-01-10")
    talk, proposal = told["stages"]
    assert (talk["stays"], talk["running"]) == (3, 1)  # D1 stands there, D2 lost, D3 went on
    assert (proposal["stays"], proposal["running"]) == (1, 1)  # D3
    assert told["open_deals"] == 3


def test_everybody_sees_their_own_deals_alone() -> None:
    assert _told(name="max")["deals"] == 2
    assert _told(name="mia")["deals"] == 4
    assert _told("?where=owner_id = 'R2'", "max")["deals"] == 0


def test_coverage_needed_says_what_it_does_not_know() -> None:
    told = signed("ana").get("/api/v1/pipeline/coverage").json()
    assert (told["period"], told["days_left"]) == ("2026-Q1", 59)
    [everybody] = [one for one in told["teams"] if one["team"] is None]
    assert (everybody["periods"], everybody["needed"], everybody["before"]) == (0, None, [])
    assert signed("ana").get("/api/v1/pipeline/coverage?chance=1").status_code == 422


def test_the_page_tells_it_in_words_and_curves() -> None:
    page = text_of(visitor("ana").get("/pipeline/process/"))
    for words in ("Talking", "half are closed after 20 days", "Dream", "50.0", "2026-Q1"):
        assert words in page
    assert page.count("<svg") >= 2
    empty = visitor("max").get("/pipeline/process/?where=owner_id = 'R2'")
    assert "No deal fits this" in text_of(empty)
    assert visitor("ana").get("/pipeline/process/?where=colour = 1").status_code == 400
    assert signed("ana").get("/api/v1/pipeline/process?org=later").status_code == 422


def test_the_command_says_the_same(tmp_path: Path, company: Path) -> None:
    home = str(tmp_path / "home")
    assert "No deals are loaded yet" in wald("pipeline", "process", "--home", home).err
    assert wald("load", str(company), "--home", home).code == Code.QUALITY
    assert wald("pipeline", "process", "--home", home, "--json").json["stages"] == _told()["stages"]
    ended = wald("pipeline", "process", "--home", home)
    assert "Half are closed after 20 days" in ended.out
    assert "'Dream'" in ended.out
    assert "too few quarters" in wald("pipeline", "coverage", "--home", home).out
    assert "no chance" in wald("pipeline", "coverage", "--chance", "2", "--home", home).err
