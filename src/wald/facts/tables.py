"""Every fact table: columns with type and meaning, the key, and the date that makes a row true.

A table is kept append only: a changed row is a new row with the same key from a later
load, so what was known on any day can be asked for. Besides its columns each stored
row carries `load_id` (which load brought it) and `is_deleted` (the source took it back).
"""

from collections.abc import Mapping
from types import MappingProxyType

from wald.facts.after_booking import (
    BOOKING_SPLIT,
    CANCELLATION,
    INVOICE,
    OBJECTIVE_SCORE,
    SUBSCRIPTION,
)
from wald.facts.table import ALWAYS, Column, Table, Type, currency_column, text_column

_text, _currency = text_column, currency_column

_PERSON = Table(
    "person",
    "who works in sales; a new row from each day on which manager, team, role or territory changed",
    key=("person_id", "valid_from"),
    happened="valid_from",
    moves=False,
    columns=(
        _text("person_id", "key of the person in the source", required=True),
        Column(
            "valid_from",
            Type.DATE,
            "first day on which this row holds; 1900-01-01: always",
            required=True,
            default=ALWAYS,
        ),
        _text("name", "name to show", required=True),
        _text("email", "work e-mail"),
        _text("manager_id", "person this one reports to", refers="person"),
        _text("team", "team or office"),
        _text("region", "region the team belongs to"),
        _text("territory", "territory the person works"),
        _text("role", "rep, manager, leader or operations"),
        Column("hired_on", Type.DATE, "first day of work"),
        Column("left_on", Type.DATE, "first day no longer here; null while here"),
    ),
)

_ACCOUNT = Table(
    "account",
    "a company we sell to, or might",
    key=("account_id",),
    happened="created_on",
    moves=False,
    columns=(
        _text("account_id", "key of the account in the source", required=True),
        _text("name", "name to show", required=True),
        _text("parent_id", "account this one belongs to", refers="account"),
        _text("owner_id", "person who owns the account", refers="person"),
        _text("segment", "size class or kind of customer we steer by"),
        _text("industry", "what the company does"),
        _text("country", "country of the head office"),
        _text("territory", "territory the account lies in"),
        Column("employees", Type.INTEGER, "head count"),
        Column("annual_revenue", Type.MONEY, "yearly revenue of the company"),
        _currency(),
        Column("created_on", Type.DATE, "day the account was recorded; null: always there"),
    ),
)

_CONTACT = Table(
    "contact",
    "a person at an account",
    key=("contact_id",),
    happened="created_on",
    moves=False,
    columns=(
        _text("contact_id", "key of the contact in the source", required=True),
        _text("account_id", "where the contact works", refers="account"),
        _text("name", "name to show"),
        _text("email", "e-mail"),
        _text("title", "job title"),
        _text("phone", "phone number"),
        Column("created_on", Type.DATE, "day the contact was recorded; null: always there"),
    ),
)

_PRODUCT = Table(
    "product",
    "what we sell, at its latest list price and cost",
    key=("product_id",),
    happened=None,
    moves=False,
    columns=(
        _text("product_id", "key of the product in the source", required=True),
        _text("name", "name to show", required=True),
        _text("family", "product family or category"),
        Column("list_price", Type.PRICE, "list price of one unit now"),
        Column("unit_cost", Type.PRICE, "cost of one unit now"),
        _currency(),
        Column("is_active", Type.BOOLEAN, "may it be sold now"),
    ),
)

_STAGE = Table(
    "stage",
    "the steps of the sales process, in order",
    key=("stage",),
    happened=None,
    moves=False,
    columns=(
        _text("stage", "name of the stage as opportunities carry it", required=True),
        _text("label", "name to show, where the source's key is not readable"),
        Column("position", Type.INTEGER, "order in the process, from 1", required=True),
        _text("outcome", "open, won or lost: what an opportunity in this stage is"),
        Column("probability", Type.SHARE, "chance to win that the source states for the stage"),
        _text("forecast_category", "omitted, pipeline, best_case, most_likely, commit or closed"),
    ),
)

_OPPORTUNITY = Table(
    "opportunity",
    "a deal as the source shows it now; what it was before stands in opportunity_change",
    key=("opportunity_id",),
    happened="created_at",
    tells=("closed_on",),
    columns=(
        _text("opportunity_id", "key of the opportunity in the source", required=True),
        _text("name", "name to show"),
        _text("account_id", "customer", refers="account"),
        _text("owner_id", "person who owns the deal", refers="person"),
        _text("product_id", "product the deal is mainly about", refers="product"),
        _text("type", "new_business, renewal or expansion, or the source's own word"),
        _text("lead_source", "where the deal came from"),
        _text("stage", "step of the sales process", refers="stage"),
        _text("outcome", "open, won or lost", required=True),
        Column("amount", Type.MONEY, "value of the deal; null when nobody knows"),
        _currency(),
        Column("probability", Type.SHARE, "chance to win as the source states it"),
        _text("forecast_category", "omitted, pipeline, best_case, most_likely, commit or closed"),
        Column("close_on", Type.DATE, "day it is expected to close, or did"),
        Column("created_at", Type.TIMESTAMP, "when the deal was opened; null: nobody knows"),
        Column("closed_on", Type.DATE, "day it was won or lost; null while open"),
    ),
)

_OPPORTUNITY_CHANGE = Table(
    "opportunity_change",
    "one row per change of one field of one opportunity",
    key=("change_id",),
    happened="changed_at",
    columns=(
        _text("change_id", "key of the change in the source", required=True),
        _text("opportunity_id", "the deal that changed", required=True, refers="opportunity"),
        _text("field", "name of the opportunity column that changed", required=True),
        _text("old", "value before, as text; null when there was none"),
        _text("new", "value after, as text; null when it was emptied"),
        Column("changed_at", Type.TIMESTAMP, "when it changed", required=True),
        _text("changed_by", "person who changed it", refers="person"),
    ),
)

_OPPORTUNITY_LINE = Table(
    "opportunity_line",
    "a product on an opportunity",
    key=("opportunity_line_id",),
    happened=None,
    moves=False,
    columns=(
        _text("opportunity_line_id", "key of the line in the source", required=True),
        _text("opportunity_id", "the deal", required=True, refers="opportunity"),
        _text("product_id", "the product", refers="product"),
        Column("quantity", Type.QUANTITY, "units"),
        Column("list_price", Type.PRICE, "list price of one unit then"),
        Column("net_price", Type.PRICE, "price of one unit after discount"),
        Column("amount", Type.MONEY, "net amount of the line"),
        _currency(),
    ),
)

_BOOKING = Table(
    "booking",
    "a signed order or a won deal: what we booked",
    key=("booking_id",),
    happened="booked_on",
    columns=(
        _text("booking_id", "key of the order in the source", required=True),
        _text("opportunity_id", "the deal it came from", refers="opportunity"),
        _text("account_id", "customer", refers="account"),
        _text("owner_id", "person who is credited", refers="person"),
        _text("type", "new_business, renewal or expansion, or the source's own word"),
        _text("channel", "direct, partner or online, or the source's own word"),
        _text("territory", "territory of the order"),
        Column("booked_on", Type.DATE, "day it was booked", required=True),
        Column("amount", Type.MONEY, "net amount without tax and freight", required=True),
        Column("tax", Type.MONEY, "tax on top of the amount; null: nobody knows"),
        _currency(),
    ),
)

_BOOKING_LINE = Table(
    "booking_line",
    "a product on a booking, with what it listed for, sold for and cost",
    key=("booking_line_id",),
    happened="booked_on",
    columns=(
        _text("booking_line_id", "key of the line in the source", required=True),
        _text("booking_id", "the booking", required=True, refers="booking"),
        _text("product_id", "the product", refers="product"),
        Column("booked_on", Type.DATE, "day it was booked, as on the booking", required=True),
        Column("quantity", Type.QUANTITY, "units", required=True),
        Column("list_price", Type.PRICE, "list price of one unit on that day"),
        Column("net_price", Type.PRICE, "price of one unit after discount"),
        Column("unit_cost", Type.PRICE, "cost of one unit on that day"),
        Column("amount", Type.MONEY, "net amount of the line, exact", required=True),
        _currency(),
    ),
)

_PAYMENT = Table(
    "payment",
    "money that came in for a booking",
    key=("payment_id",),
    happened="paid_on",
    columns=(
        _text("payment_id", "key of the payment in the source", required=True),
        _text("booking_id", "what was paid", refers="booking"),
        _text("account_id", "who paid", refers="account"),
        Column("paid_on", Type.DATE, "day it was paid", required=True),
        Column("amount", Type.MONEY, "amount paid", required=True),
        _currency(),
    ),
)

_ACTIVITY = Table(
    "activity",
    "a call, e-mail, meeting, task or note",
    key=("activity_id",),
    happened="happened_at",
    columns=(
        _text("activity_id", "key of the activity in the source", required=True),
        _text("person_id", "who did it", refers="person"),
        _text("account_id", "with which account", refers="account"),
        _text("opportunity_id", "about which deal", refers="opportunity"),
        _text("contact_id", "with which contact", refers="contact"),
        _text("lead_id", "with which lead", refers="lead"),
        _text("kind", "call, email, meeting, task or note", required=True),
        Column("happened_at", Type.TIMESTAMP, "when", required=True),
    ),
)

_LEAD = Table(
    "lead",
    "somebody who might buy, before there is an opportunity",
    key=("lead_id",),
    happened="created_at",
    tells=("first_response_at", "converted_on"),
    columns=(
        _text("lead_id", "key of the lead in the source", required=True),
        _text("name", "name to show"),
        _text("company", "where the lead works"),
        _text("email", "e-mail"),
        _text("owner_id", "person who follows up", refers="person"),
        _text("source", "where the lead came from"),
        _text("segment", "size class or kind of customer"),
        _text("country", "country"),
        _text("status", "the source's own word for where it stands"),
        Column("created_at", Type.TIMESTAMP, "when it came in"),
        Column("first_response_at", Type.TIMESTAMP, "when we first answered; null: not yet"),
        Column("converted_on", Type.DATE, "day it became an opportunity; null: not yet"),
        _text("opportunity_id", "the deal it became", refers="opportunity"),
        _text("account_id", "the account it became", refers="account"),
    ),
)

_QUOTA = Table(
    "quota",
    "what one person is to reach in one window of days",
    key=("quota_id",),
    happened="starts_on",
    moves=False,
    columns=(
        _text("quota_id", "key of the quota in the source", required=True),
        _text("person_id", "whose quota", required=True, refers="person"),
        Column("starts_on", Type.DATE, "first day of the window", required=True),
        Column("ends_on", Type.DATE, "first day after the window", required=True),
        Column("amount", Type.MONEY, "how much of the measure is wanted", required=True),
        _currency(),
        _text("measure", "metric that is to be reached; null: bookings"),
    ),
)

_FORECAST_SUBMISSION = Table(
    "forecast_submission",
    "what one person said would be booked in one window of days",
    key=("submission_id",),
    happened="submitted_at",
    columns=(
        _text("submission_id", "key of the submission in the source", required=True),
        _text("person_id", "who said so", required=True, refers="person"),
        Column("starts_on", Type.DATE, "first day of the window", required=True),
        Column("ends_on", Type.DATE, "first day after the window", required=True),
        _text("category", "commit, best_case or pipeline", required=True),
        Column("submitted_at", Type.TIMESTAMP, "when", required=True),
        Column("amount", Type.MONEY, "how much", required=True),
        _currency(),
    ),
)

_EXCHANGE_RATE = Table(
    "exchange_rate",
    "what one unit of a currency is worth in another, from a day on",
    key=("from_currency", "to_currency", "valid_from"),
    happened="valid_from",
    moves=False,
    columns=(
        _text("from_currency", "ISO 4217 code converted from", required=True),
        _text("to_currency", "ISO 4217 code converted to", required=True),
        Column("valid_from", Type.DATE, "first day of this rate", required=True),
        Column("rate", Type.RATE, "units of to_currency for one of from_currency", required=True),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            _PERSON,
            _ACCOUNT,
            _CONTACT,
            _PRODUCT,
            _STAGE,
            _OPPORTUNITY,
            _OPPORTUNITY_CHANGE,
            _OPPORTUNITY_LINE,
            _BOOKING,
            _BOOKING_LINE,
            BOOKING_SPLIT,
            INVOICE,
            _PAYMENT,
            CANCELLATION,
            SUBSCRIPTION,
            _ACTIVITY,
            _LEAD,
            _QUOTA,
            OBJECTIVE_SCORE,
            _FORECAST_SUBMISSION,
            _EXCHANGE_RATE,
        )
    }
)

# Opportunity columns whose past can be rebuilt from opportunity_change.
TRACKED = (
    "stage",
    "outcome",
    "amount",
    "close_on",
    "closed_on",
    "owner_id",
    "probability",
    "forecast_category",
)
