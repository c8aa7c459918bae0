"""Writing values into deals and taking them back: all or nothing, exactly, by whom it may be."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from pytest_django import DjangoDbBlocker

from tests.fixing import (
    ANA,
    BEN_DEAL,
    FAY,
    LATER,
    MAX,
    MAX_DEAL,
    MIA,
    MOE_DEAL,
    MORE,
    RAE,
    Teams,
    became,
    fix,
    shown,
    standing,
    teams_at,
    undo,
    value,
)
from tests.ingesting import Desk, Desks
from tests.two_teams import FILES
from wald.actions import correcting
from wald.engine.intake import keeping
from wald.heart.deal_fix import Wanted
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Refusal
from wald.queries.hygiene_fixes import fixes, one_fix, preview
from wald.queries.journal import entries
from wald.records.models import HygieneFix, HygieneFixLine


@pytest.fixture(scope="module")
def teams(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Teams]:
    with django_db_blocker.unblock():
        yield Teams(tmp_path_factory.mktemp("teams"))


@pytest.fixture(scope="module")
def still(teams: Teams) -> Iterator[Desk]:
    """Give a desk for those who are to write nothing."""
    made = teams.new()
    before = made.everything()
    yield made
    assert made.everything() == before
    teams.drop(made)


@pytest.fixture
def desk(teams: Teams) -> Iterator[Desk]:
    made = teams.new()
    yield made
    teams.drop(made)


def test_a_fix_changes_the_deal_and_tells_its_history(desk: Desk) -> None:
    made = fix(desk, LATER, MORE)
    assert value(desk, MAX_DEAL, "close_on") == date(2024, 6, 30)
    assert str(value(desk, MOE_DEAL, "amount")) == "5000.0000"
    changes = desk.rows("opportunity_change", "opportunity_id, field, old, new")
    assert (MAX_DEAL, "close_on", "2024-05-01", "2024-06-30") in changes
    assert (MOE_DEAL, "amount", "4111.11", "5000") in changes
    load = desk.snapshot().loads[-1]
    assert (load.load_id, load.connector) == (made.load_id, "corrections")


def test_what_was_known_before_stays_as_it_was(desk: Desk) -> None:
    before = desk.everything()
    moment = desk.times[-1]
    fix(desk, LATER, MORE)
    assert desk.everything() != before
    assert desk.everything(moment) == before


def test_a_fix_happens_where_the_data_end_and_not_before(desk: Desk) -> None:
    reach = desk.snapshot().reaches
    assert reach is not None
    assert reach < desk.at.date()
    days = [date(2024, 2, 19), date(2024, 3, 1)]
    before = [standing(desk, "opportunity", day) for day in days]
    fix(desk, LATER, MORE)
    assert desk.snapshot().reaches == reach
    assert [standing(desk, "opportunity", day) for day in days] == before
    now = {row["opportunity_id"]: row["close_on"] for row in standing(desk, "opportunity", reach)}
    assert now[MAX_DEAL] == date(2024, 6, 30)


def test_undoing_restores_every_table_on_every_day(desk: Desk) -> None:
    reach = desk.snapshot().reaches
    assert reach is not None
    days = [date(2024, 1, 15), date(2024, 2, 20), reach, date(2025, 1, 1)]
    names = ("opportunity", "opportunity_change")
    before = [standing(desk, name, day) for name in names for day in days]
    stored = desk.everything()
    made = fix(desk, LATER, MORE, Wanted(MOE_DEAL, "owner_id", "R1"))
    undo(desk, made.fix_id)
    assert [standing(desk, name, day) for name in names for day in days] == before
    assert desk.everything() == stored
    assert became(desk, made.fix_id) == ["UNDONE"] * 3


def test_a_value_that_is_no_longer_the_one_seen_stops_all_of_it(desk: Desk) -> None:
    before = desk.everything()
    with pytest.raises(Conflict, match="MAXMARK open: expected close is 2024-05-01 now, not 2024"):
        fix(desk, replace(LATER, seen="2024-04-30"), MORE)
    assert desk.everything() == before
    assert not HygieneFix.objects.using(desk.workspace.database).exists()


def test_the_others_are_written_where_that_is_asked_for(desk: Desk) -> None:
    made = fix(desk, replace(LATER, seen="2024-04-30"), MORE, only_free=True)
    assert [plan.deal.opportunity_id for plan in made.plans] == [MOE_DEAL]
    assert len(made.left_out) == 1
    assert value(desk, MAX_DEAL, "close_on") == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted(MAX_DEAL, "close_on", "soon"), "'soon' is no day"),
        (Wanted(MAX_DEAL, "close_on", "2024-02-01"), "is over: the data reach to"),
        (Wanted(MAX_DEAL, "close_on", ""), "no value is given"),
        (Wanted(MAX_DEAL, "close_on", "2024-05-01"), "it is 2024-05-01 already"),
        (Wanted(MAX_DEAL, "amount", "-5"), "out of bounds"),
        (Wanted(MAX_DEAL, "amount", "1.005"), "finer than EUR is"),
        (Wanted(MAX_DEAL, "amount", "NaN"), "out of bounds"),
        (Wanted(MAX_DEAL, "stage", "Won"), "Won ends a deal"),
        (Wanted(MAX_DEAL, "stage", "Nowhere"), "there is no stage 'Nowhere'"),
        (Wanted(MAX_DEAL, "forecast_category", "closed"), "an open deal is not 'closed'"),
        (Wanted(MAX_DEAL, "owner_id", "R9"), "nobody deals can be given to"),
        (Wanted(MAX_DEAL, "created_at", "2024-01-01"), "no field that a fix writes"),
        (Wanted("BETAMARK-1", "amount", "5"), "BETAMARK won is won"),
        (Wanted("NOBODY", "amount", "5"), "there is no such deal"),
        (Wanted("NO\0BODY", "amount", "5"), "there is no such deal"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_written(
    still: Desk, wanted: Wanted, told: str
) -> None:
    with pytest.raises(BadInput) as refused:
        fix(still, wanted, MORE)
    assert told in "\n".join(map(str, refused.value.problems))


def test_a_reason_is_always_given(still: Desk) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        fix(still, LATER, why="  ")


def test_a_new_stage_brings_what_the_source_states_of_it(desk: Desk) -> None:
    stages = "stage,position,outcome,probability,forecast_category\n"
    stages += "Talks,1,open,0.5,pipeline\nOffer,2,open,0.8,commit\nWon,3,won,1,closed\n"
    deals = "opportunity_id,name,owner_id,stage,outcome,amount,currency,probability,"
    deals += "forecast_category,created_at\n"
    deals += "A,Full,R1,Talks,open,5,EUR,0.5,pipeline,2024-01-01\nB,Bare,R1,Talks,open,5,EUR,,,\n"
    teams_at(desk, stage__csv=stages, opportunity__csv=deals)
    made = fix(desk, Wanted("A", "stage", "Offer"), Wanted("B", "stage", "Offer"))
    lines = [(one.opportunity_id, one.field, one.new) for plan in made.plans for one in plan.lines]
    assert lines == [
        ("A", "stage", "Offer"),
        ("A", "forecast_category", "commit"),
        ("A", "probability", "0.8"),
        ("B", "stage", "Offer"),
    ]
    assert "forecast category: pipeline becomes commit" in made.plans[0].effects


@pytest.mark.parametrize(
    ("actor", "own", "others"), [(MAX, MAX_DEAL, MOE_DEAL), (MIA, MOE_DEAL, BEN_DEAL)]
)
def test_people_fix_the_deals_they_see_and_no_others(
    desk: Desk, actor: Actor, own: str, others: str
) -> None:
    made = fix(desk, Wanted(own, "amount", "77"), actor=actor)
    with pytest.raises(BadInput) as refused:
        fix(desk, Wanted(others, "amount", "77"), actor=actor)
    assert "there is no such deal, or none that you see" in str(refused.value.problems[0])
    strange = fix(desk, Wanted(others, "amount", "88"))
    with pytest.raises(Refusal, match="none of deals that you see"):
        undo(desk, strange.fix_id, actor)
    seen = fixes(actor=actor, workspace=desk.workspace)
    assert [one.fix.fix_id for one in seen] == [made.fix_id]
    assert one_fix(actor=actor, workspace=desk.workspace, fix_id=strange.fix_id) is None


@pytest.mark.parametrize("actor", [RAE, FAY])
def test_who_may_not_fix_may_not_even_ask(desk: Desk, actor: Actor) -> None:
    made = fix(desk, LATER)
    for ask in (
        lambda: fix(desk, MORE, actor=actor),
        lambda: undo(desk, made.fix_id, actor),
        lambda: preview(actor=actor, workspace=desk.workspace, wanted=[MORE]),
    ):
        with pytest.raises(NotAllowed, match=r"hygiene\.fix"):
            ask()


def test_a_fix_of_many_shows_each_only_their_deals_and_lets_them_undo_those(desk: Desk) -> None:
    made = fix(desk, LATER, Wanted(BEN_DEAL, "amount", "9"))
    assert [one.kept.line.opportunity_id for one in shown(desk, made.fix_id, MAX).lines] == [
        MAX_DEAL
    ]
    with pytest.raises(NotAllowed, match="deals that you do not see"):
        undo(desk, made.fix_id, MAX)
    undo(desk, made.fix_id, MAX, [MAX_DEAL])
    assert value(desk, MAX_DEAL, "close_on") == date(2024, 5, 1)
    assert str(value(desk, BEN_DEAL, "amount")) == "9.0000"
    undo(desk, made.fix_id)
    assert str(value(desk, BEN_DEAL, "amount")) == "7222.2200"


def test_a_rep_gives_no_deal_away_and_a_manager_only_to_their_people(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        fix(desk, Wanted(MAX_DEAL, "owner_id", "R2"), actor=MAX)
    assert "you may not give deals to others" in str(refused.value.problems[0])
    with pytest.raises(BadInput):
        fix(desk, Wanted(MAX_DEAL, "owner_id", "R3"), actor=MIA)
    made = fix(desk, Wanted(MAX_DEAL, "owner_id", "R2"), actor=MIA)
    assert made.plans[0].effects == ("it counts for Moe, no longer for Max",)


def test_undoing_is_refused_by_name_where_somebody_changed_it_since(desk: Desk) -> None:
    first = fix(desk, LATER, MORE)
    fix(desk, Wanted(MOE_DEAL, "amount", "6000"))
    before = desk.everything()
    with pytest.raises(Conflict, match=r"Nothing was undone. ALPHAMARK-2: amount is 6000 since"):
        undo(desk, first.fix_id)
    assert desk.everything() == before
    undo(desk, first.fix_id, deals=[MAX_DEAL])
    with pytest.raises(Conflict):
        undo(desk, first.fix_id)


def test_a_fix_is_undone_once(desk: Desk) -> None:
    made = fix(desk, LATER)
    undo(desk, made.fix_id)
    with pytest.raises(Refusal, match="undone already"):
        undo(desk, made.fix_id)
    with pytest.raises(Refusal, match="changed nothing of BETAMARK-2"):
        undo(desk, made.fix_id, deals=[BEN_DEAL])
    with pytest.raises(Refusal, match="no fix 99"):
        undo(desk, 99)


def test_undoing_keeps_what_else_was_fixed_since(desk: Desk) -> None:
    made = fix(desk, LATER)
    fix(desk, Wanted(MAX_DEAL, "amount", "6000"))
    undo(desk, made.fix_id)
    assert str(value(desk, MAX_DEAL, "amount")) == "6000.0000"
    assert value(desk, MAX_DEAL, "close_on") == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("close_on", "expected"),
    [("2024-05-01", "NOT_TAKEN_OVER"), ("2024-06-30", "TAKEN_OVER"), ("2024-07-15", "OVERTAKEN")],
)
def test_the_next_load_says_whether_the_source_took_it_over(
    desk: Desk, close_on: str, expected: str
) -> None:
    made = fix(desk, LATER)
    assert became(desk, made.fix_id) == ["WAITING"]
    deals = FILES["opportunity.csv"].replace(
        "EUR,2024-05-01,2024-01-20", f"EUR,{close_on},2024-01-20"
    )
    booked = FILES["payment.csv"].replace("2024-02-20", "2024-02-21")  # some news in any case
    teams_at(desk, opportunity__csv=deals, payment__csv=booked)
    assert became(desk, made.fix_id) == [expected]
    with pytest.raises(Conflict, match=r"Nothing was undone\. MAXMARK-1: expected close is"):
        undo(desk, made.fix_id)


def test_a_load_of_other_deals_says_nothing_of_a_fix(desk: Desk) -> None:
    made = fix(desk, LATER)
    header, *rows = FILES["opportunity.csv"].splitlines()
    other = [row.replace("4111.11", "4000") for row in rows if row.startswith("ALPHAMARK-2")]
    teams_at(desk, opportunity__csv="\n".join([header, *other]) + "\n")
    assert became(desk, made.fix_id) == ["WAITING"]


def test_taking_back_the_load_of_a_fix_undoes_it(desk: Desk) -> None:
    before = desk.everything()
    made = fix(desk, LATER)
    desk.undo(made.load_id)
    assert desk.everything() == before
    assert became(desk, made.fix_id) == ["UNDONE"]
    with pytest.raises(Conflict, match="was taken back"):
        undo(desk, made.fix_id)


def test_without_a_history_a_fix_writes_none(desks: Desks) -> None:
    desk = desks.new()
    desk.write(
        opportunity__csv="opportunity_id,outcome,amount,currency,created_at\nA,open,5,EUR,2024-01-01\n"
    )
    desk.load()
    stored = desk.everything()
    made = fix(desk, Wanted("A", "amount", "6"))
    assert not desk.snapshot().has("opportunity_change")
    undo(desk, made.fix_id)
    assert desk.everything() == stored


def test_each_write_has_its_entry_in_the_journal(desk: Desk) -> None:
    made = fix(desk, LATER, actor=MAX, why="They asked for June")
    undo(desk, made.fix_id, MAX)
    told = entries(actor=ANA, workspace=desk.workspace, limit=2)
    found = [(one.action, one.about, one.who) for one in told]
    about = f"fix:{made.fix_id}"
    assert found == [("hygiene.undo", about, "max"), ("hygiene.fix", about, "max")]


@pytest.mark.parametrize("dies_in", ["write_part", "publish_load", "add"])
def test_what_fails_half_way_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    before, files = desk.everything(), _files(desk)

    def die(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the machine stops here")

    where = {"write_part": keeping, "publish_load": correcting.store, "add": _fix_store()}[dies_in]
    with monkeypatch.context() as broken:
        broken.setattr(where, dies_in, die)
        with pytest.raises(RuntimeError, match="stops here"):
            fix(desk, LATER, MORE)
    assert desk.everything() == before
    assert _files(desk) == files
    assert not HygieneFixLine.objects.using(desk.workspace.database).exists()
    fix(desk, LATER, MORE)


def test_what_a_killed_fix_left_is_removed_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = desk.everything(), _files(desk)

    def stay(*args: object, **kwargs: object) -> None:
        """As if the process were gone: nobody tidies up."""

    class Killed(BaseException):
        pass

    def kill(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(correcting.store, "publish_load", kill)
        broken.setattr(correcting.store, "forget_load", stay)
        broken.setattr(keeping, "remove_load", stay)
        with pytest.raises(Killed):
            fix(desk, LATER)
    assert desk.everything() == before
    assert _files(desk) > files
    made = fix(desk, LATER)
    assert {path for path in _files(desk) - files if f"/{made.load_id}." not in path} == set()


def _files(desk: Desk) -> set[str]:
    facts = desk.workspace.facts
    return {str(path.relative_to(facts)) for path in facts.glob("*/*")}


def _fix_store() -> object:
    from wald.actions import hygiene_fixes

    return hygiene_fixes.store


def test_a_preview_says_what_would_change_and_writes_nothing(still: Desk) -> None:
    wanted: Sequence[Wanted] = [LATER, replace(MORE, seen="1"), Wanted("X", "amount", "1")]
    found = preview(actor=ANA, workspace=still.workspace, wanted=wanted)
    assert [(one.old, one.new) for plan in found.plans for one in plan.lines] == [
        ("2024-05-01", "2024-06-30")
    ]
    assert found.conflicts == ("ALPHAMARK open: amount is 4111.11 now, not 1",)
    assert found.missing == ("X",)


def test_a_day_in_another_quarter_says_where_the_deal_counts(still: Desk) -> None:
    wanted = [Wanted(MAX_DEAL, "close_on", "2024-07-01")]
    found = preview(actor=ANA, workspace=still.workspace, wanted=wanted)
    assert found.plans[0].effects == ("it leaves 2024-Q2 and counts in 2024-Q3",)
