"""Saying a number and overriding one: who may, what is kept, what is refused and how."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal as D

import pytest

from tests.said_world import agreed, at, somebody
from tests.serving import workspace
from wald.actions.forecast import Made, NewOverride, NewSubmission, override, submit
from wald.actions.forecast_checks import read_amount
from wald.actions.forecast_reminders import remind_forecasts
from wald.actions.work.kinds.remind_forecasts import JOB
from wald.heart.rollup import Call
from wald.kernel.actor import everything
from wald.kernel.problem import BadInput, NotAllowed, Refusal, Stale
from wald.queries.rollup_person import overrides
from wald.queries.rollup_stage import AskedRollUp, stage_of, standing_calls
from wald.records import models
from wald.records.stores import cases

NOW = at("2024-02-21")
AFTER = at("2024-04-02")  # the quarter is over


pytestmark = pytest.mark.usefixtures("said_company", "undone")


def say(
    name: str,
    amounts: Mapping[str, str] | str,
    *,
    person: str = "",
    note: str = "",
    seen: int | None = None,
    moment: datetime = NOW,
    period: str = "2024-Q1",
    currency: str = "",
) -> Made:
    told = {"commit": amounts} if isinstance(amounts, str) else amounts
    new = NewSubmission(period, told, currency, note, person, seen)
    return submit(actor=somebody(name), workspace=workspace(), new=new, at=moment)


def put(
    name: str,
    person: str,
    amount: str,
    *,
    reason: str = "It slips",
    seen: int | None = None,
    moment: datetime = NOW,
) -> Made:
    new = NewOverride(person, "2024-Q1", "commit", amount, reason, "", seen)
    return override(actor=somebody(name), workspace=workspace(), new=new, at=moment)


def stands(person: str, name: str = "ana") -> Call:
    stage = stage_of(
        actor=somebody(name), workspace=workspace(), ask=AskedRollUp("2024-Q1"), at=NOW
    )
    assert stage is not None
    return standing_calls(stage)[person].get("commit", Call())


def test_a_rep_says_their_number_and_it_stands() -> None:
    made = say("max", {"commit": "180", "best_case": "1,250.50"})
    assert made.is_new
    assert made.version == 2
    call = stands("R1")
    assert call.amount == 180
    assert call.said is not None
    assert (call.said.by, call.said.seat) == ("max", "person:R1")


def test_everything_said_has_its_entry_in_the_journal_and_nothing_is_changed() -> None:
    say("max", "180")
    say("max", "190", note="One more")
    rows = models.ForecastEntry.objects.order_by("pk").values_list("number", "amount", "note")
    assert list(rows) == [(1, "180", ""), (2, "190", "One more")]
    actions = models.JournalEntry.objects.filter(action="forecast.submit").count()
    assert actions == 2


def test_an_override_keeps_both_numbers_and_who_from_what_to_what_when() -> None:
    say("max", "180")
    put("mia", "R1", "160")
    call = stands("R1")
    assert call.said is not None
    assert call.override is not None
    assert (call.said.given, call.override.given, call.amount) == (D(180), D(160), D(160))
    (one,) = overrides(
        actor=somebody("lea"), workspace=workspace(), ask=AskedRollUp("2024-Q1"), at=NOW
    )
    assert (one.by, one.said.replaced, one.said.given, one.said.said_at) == (
        "Mia",
        D(180),
        D(160),
        NOW,
    )
    assert one.said.replaced_key == call.said.key


def test_an_override_of_a_loaded_number_says_which() -> None:
    put("mia", "R1", "140")
    call = stands("R1")
    assert call.override is not None
    assert (call.override.replaced_key, call.override.replaced) == ("loaded:F1", D(150))


def test_a_number_loaded_and_said_here_on_one_day_is_told_once() -> None:
    """F1 says 150 of Max on 2024-02-12; a copy of it is none, another number of the day is one."""
    say("max", "150", moment=at("2024-02-12 15:00"))
    call = stands("R1")
    assert call.said is not None
    assert (call.said.by, call.amount) == ("max", 150)
    assert len(told_of_max()) == 2  # with F0
    say("max", "151", moment=at("2024-02-12 16:00"))
    assert len(told_of_max()) == 3


def told_of_max() -> list[D | None]:
    stage = stage_of(
        actor=somebody("ana"), workspace=workspace(), ask=AskedRollUp("2024-Q1"), at=NOW
    )
    assert stage is not None
    return [one.amount for one in stage.history.entries if one.person_id == "R1"]


def test_an_override_stands_until_it_is_taken_back_and_a_newer_number_is_told() -> None:
    put("mia", "R1", "160")
    say("max", "200", moment=at("2024-02-21 14:00"))
    call = stands("R1")
    assert call.amount == 160
    assert call.changed_since
    put("mia", "R1", "", reason="Max is right", moment=at("2024-02-21 15:00"))
    assert stands("R1").amount == 200
    with pytest.raises(BadInput, match="cannot be overridden"):
        put("mia", "R1", "", reason="again", moment=at("2024-02-21 16:00"))


def test_a_leader_overrides_the_number_of_a_team() -> None:
    put("lea", "M1", "240")
    call = stands("M1")
    assert call.said is not None
    assert (call.said.given, call.amount) == (D(260), D(240))  # Olaf's, as lead of Alpha


@pytest.mark.parametrize(
    ("name", "person", "kind"),
    [
        ("fin", "R1", NotAllowed),  # reads alone
        ("rae", "R1", NotAllowed),
        ("lou", "R3", NotAllowed),
        ("max", "R1", NotAllowed),  # nobody overrides their own
        ("max", "R2", BadInput),  # whom he does not see
        ("bea", "R1", BadInput),
        ("una", "R1", BadInput),
    ],
)
def test_only_those_above_and_sales_operations_override(
    name: str, person: str, kind: type[Refusal]
) -> None:
    with pytest.raises(kind):
        put(name, person, "1")
    assert not models.ForecastEntry.objects.exists()


def test_nobody_submits_for_somebody_else_but_sales_operations_with_a_reason() -> None:
    with pytest.raises(NotAllowed, match="theirs to say"):
        say("mia", "180", person="R1")
    with pytest.raises(BadInput) as refusal:
        say("ana", "180", person="R1")
    assert [problem.where for problem in refusal.value.problems] == ["note"]
    say("ana", "180", person="R1", note="By phone")
    call = stands("R1")
    assert call.said is not None
    assert (call.said.by, call.said.note) == ("ana", "By phone")
    notice = models.Notice.objects.get(name="max")
    assert "ana submitted your commit for 2024-Q1" in notice.title


@pytest.mark.parametrize(
    ("name", "person", "where"),
    [("una", "", "person"), ("ana", "NOBODY", "person"), ("ana", "M0", "person")],
)
def test_a_person_who_is_nobody_or_has_left_is_named(name: str, person: str, where: str) -> None:
    with pytest.raises(BadInput) as refusal:
        say(name, "1", person=person, note="why")
    assert [problem.where for problem in refusal.value.problems] == [where]


@pytest.mark.parametrize(
    ("amounts", "where"),
    [
        ({"commit": "much"}, "commit"),
        ({"commit": "NaN"}, "commit"),
        ({"commit": "1e30"}, "commit"),
        ({"commit": "0.001"}, "commit"),
        ({"upside": "1"}, "upside"),
        ({"commit": " "}, "commit"),
        ({}, "commit"),
        ({"commit": "-5"}, "note"),  # below zero takes a reason
    ],
)
def test_bad_amounts_are_named(amounts: Mapping[str, str], where: str) -> None:
    with pytest.raises(BadInput) as refusal:
        say("max", amounts)
    assert [problem.where for problem in refusal.value.problems] == [where]


def test_below_zero_is_said_with_a_reason() -> None:
    say("max", "-5", note="A cancellation comes")
    assert stands("R1").amount == -5


def test_amounts_may_have_their_thousands_parted() -> None:
    assert read_amount("1,250.50") == read_amount("1 250.50") == read_amount("1250.50")
    assert read_amount("1,25") is None


def test_who_wrote_on_an_older_version_is_told_what_changed() -> None:
    say("max", "180", seen=0)
    put("mia", "R1", "160", seen=1)
    with pytest.raises(Stale) as refusal:
        say("max", "190", seen=1)
    assert refusal.value.changed == (
        "Commit: mia put in its place 160 EUR on 2024-02-21 12:00 UTC",
    )
    assert say("max", "190", seen=2).version == 3


def test_the_same_form_sent_twice_is_written_once() -> None:
    first = say("max", "180", seen=0)
    again = say("max", "180", seen=0, moment=at("2024-02-21 13:00"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.entries == first.entries
    assert models.ForecastEntry.objects.count() == 1


def test_in_another_currency_it_is_converted_by_the_rate_of_the_day() -> None:
    say("max", "180", currency="USD")
    call = stands("R1")
    assert call.said is not None
    assert (call.amount, call.said.given, call.said.currency) == (D(90), D(180), "USD")
    with pytest.raises(BadInput):
        say("max", "180", currency="DOLLARS")


def test_after_the_end_only_a_leader_or_operations_write_with_a_reason() -> None:
    with pytest.raises(NotAllowed, match="is over"):
        say("max", "180", moment=AFTER)
    with pytest.raises(NotAllowed, match="is over"):
        put("mia", "R1", "1", moment=AFTER)
    with pytest.raises(BadInput) as refusal:
        say("lea", "500", moment=AFTER)
    assert [problem.where for problem in refusal.value.problems] == ["note"]
    made = say("lea", "500", note="The board asked", moment=AFTER)
    assert made.entries[0].is_late


def test_a_period_far_ahead_is_not_open_yet() -> None:
    with pytest.raises(Refusal, match="opens on 2024-05-31"):
        say("max", "1", period="2024-Q3")


def test_a_lock_week_locks_from_its_deadline_to_its_end() -> None:
    agreed()  # week 8 of the quarter: 19 to 25 February, Monday 12:00
    with pytest.raises(NotAllowed, match="locked until 2024-02-26 00:00"):
        say("max", "180", moment=at("2024-02-21"))
    say("max", "180", moment=at("2024-02-19 11:00"))
    say("max", "180", moment=at("2024-02-26 01:00"))
    late = say("ana", "170", person="R1", note="Known late", moment=at("2024-02-21"))
    assert late.entries[0].is_late


def test_who_is_silent_before_a_deadline_gets_a_task_that_their_number_ends() -> None:
    agreed()
    wald, moment = everything("wald"), at("2024-02-25 13:00")  # a Sunday; due Monday at 12:00
    assert remind_forecasts(actor=wald, workspace=workspace(), at=at("2024-02-24")).cases == ()
    found = remind_forecasts(actor=wald, workspace=workspace(), at=moment)
    asked = set(models.Case.objects.filter(pk__in=found.cases).values_list("assignee", flat=True))
    assert asked == {"lea", "mia", "bea", "max", "moe"}
    assert found.without_account == 1  # Ben
    again = remind_forecasts(actor=wald, workspace=workspace(), at=moment)
    assert again.cases == ()
    assert models.Notice.objects.filter(name="max").count() == 1
    say("ana", "1", person="M2", note="away", moment=at("2024-02-26 01:00"))
    say("max", "180", moment=at("2024-02-26 01:00"))
    open_now = set(models.Case.objects.filter(is_open=True).values_list("assignee", flat=True))
    assert "max" not in open_now
    mark = "forecast:2024-01-01:R2"
    assert cases.open_with(mark, database=workspace().database) is not None


def test_without_a_calendar_nobody_is_asked() -> None:
    wald = everything("wald")
    found = remind_forecasts(actor=wald, workspace=workspace(), at=at("2024-02-25 13:00"))
    assert (found.cases, found.without_account) == ((), 0)


def test_reminders_run_every_hour_under_the_name_remind_forecasts() -> None:
    assert (JOB.key, JOB.every_minutes) == ("remind_forecasts", 60)
