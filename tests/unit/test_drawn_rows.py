"""Rows of lists are drawn once for equal values: what differs must show, for whoever looks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.unit.test_knowledge_stores import AT, DECIDED, FROZEN, NOTICED, READ
from wald.insights.insight import Effect, Status
from wald.kernel.unit import Unit
from wald.memory.decision import Outcome
from wald.records.stores.case_lists import CaseLine
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.insights import KeptInsight
from wald.web.templatetags.cases import case_row
from wald.web.templatetags.knowledge import decision_row, insight_row

NOW = datetime(2024, 5, 3, 16, tzinfo=UTC)
CASE = CaseLine(
    case_id=7,
    kind="task",
    title="Discount <b>for</b> Acme",
    state="open",
    is_open=True,
    opened_at=NOW,
    opened_by="max",
    assignee="",
    queue="finance",
    unit="",
    person_id="",
    due_at=NOW,
    closed_at=None,
    moved_at=NOW,
    version=1,
)
INSIGHT = KeptInsight(3, NOTICED, Status.NEW, AT, AT, 1, "ana", 1)
DECISION = KeptDecision(5, DECIDED, "ana", AT, FROZEN, None, None)


def test_a_case_is_late_from_its_due_time_on_while_it_is_open() -> None:
    later = NOW + timedelta(seconds=1)
    assert "overdue" not in case_row(CASE, True, NOW)
    assert "overdue" in case_row(CASE, True, later)
    assert "overdue" not in case_row(replace(CASE, is_open=False), True, later)
    assert "overdue" not in case_row(replace(CASE, due_at=None), True, later)


def test_only_who_works_on_cases_has_boxes_and_titles_are_escaped() -> None:
    assert 'type="checkbox"' in case_row(CASE, True, NOW)
    assert 'type="checkbox"' not in case_row(CASE, False, NOW)
    assert "Discount &lt;b&gt;for&lt;/b&gt; Acme" in case_row(CASE, False, NOW)


def test_what_changed_of_a_case_shows() -> None:
    changes = ({"assignee": "fin"}, {"asked": ("mia",)}, {"state": "done"}, {"version": 2})
    rows = {case_row(replace(CASE, **change), True, NOW) for change in changes}
    assert len(rows | {case_row(CASE, True, NOW)}) == len(changes) + 1


def test_what_changed_of_an_insight_shows() -> None:
    size = Effect(None, Decimal(3), None, Unit.DAYS)
    rows = {
        insight_row(one)
        for one in (
            INSIGHT,
            replace(INSIGHT, status=Status.DISMISSED),
            replace(INSIGHT, times_seen=2),
            replace(INSIGHT, last_seen_at=AT + timedelta(days=1)),
            replace(INSIGHT, insight=replace(NOTICED, effect=size)),
            replace(INSIGHT, insight=replace(NOTICED, source="person")),
        )
    }
    assert len(rows) == 6


def test_what_came_of_a_decision_shows() -> None:
    came = Outcome(AT, READ, Decimal("0.1"), True, "", False, None, None)
    outcomes = (None, came, replace(came, has_come=False), replace(came, change=Decimal("0.2")))
    rows = {decision_row(replace(DECISION, outcome=one)) for one in outcomes}
    rows.add(decision_row(replace(DECISION, superseded_by=9)))
    assert len(rows) == 5
