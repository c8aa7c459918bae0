"""The connector seeds beside the repository: shapes that an importer really meets."""

from pathlib import Path

import duckdb
import pytest

from tests.connecting import Taken, taken

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "crm_connector_seeds"
pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="the seeds (../shared/data/crm_connector_seeds) are not here"
)


@pytest.fixture(scope="module")
def salesforce(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return taken(FOLDER / "salesforce", tmp_path_factory.mktemp("salesforce"))


@pytest.fixture(scope="module")
def hubspot(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return taken(FOLDER / "hubspot", tmp_path_factory.mktemp("hubspot"))


def by_hand(file: str, query: str) -> list[tuple[object, ...]]:
    plain = duckdb.connect()
    plain.read_csv(str(FOLDER / file), all_varchar=True).create_view("seed")
    return plain.execute(query).fetchall()


def test_both_are_recognised_to_the_last_file(salesforce: Taken, hubspot: Taken) -> None:
    assert (salesforce.connector, hubspot.connector) == ("salesforce", "hubspot")
    for made in (salesforce, hubspot):
        assert [one.file for one in made.reading.files if one.sheet is None] == []
        assert not any(made.rejected.values())


def test_every_salesforce_deal_is_in_the_recycle_bin(salesforce: Taken) -> None:
    counted = by_hand(
        "salesforce/sf_opportunity_data.csv",
        """
        SELECT IF(is_won = 'true', 'won', IF(is_closed = 'true', 'lost', 'open')) AS outcome,
               is_deleted, COUNT(*), SUM(amount::BIGINT)::BIGINT
          FROM seed GROUP BY ALL ORDER BY ALL
        """,
    )
    assert counted == [
        ("lost", "true", 4, 200_001),
        ("open", "true", 1, 210_000),
        ("won", "true", 5, 24_120_000),
    ]
    assert salesforce.rows("opportunity", "*") == []
    assert salesforce.rows("booking", "*") == []
    assert salesforce.rows("opportunity_change", "*") == []


def test_salesforce_rows_that_are_not_deleted_are_there(salesforce: Taken) -> None:
    [(accounts,)] = by_hand(
        "salesforce/sf_account_data.csv",
        "SELECT COUNT(*) FROM seed WHERE is_deleted = 'false' AND _fivetran_active = 'true'",
    )
    [(people,)] = by_hand(
        "salesforce/sf_user_data.csv",
        "SELECT COUNT(*) FROM seed WHERE _fivetran_deleted = 'false'",
    )
    assert salesforce.rows("account", "COUNT(*)") == [(accounts,)]
    assert salesforce.rows("person", "COUNT(*)") == [(people,)]
    assert salesforce.rows("activity", "kind, COUNT(*)", "true GROUP BY kind") == [
        ("call", 6),
        ("meeting", 4),
        ("task", 10),
    ]


def test_salesforce_faults_are_repaired_by_name(salesforce: Taken) -> None:
    """A chance of 1000 % in the deals and in their snapshots; hashed categories in two columns."""
    assert salesforce.repairs == {
        "probability_not_0_to_100": 2,
        "forecast_category_not_known": 20,
    }


def test_hubspot_deals_are_open_and_without_amount(hubspot: Taken) -> None:
    [(deals, staged)] = by_hand(
        "hubspot/deal_data.csv", "SELECT COUNT(*), COUNT(deal_pipeline_stage_id) FROM seed"
    )
    assert (deals, staged) == (44, 0)
    assert hubspot.rows("opportunity", "outcome, COUNT(*), SUM(amount)", "true GROUP BY 1") == [
        ("open", 44, None)
    ]


def test_hubspot_histories_of_hashed_properties_tell_no_change(hubspot: Taken) -> None:
    assert hubspot.rows("opportunity_change", "*") == []


def test_hubspot_stages_that_were_removed_are_not_there(hubspot: Taken) -> None:
    [(stages,)] = by_hand(
        "hubspot/deal_pipeline_stage_data.csv",
        "SELECT COUNT(*) FROM seed WHERE _fivetran_deleted = 'FALSE'",
    )
    assert hubspot.rows("stage", "COUNT(*)") == [(stages,)]


def test_hubspot_faults_are_repaired_by_name(hubspot: Taken) -> None:
    assert hubspot.repairs == {"empty_text_digest": 49, "seconds_read_as_milliseconds": 7}
    early = hubspot.rows("activity", "COUNT(*)", "happened_at < TIMESTAMP '2000-01-01'")
    assert early == [(0,)]
