"""Fixes as files for the source: its own columns and words, and nothing that a spreadsheet runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from typer.testing import CliRunner

from tests.fixing import ANA, MAX, MAX_DEAL, MOE_DEAL, Teams, fix, teams_at, undo
from tests.ingesting import Desk
from tests.two_teams import FILES
from wald.cli.main import app
from wald.heart.deal_fix import Wanted
from wald.kernel.problem import BadInput
from wald.queries.fix_files import UpdateFile, update_file
from wald.records.models import Load

PEOPLE = FILES["person.csv"].replace("role\n", "role,email\n", 1)
PEOPLE = "\n".join(
    line if line.endswith("email") else f"{line},{line.split(',')[2].lower()}@example.org"
    for line in PEOPLE.strip().splitlines()
)
STAGES = "stage,position,outcome,forecast_category\nTalks,1,open,pipeline\nOffer,2,open,best_case\n"
RISKY = "=1+1"
DEALS = (
    FILES["opportunity.csv"] + f"{RISKY},Risky,A1,R1,P1,Talks,open,1,EUR,2024-05-01,2024-01-20,\n"
)


@pytest.fixture(scope="module")
def teams(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Teams]:
    with django_db_blocker.unblock():
        root = tmp_path_factory.mktemp("teams")
        files = {"person__csv": PEOPLE, "stage__csv": STAGES, "opportunity__csv": DEALS}
        yield Teams(root, **files)


@pytest.fixture
def desk(teams: Teams) -> Iterator[Desk]:
    made = teams.new()
    fix(
        made,
        Wanted(MAX_DEAL, "close_on", "2024-06-30"),
        Wanted(MAX_DEAL, "stage", "Offer"),
        Wanted(MOE_DEAL, "owner_id", "R1"),
        Wanted(MOE_DEAL, "forecast_category", "best_case"),
    )
    yield made
    teams.drop(made)


def from_source(desk: Desk, connector: str) -> UpdateFile:
    """Return the file as if the deals had come from a connector."""
    rows = Load.objects.using(desk.workspace.database)
    rows.filter(pk=1).update(connector=connector)
    found = update_file(actor=ANA, workspace=desk.workspace, connector=connector)
    assert found is not None
    return found


def test_salesforce_reads_its_api_names_and_lets_categories_follow(desk: Desk) -> None:
    found = from_source(desk, "salesforce")
    assert found.rows.to_pylist() == [
        {
            "Id": MOE_DEAL,
            "CloseDate": None,
            "StageName": None,
            "ForecastCategoryName": "Best Case",
            "OwnerId": "R1",
        },
        {
            "Id": MAX_DEAL,
            "CloseDate": "2024-06-30",
            "StageName": "Offer",
            "ForecastCategoryName": None,
            "OwnerId": None,
        },
    ]


def test_hubspot_reads_labels_and_knows_owners_by_mail(desk: Desk) -> None:
    [moe, _] = from_source(desk, "hubspot").rows.to_pylist()
    assert moe == {
        "Record ID": MOE_DEAL,
        "Close Date": None,
        "Deal Stage": None,
        "Forecast category": "Best case",
        "Deal owner": "max@example.org",
    }


def test_other_sources_get_canonical_columns(desk: Desk) -> None:
    found = from_source(desk, "canonical")
    assert found.rows.column_names[0] == "opportunity_id"
    assert found.form.title == "Canonical columns"
    with pytest.raises(BadInput, match="no such file"):
        update_file(actor=ANA, workspace=desk.workspace, connector="salesforce")


def test_the_newest_fix_of_a_value_counts_and_undone_ones_do_not(desk: Desk) -> None:
    newer = fix(desk, Wanted(MAX_DEAL, "close_on", "2024-07-15"))
    [_, max_row] = from_source(desk, "salesforce").rows.to_pylist()
    assert max_row["CloseDate"] == "2024-07-15"
    undo(desk, newer.fix_id)
    [_, max_row] = from_source(desk, "salesforce").rows.to_pylist()
    assert max_row["CloseDate"] == "2024-06-30"


def test_everybody_gets_the_deals_they_see_alone(desk: Desk) -> None:
    fix(desk, Wanted("BETAMARK-2", "amount", "5"))
    found = update_file(actor=MAX, workspace=desk.workspace)
    assert found is not None
    assert found.rows.column("opportunity_id").to_pylist() == [MOE_DEAL, MAX_DEAL]


def test_what_the_source_has_is_not_told_again(desk: Desk) -> None:
    deals = DEALS.replace("Talks,open,5444.44,EUR,2024-05-01", "Offer,open,5444.44,EUR,2024-06-30")
    deals = deals.replace(
        "A1,R2,P1,Talks,open,4111.11,EUR,2024-05-10", "A1,R2,P1,Talks,open,4111.11,EUR,2024-05-11"
    )
    teams_at(desk, person__csv=PEOPLE, stage__csv=STAGES, opportunity__csv=deals)
    found = update_file(actor=ANA, workspace=desk.workspace)
    assert found is not None
    assert found.rows.to_pylist() == [
        {"opportunity_id": MOE_DEAL, "owner_id": "R1", "forecast_category": "best_case"}
    ]


def test_no_cell_of_the_file_is_a_formula(desk: Desk, tmp_path: Path) -> None:
    fix(desk, Wanted(RISKY, "amount", "7"))
    out = tmp_path / "update.csv"
    home = str(desk.workspace.home)
    done = CliRunner().invoke(app, ["hygiene", "fixes", "2", "--out", str(out), "--home", home])
    assert done.exit_code == 0, done.output
    assert out.read_text() == (
        '"opportunity_id","amount","wald_escaped"\n"\'=1+1","7","opportunity_id"\n'
    )
