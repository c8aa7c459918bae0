"""What Acme's people are paid on: splits, invoices, cancellations, terms, and what comes late."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.property.test_simulator_laws import SEEDS, Row, by, rows
from wald.simulator.simulate import simulate

_ACME: dict[str, Any] = {"company": "acme", "seed": 7, "years": 3, "scale": 1.0}


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_shares_of_a_split_booking_come_to_one_and_overlays_go_beyond(seed: int) -> None:
    owners = {row["booking_id"]: row["owner_id"] for row in rows(seed, "booking")}
    kinds = by(rows(seed, "booking_split"), "kind")
    assert kinds.keys() == {"split", "overlay"}
    for booking, shares in by(kinds["split"], "booking_id").items():
        assert sum(row["share"] for row in shares) == 1
        named = [row["person_id"] for row in shares]
        assert len(set(named)) == 2
        assert owners[str(booking)] in named
    for row in kinds["overlay"]:
        assert row["person_id"] != owners[row["booking_id"]]


def test_invoices_come_to_the_booking_and_cancellations_never_exceed_it(seed: int) -> None:
    bookings = {row["booking_id"]: row for row in rows(seed, "booking")}
    for key, invoices in by(rows(seed, "invoice"), "booking_id").items():
        booking = bookings[str(key)]
        assert sum(row["amount"] for row in invoices) <= booking["amount"]
        assert min(row["invoiced_on"] for row in invoices) > booking["booked_on"]
    for row in rows(seed, "cancellation"):
        assert 0 < row["amount"] <= bookings[row["booking_id"]]["amount"]
        assert row["cancelled_on"] > bookings[row["booking_id"]]["booked_on"]


def test_terms_of_a_subscription_follow_each_other(seed: int) -> None:
    terms = {row["subscription_id"]: row for row in rows(seed, "subscription")}
    renewed = [row for row in terms.values() if row["renews_id"]]
    assert renewed
    for row in renewed:
        before = terms[row["renews_id"]]
        assert before["ends_on"] == row["starts_on"]
        assert before["amount"] <= row["amount"]
        assert before["booking_id"] == row["booking_id"]


def test_what_becomes_known_late_was_not_known_the_day_before() -> None:
    told = {str(one["what"]): one for one in simulate(**_ACME).answers["late"]}  # type: ignore[attr-defined]
    assert told.keys() == {"late_booking", "corrected_split", "hierarchy_move"}
    late, corrected = told["late_booking"], told["corrected_split"]
    before, after = _around(late["known_on"], "booking")
    [row] = [row for row in after if row["opportunity_id"] == late["opportunity_id"]]
    assert [one for one in after if one not in before] == [row]
    assert row["booked_on"].month < date.fromisoformat(late["known_on"]).month
    before, after = _around(corrected["known_on"], "booking_split")
    changed = [row["share"] for row in after if row not in before]
    assert changed == [row["share"] for row in before if row not in after][::-1]
    assert sum(changed) == 1


def _around(day: str, table: str) -> tuple[list[Row], list[Row]]:
    """Return the rows of exports of the day before and of the day, of bookings before both."""
    known_on = date.fromisoformat(day)
    before, after = (
        simulate(**_ACME, until=until).tables for until in (known_on - timedelta(days=1), known_on)
    )
    old = {
        row["booking_id"]
        for row in after["booking"].to_pylist()
        if row["booked_on"] < known_on - timedelta(days=1)
    }
    kept = [
        [row for row in tables[table].to_pylist() if row["booking_id"] in old]
        for tables in (before, after)
    ]
    return kept[0], kept[1]
