"""What every connector declares hangs together: feeds, repairs and aliases name what is there."""

import re
from pathlib import Path

import pytest

from wald.connectors.connector import PROMISES, Connector, connectors
from wald.connectors.shapes import hubspot, salesforce
from wald.connectors.statements import names, statement
from wald.facts.tables import TABLES

SQL = Path(statement.__code__.co_filename).parent / "sql"
ALL = [pytest.param(one, id=key) for key, one in connectors().items()]


@pytest.mark.parametrize("connector", ALL)
def test_answers_every_promise(connector: Connector) -> None:
    assert set(connector.promises) == set(PROMISES)
    answers = connector.promises.values()
    assert all(re.fullmatch(r"done|exempt: \S.+", answer) for answer in answers)


@pytest.mark.parametrize("connector", ALL)
def test_feeds_and_repairs_name_sheets_that_are_there(connector: Connector) -> None:
    columns = {sheet.key: {*sheet.marks, *sheet.columns} for sheet in connector.sheets}
    assert {feed.sheet for feed in connector.feeds} <= set(columns)
    assert {feed.table for feed in connector.feeds} <= set(TABLES)
    lost = [one for one in connector.repairs if one.column not in columns[one.sheet]]
    assert lost == []


@pytest.mark.parametrize("connector", ALL)
def test_aliases_lead_to_columns(connector: Connector) -> None:
    for sheet in connector.sheets:
        assert set(sheet.aliases.values()) <= {*sheet.marks, *sheet.columns}, sheet.key


@pytest.mark.parametrize("connector", ALL)
def test_a_repair_is_called_alike_wherever_it_holds(connector: Connector) -> None:
    titles = {(repair.key, repair.title) for repair in connector.repairs}
    assert len(titles) == len({key for key, _ in titles})


def test_every_statement_is_used() -> None:
    written = {path.relative_to(SQL).with_suffix("").as_posix() for path in SQL.rglob("*.sql")}
    texts = [feed.select for one in connectors().values() for feed in one.feeds]
    cures = {"salesforce/" + name for name in ("chance", "flag_of_stage", "id_of_18")} | {
        "salesforce/known_category",
        "hubspot/share",
        "hubspot/text_that_is",
        "hubspot/instant_of_seconds",
    }
    unused = {name for name in written if not any(statement(name) in text for text in texts)}
    assert unused == cures  # expressions of repairs, with a place for the column


def test_a_statement_reads_what_it_is_given_under_its_own_name() -> None:
    made = statement("hubspot/stage", "hubspot/known_stage", "hubspot/category")
    assert made.startswith("WITH known_stage AS (\n--")
    assert ",\ncategory AS (\n--" in made
    assert made.endswith("FROM known_stage\n) AS made")


def test_a_statement_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        statement("salesforce/nowhere")


def test_keys_to_complete_are_columns() -> None:
    columns = {sheet.key: {*sheet.marks, *sheet.columns} for sheet in salesforce.SHEETS}
    assert all(set(names(line)) <= columns[sheet] for sheet, line in salesforce.KEYS.items())


def test_fivetran_calls_every_hubspot_column_a_property() -> None:
    deal = next(sheet for sheet in hubspot.SHEETS if sheet.key == "deal_row")
    assert deal.aliases["property_dealname"] == "dealname"
    assert deal.aliases["property_amount"] == "amount"
