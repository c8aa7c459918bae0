"""Maven CRM: the four files of a widely used training set, deals of a seller of computer hardware.

Reads     sales_pipeline (needed), accounts, products, sales_teams
History   none but the close: each closed deal went from Engaging to Won or Lost on its close date
Money     US dollars; open deals have no value, lost deals carry 0
Source    docs/connectors/maven_crm.md
"""

from wald.connectors.connector import Connector, Feed, Repair, Sheet
from wald.connectors.statements import statement

SHEETS = (
    Sheet(
        "sales_pipeline",
        marks=(
            "opportunity_id",
            "sales_agent",
            "product",
            "account",
            "deal_stage",
            "engage_date",
            "close_date",
            "close_value",
        ),
        needed=True,
    ),
    Sheet(
        "accounts",
        marks=("account", "sector", "revenue", "employees", "office_location", "subsidiary_of"),
        columns=("year_established",),
    ),
    Sheet("products", marks=("product", "series", "sales_price")),
    Sheet("sales_teams", marks=("sales_agent", "manager", "regional_office")),
    Sheet("data_dictionary", marks=("table", "field", "description")),  # says what columns mean
)

FEEDS = (
    Feed("opportunity", "sales_pipeline", statement("maven_crm/opportunity")),
    Feed(
        "opportunity_change",
        "sales_pipeline",
        statement("maven_crm/opportunity_change"),
        derived=True,
    ),
    Feed("booking", "sales_pipeline", statement("maven_crm/booking"), derived=True),
    Feed("booking_line", "sales_pipeline", statement("maven_crm/booking_line"), derived=True),
    Feed("stage", "sales_pipeline", statement("maven_crm/stage"), derived=True),
    Feed("account", "accounts", statement("maven_crm/account")),
    Feed("product", "products", statement("maven_crm/product")),
    Feed("person", "sales_teams", statement("maven_crm/rep")),
    Feed("person", "sales_teams", statement("maven_crm/manager"), derived=True),
)

# A listed name that is the deal's but for spaces; the inner name differs so that `product` is
# the deal's own.
_AS_LISTED = """
CASE WHEN product IN (SELECT product FROM products) THEN product
     ELSE COALESCE((SELECT MIN(price_list.listed)
                      FROM (SELECT product AS listed FROM products) AS price_list
                     WHERE REPLACE(price_list.listed, ' ', '') = REPLACE(product, ' ', '')),
                   product) END
"""

REPAIRS = (
    Repair(
        "gtx_pro_space",
        "a product name that differs from the price list by spaces only is written as listed",
        "sales_pipeline",
        "product",
        _AS_LISTED,
    ),
    Repair(
        "lost_value_zero_is_unknown",
        "a lost deal of value 0 has an unknown value: 0 is not the amount that was lost",
        "sales_pipeline",
        "close_value",
        "CASE WHEN deal_stage = 'Lost' AND TRY_CAST(close_value AS DOUBLE) = 0 THEN NULL "
        "ELSE close_value END",
    ),
    Repair(
        "sector_technology",
        "the sector 'technolgy' is written 'technology'",
        "accounts",
        "sector",
        "CASE WHEN sector = 'technolgy' THEN 'technology' ELSE sector END",
    ),
    Repair(
        "country_philippines",
        "the country 'Philipines' is written 'Philippines'",
        "accounts",
        "office_location",
        "CASE WHEN office_location = 'Philipines' THEN 'Philippines' ELSE office_location END",
    ),
)

CONNECTOR = Connector(
    key="maven_crm",
    title="Maven CRM sales opportunities",
    sheets=SHEETS,
    feeds=FEEDS,
    repairs=REPAIRS,
    currency="USD",
    promises={
        "recognised by its headers": "done",
        "keys survive a second export": "done",
        "history becomes changes": "exempt: the files keep no history; the close alone is known",
        "as-of in the past needs no hindsight": "done",
        "deleted rows are taken back": "exempt: the files mark no deletions",
        "money keeps its currency": "done",
        "faults are repaired by name only": "done",
    },
    source="docs/connectors/maven_crm.md",
)
