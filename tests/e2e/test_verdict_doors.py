"""System or person at every door: one answer, names for whose rows one sees, bad input named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.serving import ANA, WORDS, served, signed, workspace
from tests.terminal import wald
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput
from wald.queries.verdict import VerdictAsk, judgeable, verdict
from wald.queries.verdict_words import words_of
from wald.records.stores.users import create_user

BEST = "Greta Groot"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Eight people with sixty deals each: seven win fifteen, Greta wins fifty."""
    folder = tmp_path_factory.mktemp("verdict")
    _write(folder)
    with served(folder, django_db_blocker):
        for name, person in (("mia", "M1"), ("max", "R1")):
            role = Role.MANAGER if person == "M1" else Role.REP
            create_user(name, WORDS, role, database="default", person_id=person, unit="")
        yield


def _write(folder: Path) -> None:
    people = ["person_id,valid_from,name,manager_id,team,region,role"]
    people += ["M1,1900-01-01,Mia,,Alpha,North,manager", "M2,1900-01-01,Bea,,Beta,South,manager"]
    deals = ["opportunity_id,name,owner_id,stage,outcome,created_at,closed_on,amount,currency"]
    for who in range(8):
        name = BEST if who == 7 else f"Rep {who}"
        boss, team = ("M1", "Alpha,North") if who < 4 else ("M2", "Beta,South")
        people.append(f"R{who},1900-01-01,{name},{boss},{team},rep")
        for deal in range(60):
            month = deal % 12 + 1
            won = (deal * 7 + who) % 60 < (50 if who == 7 else 15)
            outcome = "won" if won else "lost"
            deals.append(
                f"O{who}-{deal},Deal,R{who},{outcome.capitalize()},{outcome},"
                f"2023-{month:02}-01T00:00:00Z,2024-{month:02}-{deal % 28 + 1:02},100,EUR"
            )
    (folder / "person.csv").write_text("\n".join(people) + "\n")
    (folder / "opportunity.csv").write_text("\n".join(deals) + "\n")
    (folder / "stage.csv").write_text(
        "stage,position,outcome,probability\nTalks,1,open,0.5\nWon,2,won,1\nLost,3,lost,0\n"
    )


def test_every_door_gives_one_answer() -> None:
    page = verdict(actor=ANA, workspace=workspace(), ask=VerdictAsk("win_rate"))
    sentence = words_of(page).headline
    assert sentence.startswith(f"A person stands out: {BEST} with 8")
    told = wald("verdict", "win_rate", "--json", "--home", str(settings.HOME))
    assert told.code == 0
    assert told.json["verdict"] == "person_stands_out"
    assert told.json["sentence"] == sentence
    answered = signed("ana").get("/api/v1/verdicts/win_rate").json()
    assert {key: answered[key] for key in told.json} == told.json
    assert sentence in text_of(visitor("ana").get("/verdict/"))
    assert f"{BEST} " in wald("verdict", "win_rate", "--home", str(settings.HOME)).out


def test_names_stand_only_with_the_verdict() -> None:
    told = signed("ana").get("/api/v1/verdicts/win_rate").json()
    apart = [one["name"] for one in told["standings"] if one["stands_out"]]
    assert apart == [BEST]
    assert [one["who"] for one in told["found"]] == [["R7"]]


def test_a_manager_is_told_of_their_own_people_alone() -> None:
    told = signed("mia").get("/api/v1/verdicts/win_rate").json()
    assert {one["key"] for one in told["standings"]} == {"R0", "R1", "R2", "R3"}
    assert told["verdict"] == "no_signal"
    assert BEST not in text_of(visitor("mia").get("/verdict/"))


def test_a_rep_is_compared_with_nobody() -> None:
    told = signed("max").get("/api/v1/verdicts/win_rate").json()
    assert told["total"] == 1
    assert told["found"] == []
    assert told["standings"][0]["best_rank"] in (None, 1)


def test_places_are_compared_too() -> None:
    told = signed("ana").get("/api/v1/verdicts/win_rate?by=team").json()
    assert {one["name"] for one in told["standings"]} == {"Alpha", "Beta"}


def test_a_leaderboard_shows_its_doubt() -> None:
    page = text_of(visitor("ana").get("/metrics/win_rate/?by=rep&period=2024"))
    assert "They differ beyond luck" in page
    assert "1 to 1" in page
    without = text_of(visitor("mia").get("/metrics/win_rate/?by=rep&period=2024"))
    assert "Nobody can be told apart" in without


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (VerdictAsk("win_rat"), "did you mean win_rate?"),
        (VerdictAsk("median_cycle_days"), "it is a median"),
        (VerdictAsk("bookings"), "neither a rate nor a mean"),
        (VerdictAsk("win_rate", by="moon"), "choose among person"),
        (VerdictAsk("win_rate", period="2030"), "ask for an earlier one"),
        (VerdictAsk("win_rate", where="moon = 1"), "moon"),
    ],
)
def test_what_cannot_be_asked_is_named(ask: VerdictAsk, says: str) -> None:
    with pytest.raises(BadInput) as error:
        verdict(actor=ANA, workspace=workspace(), ask=ask)
    assert says in " ".join(str(one) for one in error.value.problems)


def test_metrics_without_rows_are_lacking_and_say_what() -> None:
    told = signed("ana").get("/api/v1/verdicts/average_discount").json()
    assert told["verdict"] is None
    assert "booking_line" in told["lacks"]


def test_every_judgeable_metric_answers() -> None:
    for metric in judgeable():
        verdict(actor=ANA, workspace=workspace(), ask=VerdictAsk(metric.key))
