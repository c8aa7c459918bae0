"""The tables of who shares a booking and of what happens to it later: what people are paid on.

Source: docs/compensation/credits.md
"""

from wald.facts.table import Column, Table, Type, currency_column, text_column

BOOKING_SPLIT = Table(
    "booking_split",
    "one person's share of a booking; a corrected split is a later row with the same key",
    key=("booking_split_id",),
    happened=None,
    moves=False,
    columns=(
        text_column("booking_split_id", "key of the split in the source", required=True),
        text_column("booking_id", "the booking that is shared", required=True, refers="booking"),
        text_column("person_id", "who is credited", required=True, refers="person"),
        Column("share", Type.SHARE, "this person's share of the booking", required=True),
        Column(
            "kind",
            Type.TEXT,
            "split: shares of one booking come to 1; overlay: beyond that",
            default="split",
        ),
    ),
)

INVOICE = Table(
    "invoice",
    "what was invoiced of a booking",
    key=("invoice_id",),
    happened="invoiced_on",
    columns=(
        text_column("invoice_id", "key of the invoice in the source", required=True),
        text_column("booking_id", "what was invoiced", required=True, refers="booking"),
        Column("invoiced_on", Type.DATE, "day of the invoice", required=True),
        Column("amount", Type.MONEY, "net amount; negative for a credit note", required=True),
        currency_column(),
    ),
)

CANCELLATION = Table(
    "cancellation",
    "a booking, or a part of it, that was cancelled",
    key=("cancellation_id",),
    happened="cancelled_on",
    columns=(
        text_column("cancellation_id", "key of the cancellation in the source", required=True),
        text_column("booking_id", "what was cancelled", required=True, refers="booking"),
        Column("cancelled_on", Type.DATE, "day it was cancelled", required=True),
        Column("amount", Type.MONEY, "net amount of the booking that is gone", required=True),
        currency_column(),
        text_column("reason", "why, in the source's own words"),
    ),
)

SUBSCRIPTION = Table(
    "subscription",
    "one term of a subscription; a renewal is a further term that names the one it renews",
    key=("subscription_id",),
    happened="starts_on",
    moves=False,
    columns=(
        text_column("subscription_id", "key of the term in the source", required=True),
        text_column("account_id", "customer", refers="account"),
        text_column("booking_id", "booking that brought or renewed it", refers="booking"),
        text_column("renews_id", "the term before it; null: the first", refers="subscription"),
        Column("starts_on", Type.DATE, "first day of the term", required=True),
        Column("ends_on", Type.DATE, "first day after the term; null: open"),
        Column("amount", Type.MONEY, "net amount a year", required=True),
        currency_column(),
    ),
)

OBJECTIVE_SCORE = Table(
    "objective_score",
    "which share of an objective one person reached in one window of days",
    key=("objective_score_id",),
    happened="starts_on",
    moves=False,
    columns=(
        text_column("objective_score_id", "key of the score in the source", required=True),
        text_column("person_id", "whose objective", required=True, refers="person"),
        text_column("objective", "key of the objective in the plan", required=True),
        Column("starts_on", Type.DATE, "first day of the window", required=True),
        Column("ends_on", Type.DATE, "first day after the window", required=True),
        Column("reached", Type.RATE, "1: in full; more than 1: beyond it", required=True),
    ),
)
