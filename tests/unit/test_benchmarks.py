"""What benchmarks time gives something: on a world so small that it costs nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.measuring import PAST, past
from tests.small_world import stored
from wald.engine.connect import connect


def test_deals_as_they_stood_are_timed_against_the_same_by_hand(tmp_path: Path) -> None:
    deal = {
        "opportunity_id": "d1",
        "owner_id": "ana",
        "stage": "closed",
        "outcome": "won",
        "created_at": datetime(2024, 1, 5, tzinfo=UTC),
        "closed_on": date(2024, 2, 15),
    }
    snapshot = stored(tmp_path, {"opportunity": [deal]})
    engine = connect("", snapshot.root)
    engine.attach(snapshot)
    found = past(engine, snapshot)
    engine.close()
    assert found.name == f"all deals as they stood on {PAST}"
    assert found.measured.endswith("s)")
