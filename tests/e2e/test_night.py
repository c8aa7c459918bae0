"""A night from the job to its page: what fell is found, known again tomorrow, and then gone.

Everywhere it is about the company of `tests/night_world.py`: North wins less, the others do not.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.night_world import DAY, write_falling
from tests.serving import ANA, served, signed, workspace
from wald.actions.insights import move_insight
from wald.actions.notice import Noticed, notice
from wald.actions.work.job import Run
from wald.actions.work.kinds.notice import JOB
from wald.insights.insight import Status
from wald.kernel.actor import Actor, everything
from wald.kernel.problem import BadInput, NotAllowed
from wald.queries.insights import find_insight, insight_page
from wald.queries.night import looked
from wald.queries.sales_process import staged_view

AT = datetime(2026, 6, 27, 5, tzinfo=UTC)
OPERATOR = everything("ops")


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    folder = write_falling(tmp_path_factory.mktemp("night"))
    with served(folder, django_db_blocker, AT - timedelta(hours=6)):
        yield


def _notice(at: datetime = AT, days_back: int = 0) -> Noticed:
    day = DAY - timedelta(days=days_back)
    made = notice(actor=OPERATOR, workspace=workspace(), at=at, day=day)
    assert made is not None
    return made


@pytest.mark.usefixtures("undone")
def test_finds_what_fell_and_nothing_else() -> None:
    made = _notice()
    ((finding, number),) = made.insights
    assert (finding.detector.key, finding.look.subject) == ("win_rate_shift", "region:North")
    page = insight_page(actor=ANA, workspace=workspace(), insight_id=number)
    assert page is not None
    told = page.kept.insight
    # 54 of 60 instead of 30 are lost: 24 deals of 1,000 in the slot.
    assert told.effect.estimate is not None
    assert -27_000 < told.effect.estimate < -21_000
    assert told.question.where == "region = 'North'"
    assert page.rows.total == 60  # the deals closed in the slot, in North
    chart = told.evidence["chart"]
    assert isinstance(chart, dict)
    assert chart["points"][-1][1] == 0.1


@pytest.mark.usefixtures("undone")
def test_the_same_finding_again_is_the_same_insight() -> None:
    first, again = _notice(), _notice(AT + timedelta(days=1))
    assert [number for _, number in first.insights] == [number for _, number in again.insights]
    assert len(first.new) == 1
    assert again.new == again.gone == ()
    kept = find_insight(actor=ANA, workspace=workspace(), insight_id=first.new[0])
    assert kept is not None
    assert kept.times_seen == 2


@pytest.mark.usefixtures("undone")
def test_what_is_not_found_again_is_gone_unless_somebody_has_decided() -> None:
    ((_, number),) = _notice().insights
    # Half a year earlier nothing had happened.
    assert _notice(AT + timedelta(days=1), days_back=182).gone == (number,)
    kept = find_insight(actor=ANA, workspace=workspace(), insight_id=number)
    assert kept is not None
    assert kept.status is Status.GONE
    assert _notice(AT + timedelta(days=2)).new == (number,)  # it came back
    move_insight(actor=ANA, workspace=workspace(), insight_id=number, status=Status.DECIDED, at=AT)
    assert _notice(AT + timedelta(days=3), days_back=182).gone == ()


@pytest.mark.usefixtures("undone")
def test_a_look_without_keeping_writes_nothing() -> None:
    seen = staged_view(actor=ANA, workspace=workspace())
    found = looked(seen, day=DAY)
    assert found is not None
    assert len(found.judged.findings) == 1
    assert signed("ana").get("/api/v1/night").status_code == 404


def test_a_detector_that_there_is_not_is_named_with_the_nearest() -> None:
    seen = staged_view(actor=ANA, workspace=workspace())
    with pytest.raises(BadInput) as caught:
        looked(seen, only=("win_rate_shit",))
    assert caught.value.problems[0].fix == "did you mean win_rate_shift?"


def test_who_may_only_read_starts_no_night() -> None:
    reader = Actor("rae", frozenset({"facts.read", "insights.read"}))
    with pytest.raises(NotAllowed):
        notice(actor=reader, workspace=workspace(), at=AT)


@pytest.mark.usefixtures("undone")
def test_the_page_shows_what_was_looked_at_and_who_was_silent() -> None:
    _notice()
    told = text_of(visitor("rae").get("/insights/night/"))
    assert "North: 10 % of the deals that closed in 13 weeks were won, 50 % before" in told
    assert "Win rate shift" in told
    assert "no rows of opportunity_change" in told  # deal velocity cannot look


@pytest.mark.usefixtures("undone")
def test_the_night_is_read_over_the_api() -> None:
    _notice()
    told = signed("rae").get("/api/v1/night").json()
    (finding,) = told["findings"]
    assert finding["where"] == {"region": "North"}
    assert told["nights"] == [DAY.isoformat()]
    assert sum(one["looks"] or 0 for one in told["detectors"]) == told["looks"]
    assert signed("rae").get("/api/v1/night?as_of=2020-01-01").status_code == 404


@pytest.mark.usefixtures("undone")
def test_the_job_looks_as_of_the_last_day() -> None:
    def told(step: str, done: int, total: int | None) -> None:
        """Nobody watches."""

    run = Run(1, OPERATOR, workspace(), AT, {}, {}, told)
    result = JOB.steps[0].run(run)
    assert isinstance(result, dict)
    assert result["day"] == DAY.isoformat()
    assert len(result["new"]) == 1


def test_strangers_see_no_night() -> None:
    assert Client().get("/insights/night/").status_code == 302
