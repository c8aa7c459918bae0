"""AdventureWorks: the sales tables of Microsoft's sample of a bicycle maker, 2011 to 2013.

Reads     sales_order_header, sales_order_line and sales_person (needed), employee, territories
          and their history, quota history, stores with addresses and contacts, products with
          list-price history, currency rates
History   territories of sales people by date; orders are facts of their day
Money     US dollars, four digits; lines keep list price, net price and cost of their day
Source    docs/connectors/adventureworks.md
"""

from wald.connectors.connector import Connector, Feed, Sheet
from wald.connectors.statements import statement

SHEETS = (
    Sheet(
        "sales_order_header",
        marks=("sales_order_id", "order_date", "online_order_flag", "customer_id", "sub_total"),
        columns=("sales_person_id", "territory_id", "tax_amt"),
        needed=True,
    ),
    Sheet(
        "sales_order_line",
        marks=("sales_order_id", "sales_order_line_number", "product_id", "order_qty"),
        columns=("line_total", "unit_standard_cost"),
        needed=True,
    ),
    Sheet(
        "sales_person",
        marks=("business_entity_id", "first_name", "last_name", "job_title", "commission_pct"),
        columns=("territory_id",),
        needed=True,
    ),
    Sheet(
        "employee",
        marks=("business_entity_id", "first_name", "last_name", "organization_node", "hire_date"),
    ),
    Sheet("sales_person_quota_history", marks=("business_entity_id", "quota_date", "sales_quota")),
    Sheet(
        "sales_territory_history",
        marks=("business_entity_id", "territory_id", "start_date", "end_date"),
    ),
    Sheet("sales_territory", marks=("territory_id", "name", "territory_group")),
    Sheet(
        "store",
        marks=("business_entity_id", "name", "sales_person_id", "business_type", "specialty"),
        columns=("annual_revenue", "number_employees"),
    ),
    Sheet(
        "store_address",
        marks=("business_entity_id", "address_type", "address_id", "country_region_code"),
        columns=("territory_id",),
    ),
    Sheet(
        "store_contact",
        marks=("business_entity_id", "contact_type", "first_name", "last_name", "email_address"),
        columns=("middle_name", "phone_number"),
    ),
    Sheet("customer", marks=("customer_id", "person_id", "store_id")),
    Sheet("country_region", marks=("country_region_code", "name"), stems=("country_region",)),
    Sheet(
        "product",
        marks=("product_id", "name", "product_number", "standard_cost", "list_price"),
        columns=("finished_goods_flag", "product_subcategory_id", "sell_end_date"),
    ),
    Sheet(
        "product_subcategory",
        marks=("product_subcategory_id", "product_category_id", "name"),
    ),
    Sheet("product_category", marks=("product_category_id", "name"), stems=("product_category",)),
    Sheet(
        "product_list_price_history",
        marks=("product_id", "start_date", "end_date", "list_price"),
    ),
    Sheet(
        "currency_rate",
        marks=("currency_rate_date", "from_currency_code", "to_currency_code", "average_rate"),
    ),
)

# Known and left alone: what no fact table holds, or holds from a better file.
UNUSED = (
    Sheet("employee_pay_history_sales", marks=("business_entity_id", "rate_change_date", "rate")),
    Sheet("product_cost_history", marks=("product_id", "start_date", "end_date", "standard_cost")),
    Sheet("product_dealer_price", marks=("product_number", "dealer_price")),
    Sheet("special_offer", marks=("special_offer_id", "description", "discount_pct")),
    Sheet(
        "special_offer_product",
        marks=("special_offer_id", "product_id"),
        stems=("special_offer_product",),
    ),
    Sheet("sales_reason", marks=("sales_reason_id", "reason_type")),
    Sheet("sales_order_header_sales_reason", marks=("sales_order_id", "sales_reason_id")),
    Sheet("sales_tax_rate", marks=("sales_tax_rate_id", "tax_rate")),
    Sheet("state_province", marks=("state_province_id", "state_province_code", "name")),
    Sheet("prospective_buyer", marks=("prospective_buyer_key", "yearly_income")),  # consumers
)

FEEDS = (
    Feed("booking", "sales_order_header", statement("adventureworks/booking")),
    Feed("booking_line", "sales_order_line", statement("adventureworks/booking_line")),
    Feed("person", "sales_person", statement("adventureworks/person")),
    Feed("person", "employee", statement("adventureworks/leader"), derived=True),
    Feed("quota", "sales_person_quota_history", statement("adventureworks/quota")),
    Feed("account", "store", statement("adventureworks/account")),
    Feed("contact", "store_contact", statement("adventureworks/contact")),
    Feed("product", "product", statement("adventureworks/product")),
    Feed("exchange_rate", "currency_rate", statement("adventureworks/exchange_rate")),
)

CONNECTOR = Connector(
    key="adventureworks",
    title="AdventureWorks sales tables",
    sheets=SHEETS + UNUSED,
    feeds=FEEDS,
    repairs=(),
    currency="USD",
    promises={
        "recognised by its headers": "done",
        "keys survive a second export": "done",
        "history becomes changes": "exempt: there are no deals; territory history becomes dated "
        "rows of people",
        "as-of in the past needs no hindsight": "done",
        "deleted rows are taken back": "exempt: the files mark no deletions",
        "money keeps its currency": "done",
        "faults are repaired by name only": "done",
    },
    source="docs/connectors/adventureworks.md",
)
