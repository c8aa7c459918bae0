"""Home says what needs attention: open insights by the money they surely are, with their doubt."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.exports import write_export
from tests.serving import ANA, served, workspace
from wald.actions.insights import move_insight, record_insight
from wald.insights.insight import Effect, Insight, Status, StoredQuery
from wald.kernel.unit import Unit
from wald.queries.attention import attention
from wald.records import models
from wald.records.stores.nights import KeptNight, keep_night

AT = datetime(2024, 3, 2, 8, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("attention")), django_db_blocker):
        yield


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def _noticed(claim: str, *ends: str, unit: Unit = Unit.MONEY, p_value: str = "0.00025") -> int:
    """Record what a detector of its own noticed."""
    low, estimate, high = map(Decimal, ends)
    currency = "EUR" if unit is Unit.MONEY else None
    effect = Effect(low, estimate, high, unit, Decimal(p_value), Decimal("0.95"), currency)
    place, question = f"region:R{next(_numbers)}", StoredQuery("win_rate", as_of=date(2024, 3, 1))
    source = f"detector_{next(_numbers)}"
    insight = Insight(claim, source, place, "win_rate", effect, question=question)
    return record_insight(actor=ANA, workspace=workspace(), insight=insight, at=AT)


def test_nobody_has_looked_yet(rae: Client) -> None:
    assert "Nobody has looked yet" in text_of(rae.get("/"))


def test_a_quiet_night_says_so(rae: Client) -> None:
    keep_night(KeptNight(date(2024, 3, 1), AT, "ana", {"looks": 1234}), database="default")
    page = text_of(rae.get("/"))
    assert "Nothing beyond chance in 1,234 places" in page
    models.Night.objects.all().delete()


def test_what_is_surely_most_goes_first(rae: Client) -> None:
    """-900 may be nothing; -500 is 400 at least, -450 is 420 at least."""
    _noticed("perhaps a lot", "-2000", "-900", "100")
    _noticed("surely some", "-600", "-500", "-400")
    _noticed("surely more", "-480", "-450", "-420")
    _noticed("in points", "-0.1", "-0.05", "-0.01", unit=Unit.RATIO)
    page = text_of(rae.get("/"))
    places = [page.index(claim) for claim in ("surely more", "surely some", "perhaps", "in points")]
    assert places == sorted(places)
    assert "−€450</data></b> a quarter" in page
    assert "perhaps nothing" in page
    assert "by chance 1 in\N{NO-BREAK SPACE}4,000" in page


def test_what_is_settled_is_gone_from_it(rae: Client) -> None:
    number = _noticed("settled", "-9000", "-8000", "-7000")
    assert "settled" in text_of(rae.get("/"))
    move_insight(
        actor=ANA, workspace=workspace(), insight_id=number, status=Status.DISMISSED, why="known",
        at=AT,
    )  # fmt: skip
    assert "settled" not in text_of(rae.get("/"))


def test_another_days_figures_stand_alone(rae: Client) -> None:
    _noticed("of today", "-60", "-50", "-40")
    assert "Needs attention" in text_of(rae.get("/"))
    assert "Needs attention" not in text_of(rae.get("/?as_of=2024-02-15"))


def _noticed_by_one(times: int) -> None:
    for number in range(times):
        effect = Effect(None, None, None, Unit.RATIO)
        question = StoredQuery("win_rate", as_of=date(2024, 3, 1))
        one = Insight(f"like it {number}", "same", f"region:S{number}", "win_rate", effect,
                      question=question)  # fmt: skip
        record_insight(actor=ANA, workspace=workspace(), insight=one, at=AT)


def test_says_how_many_more_there_are(rae: Client) -> None:
    for number in range(6):
        _noticed(f"one of many {number}", "-60", "-50", "-40")
    found = attention(actor=ANA, workspace=workspace())
    assert len(found.rows) == 5
    assert f"All {found.total} open insights" in text_of(rae.get("/"))


def test_findings_of_one_detector_are_one_line() -> None:
    _noticed_by_one(3)
    found = attention(actor=ANA, workspace=workspace(), most=50)
    sources = [one.kept.insight.source for one in found.rows]
    assert len(sources) == len(set(sources))
    assert sum(1 + one.more for one in found.rows) == found.total
