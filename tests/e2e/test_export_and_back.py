"""What Wald hands out as a file it takes back as it was, and no spreadsheet runs any of it."""

from pathlib import Path

import pyarrow as pa
import pytest
from pytest_django import DjangoDbBlocker

from tests.reliability import exports as campaign


def test_the_campaign_in_small(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        found = campaign.run(1000, seed=11)
    assert found.failed == 0, found.words


def test_apostrophes_that_are_not_ours_stay(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    """A file of somebody else has no mark, so nothing is taken out of it."""
    table = pa.table(
        {
            "account_id": ["A1", "A2"],
            "name": ["'=1+1", "'tis"],
            "segment": ["a;'=1", "'"],
            "industry": ["x", "y"],
            "country": ["x", "'-"],
        }
    )
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    lines = [",".join(table.column_names), *(",".join(row) for row in rows)]
    with django_db_blocker.unblock():
        content = "\n".join(lines).encode()
        assert list(campaign._changed(table, content, "csv", tmp_path)) == []


@pytest.mark.parametrize("cell", ["=1", " =1", '"=1', "a", "\t-"])
def test_the_campaign_knows_a_live_cell(cell: str) -> None:
    assert campaign._runs(cell) is (cell != "a")
