"""AdventureWorks in a few rows: orders of two channels, quota windows, people who move."""

from datetime import date
from decimal import Decimal

import pytest

from tests.connecting import Taken, taken, write

FILES = {
    "sales_order_header.csv": """
        SalesOrderID,OrderDate,OnlineOrderFlag,CustomerID,SalesPersonID,TerritoryID,SubTotal,TaxAmt
        1,2012-05-29,False,50,275,2,100.1234,9
        2,2012-06-30,False,50,275,2,37,9
        3,2012-06-30,True,60,,1,20,9
    """,
    "sales_order_line.csv": """
        SalesOrderID,SalesOrderLineNumber,ProductID,OrderQty,LineTotal,UnitStandardCost,CurrencyCode
        1,1,707,3,100.1234,12.0278,CAD
        2,1,707,1,37,13.8782,CAD
        3,1,708,1,20,25,USD
    """,
    "sales_person.csv": """
        BusinessEntityID,FirstName,LastName,JobTitle,TerritoryID,CommissionPct
        274,Stephen,Jiang,North American Sales Manager,,0
        275,Michael,Blythe,Sales Representative,2,0.012
        280,Pamela,Ansman-Wolfe,Sales Representative,1,0.01
    """,
    "employee.csv": """
        BusinessEntityID,FirstName,LastName,OrganizationNode,JobTitle,HireDate
        1,Ken,Sanchez,,Chief Executive Officer,2009-01-14
        273,Brian,Welcker,/6/,Vice President of Sales,2011-02-15
        274,Stephen,Jiang,/6/1/,North American Sales Manager,2011-01-04
        275,Michael,Blythe,/6/1/1/,Sales Representative,2011-05-31
        280,Pamela,Ansman-Wolfe,/6/1/6/,Sales Representative,2011-05-31
    """,
    "sales_territory_history.csv": """
        BusinessEntityID,TerritoryID,StartDate,EndDate
        275,2,2011-05-31,2012-11-29
        275,3,2012-11-30,
        280,1,2011-05-31,2012-09-29
    """,
    "sales_territory.csv": """
        TerritoryID,Name,CountryRegionCode,TerritoryGroup
        1,Northwest,US,North America
        2,Northeast,US,North America
        3,Central,US,North America
    """,
    "sales_person_quota_history.csv": """
        BusinessEntityID,QuotaDate,SalesQuota
        275,2011-05-31,367000
        275,2011-08-31,556000
        280,2011-05-01,90000
    """,
    "customer.csv": "CustomerID,PersonID,StoreID,TerritoryID\n50,900,292,2\n60,901,,1",
    "store.csv": """
        BusinessEntityID,Name,SalesPersonID,AnnualRevenue,BusinessType,Specialty,NumberEmployees
        292,Next-Door Bike Store,275,80000,BM,Mountain,13
    """,
    "store_address.csv": """
        BusinessEntityID,AddressType,AddressID,CountryRegionCode,TerritoryID
        292,Shipping,9,CA,1
        292,Main Office,975,US,2
    """,
    "country_region.csv": "CountryRegionCode,Name\nUS,United States\nCA,Canada",
    "product.csv": """
        ProductID,Name,ProductNumber,FinishedGoodsFlag,StandardCost,ListPrice,ProductSubcategoryID,SellEndDate
        707,Helmet,HL-1,True,13.0863,34.99,31,
        708,Old Helmet,HL-2,True,25,33,31,2013-05-29
        1,Adjustable Race,AR-1,False,0,0,,
    """,
    "product_subcategory.csv": "ProductSubcategoryID,ProductCategoryID,Name\n31,4,Helmets",
    "product_category.csv": "ProductCategoryID,Name\n4,Accessories",
    "product_list_price_history.csv": """
        ProductID,StartDate,EndDate,ListPrice
        707,2011-05-31,2012-05-29,33.6442
        707,2012-05-30,,34.99
    """,
    "currency_rate.csv": """
        CurrencyRateID,CurrencyRateDate,FromCurrencyCode,ToCurrencyCode,AverageRate
        2,2011-05-31,USD,AUD,1.5491
    """,
    "prospective_buyer.csv": "ProspectiveBuyerKey,YearlyIncome\n1,40000",
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    room = tmp_path_factory.mktemp("works")
    return taken(write(room / "export", FILES), room / "facts")


def test_is_recognised(works: Taken) -> None:
    assert works.connector == "adventureworks"
    assert [one.file for one in works.reading.files if one.sheet is None] == []


def test_an_order_through_a_rep_belongs_to_a_store_and_one_on_the_web_to_nobody(
    works: Taken,
) -> None:
    columns = "booking_id, channel, account_id, owner_id, territory, booked_on, amount, currency"
    assert works.rows("booking", columns) == [
        ("1", "reseller", "292", "275", "Northeast", date(2012, 5, 29), Decimal("100.1234"), "USD"),
        ("2", "reseller", "292", "275", "Northeast", date(2012, 6, 30), Decimal(37), "USD"),
        ("3", "online", None, None, "Northwest", date(2012, 6, 30), Decimal(20), "USD"),
    ]


def test_a_line_lists_at_the_price_of_its_day(works: Taken) -> None:
    """100.1234 / 3 = 33.374467, listed at 33.6442 until 29 May 2012 and at 34.99 after."""
    columns = "booking_line_id, list_price, net_price, unit_cost, amount"
    assert works.rows("booking_line", columns) == [
        ("1-1", Decimal("33.6442"), Decimal("33.374467"), Decimal("12.0278"), Decimal("100.1234")),
        ("2-1", Decimal("34.99"), Decimal(37), Decimal("13.8782"), Decimal(37)),
        ("3-1", None, Decimal(20), Decimal(25), Decimal(20)),
    ]


def test_a_quota_holds_up_to_the_next_one_and_the_last_for_three_months(works: Taken) -> None:
    assert works.rows("quota", "person_id, starts_on, ends_on, amount") == [
        ("275", date(2011, 5, 31), date(2011, 8, 31), Decimal(367000)),
        ("275", date(2011, 8, 31), date(2011, 11, 30), Decimal(556000)),
        ("280", date(2011, 5, 1), date(2011, 8, 1), Decimal(90000)),
    ]


def test_people_have_a_row_from_each_day_on_which_they_moved(works: Taken) -> None:
    assert works.rows("person", "person_id, valid_from, territory, region", "role = 'rep'") == [
        ("275", date(2011, 5, 31), "Northeast", "North America"),
        ("275", date(2012, 11, 30), "Central", "North America"),
        ("280", date(2011, 5, 1), "Northwest", "North America"),  # its first quota
        ("280", date(2012, 9, 30), None, "North America"),  # an end that no start follows
    ]


def test_the_hierarchy_follows_the_organization_path(works: Taken) -> None:
    columns = "DISTINCT person_id, name, role, manager_id, team, region"
    assert works.rows("person", columns, "role <> 'rep'") == [
        ("273", "Brian Welcker", "leader", None, "Brian Welcker", None),
        ("274", "Stephen Jiang", "manager", "273", "Stephen Jiang", "North America"),
    ]
    assert works.rows("person", "DISTINCT manager_id, team", "role = 'rep'") == [
        ("274", "Stephen Jiang")
    ]


def test_a_store_lies_where_its_main_office_is(works: Taken) -> None:
    columns = "account_id, owner_id, segment, industry, country, territory, employees"
    assert works.rows("account", columns) == [
        ("292", "275", "value-added reseller", "Mountain", "United States", "Northeast", 13)
    ]


def test_parts_are_products_that_cannot_be_sold(works: Taken) -> None:
    columns = "product_id, family, list_price, unit_cost, is_active"
    assert works.rows("product", columns) == [
        ("1", None, Decimal(0), Decimal(0), False),
        ("707", "Accessories", Decimal("34.99"), Decimal("13.0863"), True),
        ("708", "Accessories", Decimal(33), Decimal(25), False),  # sold until May 2013
    ]


def test_a_rate_says_what_one_dollar_buys(works: Taken) -> None:
    assert works.rows("exchange_rate", "from_currency, to_currency, valid_from, rate") == [
        ("USD", "AUD", date(2011, 5, 31), Decimal("1.5491"))
    ]


def test_consumers_are_no_leads(works: Taken) -> None:
    assert works.rows("lead", "lead_id") == []
