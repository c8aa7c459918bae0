"""Northwind in a few rows: orders, what their lines add up to, and who sold them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.connecting import Taken, taken, write

FILES = {
    "orders.csv": """
        OrderID,CustomerID,EmployeeID,OrderDate,ShippedDate,ShipVia,Freight
        10248,VINET,5,1996-07-04,1996-07-16,3,32.38
        10249,VINET,1,1996-07-05,,1,11.61
        10250,VINET,1,1996-07-08,,1,1
    """,
    "order_details.csv": """
        OrderID,ProductID,UnitPrice,Quantity,Discount
        10248,11,14,12,0
        10248,42,9.8,10,0.05
        10249,11,16.8,3,0.15
    """,
    "customers.csv": """
        CustomerID,CompanyName,ContactName,ContactTitle,Country,Phone
        VINET,Vins et alcools,Paul Henriot,Accounting Manager,France,26.47.15.10
    """,
    "employees.csv": """
        EmployeeID,LastName,FirstName,Title,HireDate,ReportsTo
        1,Davolio,Nancy,Sales Representative,1992-05-01,2
        2,Fuller,Andrew,"Vice President, Sales",1992-08-14,
        5,Buchanan,Steven,Sales Manager,1993-10-17,2
        6,Suyama,Michael,Sales Representative,1993-10-17,5
    """,
    "products.csv": """
        ProductID,ProductName,SupplierID,CategoryID,UnitPrice,Discontinued
        11,Queso Cabrales,5,4,21,0
        42,Fried Mee,20,4,14,1
    """,
    "categories.csv": "CategoryID,CategoryName\n4,Dairy Products",
    "employee_territories.csv": """
        EmployeeID,TerritoryID
        1,06897
        1,19713
        5,01581
        6,85014
        6,06897
    """,
    "territories.csv": """
        TerritoryID,TerritoryDescription,RegionID
        06897,Wilton,1
        19713,Neward,1
        01581,Westboro,1
        85014,Phoenix,2
    """,
    "region.csv": "RegionID,RegionDescription\n1,Eastern\n2,Western",
}


@pytest.fixture(scope="module")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    room = tmp_path_factory.mktemp("northwind")
    return taken(write(room / "export", FILES), room / "facts")


def test_is_recognised(northwind: Taken) -> None:
    assert northwind.connector == "northwind"


def test_an_order_is_worth_its_lines_after_discount_without_freight(northwind: Taken) -> None:
    """12 x 14 + 10 x 9.80 x 0.95 = 168 + 93.10; 3 x 16.80 x 0.85 = 42.84."""
    assert northwind.rows("booking", "booking_id, owner_id, booked_on, amount, currency") == [
        ("10248", "5", date(1996, 7, 4), Decimal("261.1"), "USD"),
        ("10249", "1", date(1996, 7, 5), Decimal("42.84"), "USD"),
    ]


def test_an_order_without_lines_is_rejected_with_its_reason(northwind: Taken) -> None:
    assert [reason.split(";")[0] for reason in northwind.rejected["booking"]] == ["amount is empty"]


def test_a_line_keeps_the_list_price_of_its_day(northwind: Taken) -> None:
    lines = northwind.rows("booking_line", "booking_line_id, list_price, net_price, amount")
    assert lines == [
        ("10248-11", Decimal(14), Decimal(14), Decimal(168)),
        ("10248-42", Decimal("9.8"), Decimal("9.31"), Decimal("93.1")),
        ("10249-11", Decimal("16.8"), Decimal("14.28"), Decimal("42.84")),
    ]


def test_sellers_belong_to_their_managers_team(northwind: Taken) -> None:
    assert northwind.rows("person", "person_id, name, role, manager_id, team, hired_on") == [
        ("1", "Nancy Davolio", "rep", "2", "Andrew Fuller", date(1992, 5, 1)),
        ("2", "Andrew Fuller", "leader", None, "Andrew Fuller", date(1992, 8, 14)),
        ("5", "Steven Buchanan", "manager", "2", "Steven Buchanan", date(1993, 10, 17)),
        ("6", "Michael Suyama", "rep", "5", "Steven Buchanan", date(1993, 10, 17)),
    ]


def test_a_region_holds_all_territories_of_a_seller_or_is_not_known(northwind: Taken) -> None:
    assert northwind.rows("person", "person_id, region, territory") == [
        ("1", "Eastern", None),  # two territories in one region
        ("2", None, None),  # none
        ("5", "Eastern", "Westboro"),
        ("6", None, None),  # two regions
    ]


def test_customers_are_accounts_with_one_contact(northwind: Taken) -> None:
    assert northwind.rows("account", "account_id, name, country") == [
        ("VINET", "Vins et alcools", "France")
    ]
    assert northwind.rows("contact", "contact_id, account_id, name, title") == [
        ("VINET", "VINET", "Paul Henriot", "Accounting Manager")
    ]


def test_products_list_at_the_latest_price(northwind: Taken) -> None:
    assert northwind.rows("product", "product_id, family, list_price, is_active") == [
        ("11", "Dairy Products", Decimal(21), True),
        ("42", "Dairy Products", Decimal(14), False),
    ]


def test_the_same_folder_again_brings_nothing(tmp_path: Path, northwind: Taken) -> None:
    again = taken(write(tmp_path, FILES), northwind.snapshot.root, before=northwind.snapshot)
    assert again.snapshot.loads[-1].parts == ()
