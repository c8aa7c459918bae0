"""The roll-up of a small company: every figure by hand; who sees what; people who move."""

from datetime import date
from decimal import Decimal as D

import pytest

from tests.said_world import agreed, at, load, somebody
from tests.serving import workspace
from wald.kernel.problem import BadInput
from wald.queries.rollup import Line, RollUpPage, roll_up
from wald.queries.rollup_person import forecast_history
from wald.queries.rollup_rows import forecast_rows
from wald.queries.rollup_stage import AskedRollUp

NOW = at("2024-02-21")


pytestmark = pytest.mark.usefixtures("said_company", "undone")


def page_of(name: str, **asked: object) -> RollUpPage:
    ask = AskedRollUp(**{"period": "2024-Q1", **asked})  # type: ignore[arg-type]  # as fields are
    page = roll_up(actor=somebody(name), workspace=workspace(), ask=ask, at=NOW)
    assert page is not None
    return page


def lines_of(name: str, **asked: object) -> dict[str, Line]:
    return {line.node.person_id: line for line in page_of(name, **asked).lines}


def test_a_reps_figures_are_what_can_be_worked_out_by_hand() -> None:
    line = lines_of("max")["R1"]
    assert (line.total.quota, line.total.closed, line.gap) == (D(300), D(70), D(230))
    # Closed 70, commit 100 more, best case 200 more.
    told = {name: line.deals[name] for name in ("commit", "most_likely", "best_case", "pipeline")}
    assert told == {"commit": 170, "most_likely": 170, "best_case": 370, "pipeline": 370}
    assert line.calls["commit"].amount == 150
    assert line.ages == {"commit": 8}
    assert line.committed_gap == 150


def test_what_changed_since_a_number_was_said_is_told_with_its_deals() -> None:
    changed = lines_of("max")["R1"].changed
    assert changed is not None
    assert (changed.deals, changed.amount) == (frozenset({"D1"}), D(40))


def test_a_number_said_as_lead_stays_with_the_team() -> None:
    lines = lines_of("ana")
    call = lines["M1"].calls["commit"]
    assert (call.amount, call.former) == (D(260), "M0")
    assert lines["M1"].is_stale
    assert lines["M0"].node.has_left
    # What Olaf said counts once: for Alpha, by Mia's seat, beside Ben's 150.
    assert lines["L1"].total.called["commit"] == 260 + 150
    assert lines["L1"].total.silent["commit"] == 1  # Bea; Oda is asked for nothing


def test_as_of_a_day_the_hierarchy_and_what_was_said_are_those_of_then() -> None:
    lines = lines_of("ana", as_of=date(2024, 1, 25))
    assert lines["R1"].node.parent == "M0"
    assert lines["M1"].calls == {}  # a rep then, who had said nothing
    assert lines["M0"].calls["commit"].amount == 260
    assert lines["R1"].calls["commit"].amount == 120
    assert lines["R1"].deals["commit"] == 60  # as the deal stood then, and nothing booked


def test_amounts_are_converted_by_the_day_and_counted_where_no_rate_is_known() -> None:
    page = page_of("ana")
    lines = {line.node.person_id: line for line in page.lines}
    assert lines["R3"].calls["commit"].amount == 150
    assert lines["R3"].total.deals["commit"] == 200
    moe = lines["R2"].calls["commit"]
    assert moe.amount is None
    assert moe.said is not None
    assert (moe.said.given, moe.said.currency) == (D(40), "CHF")
    notes = " ".join(page.notes)
    for told in (
        "1 number said in a currency without a rate to EUR",
        "1 loaded number for other days",
        "1 open deal without an expected day",
        "1 open deal whose expected day was before 2024-Q1",
    ):
        assert told in notes


def test_the_total_holds_what_belongs_to_nobody() -> None:
    page = page_of("ana")
    assert page.nobody is not None
    assert page.nobody.deals == {"commit": 9}
    assert page.total is not None
    assert page.total.closed == 70
    assert page.total.quota == 900
    assert page.total.deals == {"commit": 100 + 200 + 9, "best_case": 200, "": 30}


def test_deals_in_no_category_are_named_with_the_cure() -> None:
    (problem,) = page_of("ana").problems
    assert "1 open deal in no forecast category" in problem.what
    assert "forecast_category" in problem.fix


def test_everybody_sees_those_whose_rows_they_see() -> None:
    assert set(lines_of("max")) == {"R1"}
    assert set(lines_of("mia")) == {"M1", "R1", "R2"}
    assert set(lines_of("bea")) == {"M2", "R3"}
    assert set(lines_of("lou")) == {"M2", "R3"}
    assert set(lines_of("lea")) == {"L1", "M0", "M1", "M2", "R1", "R2", "R3"}
    assert lines_of("una") == {}
    # Mia leads Alpha and sees what was said for it; she does not see Olaf.
    assert lines_of("mia")["M1"].calls["commit"].amount == 260
    assert page_of("mia").nobody is None
    assert page_of("mia").total is None


def test_who_may_say_and_override_what() -> None:
    lines = lines_of("mia")
    assert (lines["M1"].may_submit, lines["M1"].may_override) == (True, False)
    assert (lines["R1"].may_submit, lines["R1"].may_override) == (False, True)
    assert all(line.may_submit and line.may_override for line in lines_of("ana").values())
    assert not any(line.may_submit or line.may_override for line in lines_of("fin").values())
    assert not any(line.may_submit or line.may_override for line in lines_of("lou").values())


def test_a_part_is_a_person_a_team_or_a_region_with_all_below() -> None:
    assert set(lines_of("ana", unit="Beta")) == {"M2", "R3"}
    assert set(lines_of("ana", unit="North")) == {"M0", "M1", "R1", "R2"}
    only = lines_of("ana", unit="M1")
    assert set(only) == {"M1", "R1", "R2"}
    assert only["M1"].node.depth == 0
    with pytest.raises(BadInput, match="no such part"):
        page_of("max", unit="R3")


@pytest.mark.parametrize("text", ["2024-Q9", "soon", "2024-01", "2024", "2024-01-01..2024-02-01"])
def test_a_period_that_is_none_is_named(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        page_of("ana", period=text)
    assert [problem.where for problem in refusal.value.problems] == ["period"]


def test_without_a_period_it_is_the_one_the_data_reach_into() -> None:
    assert page_of("ana", period="").period.label == "2024-Q1"


def test_rows_add_up_to_every_number_of_every_line() -> None:
    for name in ("ana", "lea", "mia", "max"):
        for person, line in lines_of(name).items():
            for what in ("closed", "commit", "best_case", "pipeline"):
                found = forecast_rows(
                    actor=somebody(name), workspace=workspace(), person_id=person, what=what,
                    ask=AskedRollUp("2024-Q1"), at=NOW,
                )  # fmt: skip
                assert found is not None
                number = line.total.closed if what == "closed" else line.deals[what]
                assert found.amount == number, (name, person, what)
                assert sum(row.amount or 0 for row in found.rows) == number


def test_rows_of_what_nobody_owns_and_of_no_category() -> None:
    def rows(name: str, person: str, what: str) -> list[str] | None:
        found = forecast_rows(
            actor=somebody(name), workspace=workspace(), person_id=person, what=what,
            ask=AskedRollUp("2024-Q1"), at=NOW,
        )  # fmt: skip
        return None if found is None else [row.key for row in found.rows]

    assert rows("ana", "nobody", "commit") == ["D6"]
    assert rows("ana", "R2", "none") == ["D4"]
    assert rows("max", "R2", "closed") is None
    assert rows("max", "nobody", "closed") is None
    with pytest.raises(BadInput, match="no such rows"):
        rows("ana", "R2", "everything")


def test_a_history_holds_every_number_newest_first() -> None:
    found = forecast_history(
        actor=somebody("max"), workspace=workspace(), person_id="R1",
        ask=AskedRollUp("2024-Q1"), at=NOW,
    )  # fmt: skip
    assert found is not None
    assert [one.said.key for one in found.entries] == ["loaded:F1", "loaded:F0"]
    assert [one.stands for one in found.entries] == [True, False]
    alpha = forecast_history(
        actor=somebody("mia"), workspace=workspace(), person_id="M1",
        ask=AskedRollUp("2024-Q1"), at=NOW,
    )  # fmt: skip
    assert alpha is not None
    assert [(one.by, one.team, one.is_former) for one in alpha.entries] == [("Olaf", "Alpha", True)]
    assert forecast_history(
        actor=somebody("max"), workspace=workspace(), person_id="R3",
        ask=AskedRollUp("2024-Q1"), at=NOW,
    ) is None  # fmt: skip


def test_a_calendar_decides_categories_and_how_deals_roll_up() -> None:
    agreed()
    page = page_of("ana")
    assert [one.value for one in page.categories] == ["commit", "best_case"]
    assert page.calendars.label == "company"


def test_a_hole_and_a_ring_in_the_hierarchy_are_named_and_all_is_still_there(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    before = page_of("ana").total
    people = """\
person_id,valid_from,name,manager_id,team,region,role,left_on
M2,1900-01-01,Bea,GONE,Beta,South,manager,
L1,1900-01-01,Lea,M1,,,leader,
"""
    load(tmp_path_factory.mktemp("odd"), NOW, {"person.csv": people})
    page = page_of("ana")
    told = " ".join(str(one) for one in page.problems)
    assert "reports to GONE" in told
    assert "report to one another" in told
    assert page.total is not None
    assert before is not None
    assert (page.total.closed, page.total.quota, page.total.deals) == (
        before.closed,
        before.quota,
        before.deals,
    )
