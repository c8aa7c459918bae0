"""Northwind: the classic sample of a food wholesaler, orders of 1996 to 1998.

Reads     orders and order_details (needed), customers, employees, products, and the look-ups
          categories, employee_territories, territories, region
History   none: orders are facts of their day; sellers and their places are as they are now
Money     US dollars; the lines keep the price of their day before and after discount, no cost
Source    docs/connectors/northwind.md
"""

from wald.connectors.connector import Connector, Feed, Sheet
from wald.connectors.statements import statement

SHEETS = (
    Sheet(
        "orders",
        marks=("order_id", "customer_id", "employee_id", "order_date", "ship_via", "freight"),
        needed=True,
    ),
    Sheet(
        "order_details",
        marks=("order_id", "product_id", "unit_price", "quantity", "discount"),
        needed=True,
    ),
    Sheet(
        "customers",
        marks=("customer_id", "company_name", "contact_name", "contact_title", "country"),
        columns=("phone",),
    ),
    Sheet(
        "employees",
        marks=("employee_id", "last_name", "first_name", "title", "reports_to"),
        columns=("hire_date",),
    ),
    Sheet(
        "products",
        marks=("product_id", "product_name", "supplier_id", "unit_price", "discontinued"),
        columns=("category_id",),
    ),
    Sheet("categories", marks=("category_id", "category_name")),
    Sheet("employee_territories", marks=("employee_id", "territory_id")),
    Sheet("territories", marks=("territory_id", "territory_description", "region_id")),
    Sheet("region", marks=("region_id", "region_description")),
    Sheet("suppliers", marks=("supplier_id", "company_name", "home_page")),  # whom we buy from
    Sheet("shippers", marks=("shipper_id", "company_name", "phone")),  # who carries
)

FEEDS = (
    Feed("booking", "orders", statement("northwind/booking")),
    Feed("booking_line", "order_details", statement("northwind/booking_line")),
    Feed("account", "customers", statement("northwind/account")),
    Feed("contact", "customers", statement("northwind/contact"), derived=True),
    Feed("person", "employees", statement("northwind/person")),
    Feed("product", "products", statement("northwind/product")),
)

CONNECTOR = Connector(
    key="northwind",
    title="Northwind orders",
    sheets=SHEETS,
    feeds=FEEDS,
    repairs=(),
    currency="USD",
    promises={
        "recognised by its headers": "done",
        "keys survive a second export": "done",
        "history becomes changes": "exempt: orders have no history and there are no deals",
        "as-of in the past needs no hindsight": "done",
        "deleted rows are taken back": "exempt: the files mark no deletions",
        "money keeps its currency": "done",
        "faults are repaired by name only": "done",
    },
    source="docs/connectors/northwind.md",
)
