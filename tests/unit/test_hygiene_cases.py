"""Findings become cases that end when a load shows the fix, and open again when they come back."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.fixing import ANA, MAX, MAX_DEAL, MIA, MOE_DEAL, RAE, Teams, became, fix, teams_at, undo
from tests.ingesting import Desk
from tests.two_teams import FILES, PEOPLE
from wald.actions.case_moves import move_case
from wald.actions.hygiene_cases import Kept, Opened, keep_cases, open_cases
from wald.actions.hygiene_settling import settle_fixes
from wald.actions.work.job import Run
from wald.actions.work.kinds.hygiene_cases import JOB
from wald.actions.work.schedule import WALD
from wald.cases.fold import Case
from wald.heart.deal_fix import Wanted
from wald.heart.finding_case import Stand
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, NotAllowed
from wald.queries.hygiene import HygieneAsk
from wald.records.models import Case as CaseRow
from wald.records.stores import cases as case_store
from wald.records.stores.users import create_user

# As of 2024-03-05 the days of Max's and Ben's deals are over.
PAST = FILES["opportunity.csv"].replace("EUR,2024-05-01", "EUR,2024-02-25")
MINE = HygieneAsk(rule="close_date_past", deal=MAX_DEAL)
ALL_PAST = HygieneAsk(rule="close_date_past")


def source(desk: Desk, close_on: str, *, paid: str = "2024-02-21") -> None:
    """Load the deals again with another day for Max's, and something else that is new."""
    deals = PAST.replace("EUR,2024-02-25,2024-01-20", f"EUR,{close_on},2024-01-20")
    paid = FILES["payment.csv"].replace("2024-02-20", paid)
    teams_at(desk, opportunity__csv=deals, payment__csv=paid)


@pytest.fixture(scope="module")
def teams(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Teams]:
    with django_db_blocker.unblock():
        yield Teams(tmp_path_factory.mktemp("teams"), opportunity__csv=PAST)


@pytest.fixture
def desk(teams: Teams) -> Iterator[Desk]:
    made = teams.new()
    for name, role, person_id, unit in PEOPLE:
        database = made.workspace.database
        create_user(name, None, role, database=database, person_id=person_id, unit=unit)
    yield made
    teams.drop(made)


def opened(
    desk: Desk, ask: HygieneAsk = MINE, actor: Actor = ANA, *, dry_run: bool = False
) -> Opened:
    return open_cases(
        actor=actor, workspace=desk.workspace, ask=ask, at=desk.tick(), dry_run=dry_run
    )


def kept(desk: Desk) -> Kept:
    """Do what the job does after a load."""
    settle_fixes(actor=ANA, workspace=desk.workspace, at=desk.tick())
    return keep_cases(actor=ANA, workspace=desk.workspace, at=desk.tick())


def case(desk: Desk, case_id: int) -> Case:
    found = case_store.load(case_id, database=desk.workspace.database)
    assert found is not None
    return found


def move(desk: Desk, case_id: int, to: str, **said: str) -> None:
    move_case(actor=ANA, workspace=desk.workspace, case_id=case_id, move=to, at=desk.tick(), **said)


def said(desk: Desk, case_id: int) -> list[str]:
    events = case_store.events(case_id, database=desk.workspace.database)
    return [one.text("text") or one.text("reason") or one.text("outcome") for one in events[1:]]


def test_a_finding_becomes_a_case_of_the_owner_of_the_deal(desk: Desk) -> None:
    [number] = opened(desk).cases
    found = case(desk, number)
    assert (found.kind, found.assignee, found.person_id) == ("data_fix", "max", "R1")
    assert found.links == (f"opportunity:{MAX_DEAL}",)
    assert found.details["rule"] == "close_date_past"
    assert found.details["rests on"] == "expected close 2024-02-25"


def test_the_same_finding_twice_is_one_case(desk: Desk) -> None:
    first = opened(desk)
    again = opened(desk)
    assert (first.new, again.new, again.others) == (1, 0, {Stand.OPEN: 1})
    assert CaseRow.objects.using(desk.workspace.database).count() == 1


def test_many_at_once_and_only_of_deals_that_are_seen(desk: Desk) -> None:
    assert opened(desk, ALL_PAST, dry_run=True).new == 3
    assert not CaseRow.objects.using(desk.workspace.database).exists()
    assert opened(desk, ALL_PAST, MAX).new == 1  # of their own
    assert opened(desk, ALL_PAST, MIA).new == 0  # Max's alone, which has one
    assert opened(desk, ALL_PAST, ANA).new == 2  # Ben's, and the one of nobody


def test_a_deal_of_nobody_waits_in_the_queue(desk: Desk) -> None:
    [number] = opened(desk, HygieneAsk(rule="close_date_past", deal="ORPHANMARK-1")).cases
    assert case(desk, number).assignee == ""
    assert case(desk, number).queue == "sales_operations"


def test_who_only_reads_opens_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        opened(desk, ALL_PAST, RAE)
    with pytest.raises(BadInput):
        opened(desk, HygieneAsk(rule="nonsense"))


def test_a_case_ends_itself_when_a_load_brings_the_fix(desk: Desk) -> None:
    [number] = opened(desk).cases
    assert kept(desk) == Kept((), ())
    source(desk, "2024-06-30")
    assert kept(desk) == Kept((number,), ())
    found = case(desk, number)
    assert found.state == "fixed"
    load = desk.snapshot().loads[-1].load_id
    assert found.outcome == (
        f"Load {load} of 01 Jun 2024 shows that it is fixed: it had expected close 2024-02-25; "
        "now it has expected close 2024-06-30."
    )
    assert kept(desk) == Kept((), ())


def test_a_case_ends_when_its_deal_is_over(desk: Desk) -> None:
    [number] = opened(desk).cases
    deals = PAST.replace(
        "A1,R1,P1,Talks,open,5444.44,EUR,2024-02-25,2024-01-20 09:00:00,",
        "A1,R1,P1,Lost,lost,5444.44,EUR,2024-02-25,2024-01-20 09:00:00,2024-03-01",
    )
    teams_at(desk, opportunity__csv=deals)
    assert kept(desk).ended == (number,)
    assert "no longer open" in case(desk, number).outcome


def test_what_comes_again_opens_the_same_case_with_the_reason(desk: Desk) -> None:
    [number] = opened(desk).cases
    source(desk, "2024-06-30")
    kept(desk)
    source(desk, "2024-02-25", paid="2024-02-22")
    assert kept(desk) == Kept((), (number,))
    found = case(desk, number)
    assert found.is_open
    assert found.reason.startswith("Load 3 of 01 Jun 2024 shows it again: ")
    assert CaseRow.objects.using(desk.workspace.database).count() == 1


def test_what_somebody_calls_fixed_waits_for_the_next_load(desk: Desk) -> None:
    [number] = opened(desk).cases
    move(desk, number, "fix", outcome="Put right at the source")
    assert kept(desk) == Kept((), ())
    assert opened(desk).others == {Stand.WAITS: 1}
    source(desk, "2024-02-25")
    assert kept(desk) == Kept((), (number,))


def test_what_was_left_stays_left_until_its_facts_change(desk: Desk) -> None:
    [number] = opened(desk).cases
    move(desk, number, "leave", reason="The customer signs when the budget is there")
    source(desk, "2024-02-25")
    assert kept(desk) == Kept((), ())
    assert opened(desk).others == {Stand.LEFT: 1}
    source(desk, "2024-02-26", paid="2024-02-22")
    assert kept(desk) == Kept((), (number,))
    assert case(desk, number).reason.startswith(
        "It was left with expected close 2024-02-25; now it has expected close 2024-02-26: "
    )


def test_what_was_left_and_went_comes_back_as_new(desk: Desk) -> None:
    [number] = opened(desk).cases
    move(desk, number, "leave", reason="Never mind")
    source(desk, "2024-06-30")
    assert kept(desk) == Kept((), ())
    source(desk, "2024-02-25", paid="2024-02-22")
    assert kept(desk) == Kept((), (number,))


def test_a_fix_here_begins_the_work_and_the_source_ends_it(desk: Desk) -> None:
    [number] = opened(desk).cases
    made = fix(desk, Wanted(MAX_DEAL, "close_on", "2024-06-30", rule="close_date_past"), actor=MAX)
    assert case(desk, number).state == "in_work"
    assert said(desk, number) == ["max wrote fix 1, which waits for the source: agreed"]
    assert kept(desk) == Kept((), ())
    source(desk, "2024-06-30")
    assert became(desk, made.fix_id) == ["TAKEN_OVER"]
    assert kept(desk) == Kept((number,), ())


def test_a_fix_that_the_source_does_not_take_over_is_said_once(desk: Desk) -> None:
    [number] = opened(desk).cases
    made = fix(desk, Wanted(MAX_DEAL, "close_on", "2024-06-30"))
    source(desk, "2024-02-25")
    assert became(desk, made.fix_id) == ["NOT_TAKEN_OVER"]
    kept(desk)
    kept(desk)
    assert said(desk, number)[1:] == [
        "Fix 1 was not taken over at the source: load 3 brings expected close 2024-02-25 again, "
        "not 2024-06-30."
    ]
    assert case(desk, number).is_open


def test_undoing_a_fix_says_so_on_the_case(desk: Desk) -> None:
    [number] = opened(desk).cases
    made = fix(desk, Wanted(MAX_DEAL, "close_on", "2024-06-30"))
    undo(desk, made.fix_id)
    assert said(desk, number)[-1] == "ana undid fix 1."
    assert kept(desk) == Kept((), ())


def test_a_change_that_the_source_tells_too_counts_once(desk: Desk) -> None:
    before = desk.rows("opportunity_change", "change_id")
    fix(desk, Wanted(MAX_DEAL, "close_on", "2024-06-30"))
    assert len(desk.rows("opportunity_change", "change_id")) == len(before) + 1
    moment = desk.times[-1]
    told = f"SOURCE-C,{MAX_DEAL},close_on,2024-02-25,2024-06-30,2024-03-06 09:00:00,R1\n"
    deals = PAST.replace("EUR,2024-02-25,2024-01-20", "EUR,2024-06-30,2024-01-20")
    teams_at(
        desk,
        opportunity__csv=deals,
        opportunity_change__csv=FILES["opportunity_change.csv"] + told,
    )
    kept(desk)
    found = [row[0] for row in desk.rows("opportunity_change", "change_id")]
    assert sorted(found) == sorted([*(str(row[0]) for row in before), "SOURCE-C"])
    assert len(desk.rows("opportunity_change", "change_id", moment)) == len(before) + 1


def test_the_change_of_a_fix_steps_back_where_the_source_says_otherwise(desk: Desk) -> None:
    before = desk.rows("opportunity_change", "change_id")
    fix(desk, Wanted(MAX_DEAL, "close_on", "2024-06-30"), Wanted(MOE_DEAL, "amount", "9"))
    source(desk, "2024-02-25")
    kept(desk)
    assert desk.rows("opportunity_change", "change_id") == before


def test_the_job_settles_fixes_and_keeps_cases_and_finds_nothing_the_second_time(
    desk: Desk,
) -> None:
    [number] = opened(desk).cases
    fix(desk, Wanted(MAX_DEAL, "close_on", "2024-06-30"))
    source(desk, "2024-06-30")
    told = [_done(desk), _done(desk)]
    assert told == [[{}, {"ended": [number], "again": []}], [{}, {"ended": [], "again": []}]]


def _done(desk: Desk) -> list[object]:
    """Do every step of the job, as a worker does."""
    run = Run(1, WALD, desk.workspace, desk.tick(), {}, {}, lambda step, done, total: None)
    return [step.run(run) for step in JOB.steps]


def test_the_job_is_wanted_after_a_load_and_only_with_something_to_keep(desk: Desk) -> None:
    assert JOB.wanted is not None
    assert not JOB.wanted(desk.workspace, desk.at)
    opened(desk)
    assert JOB.wanted(desk.workspace, desk.at)
