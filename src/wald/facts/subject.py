"""What a metric can be about: a fact table with its people, accounts and products joined.

A subject is a frozen declaration; `reading.py` composes from it the one SELECT a question
needs, with only the joins its dimensions and filters use. Texts are in the language
(docs/reference/language.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from wald.facts.table import STORAGE, Type
from wald.facts.tables import TABLES
from wald.language.types import Kind, SqlType


@dataclass(frozen=True, slots=True)
class Computed:
    """A column made from others of the same row; `:as_of` is the day asked about."""

    name: str
    text: str
    type: Type
    meaning: str


@dataclass(frozen=True, slots=True)
class Subject:
    key: str
    title: str  # plural, as a person says it
    base: str  # the table, or the relation of relations.py, whose rows these are
    tables: tuple[str, ...]  # without rows in all of them the subject cannot be had
    row_key: tuple[str, ...]
    shown: tuple[str, ...]  # columns a person wants to see of a row
    columns: Mapping[str, Type]
    computed: tuple[Computed, ...] = ()
    money: tuple[str, ...] = ()  # amounts to convert, in `currency` of the row
    priced_on: str = ""  # day whose rate converts them
    person: str = ""  # column that names the person
    person_on: str = ""  # day whose team, region and manager count
    account: str = ""
    product: str = ""
    days: tuple[str, ...] = field(default=())  # date columns a metric may be measured on


def _of(table: str, *more: tuple[str, Type]) -> Mapping[str, Type]:
    return MappingProxyType({**{c.name: c.type for c in TABLES[table].columns}, **dict(more)})


DEALS = Subject(
    key="deals",
    title="deals",
    base="deal",
    tables=("opportunity",),
    row_key=("opportunity_id",),
    shown=("name", "stage", "outcome", "amount", "currency", "opened_on", "close_on", "closed_on"),
    columns=_of("opportunity", ("chance", Type.SHARE)),
    computed=(
        Computed("opened_on", "CAST(created_at AS DATE)", Type.DATE, "day the deal was opened"),
        Computed(
            "cycle_days",
            "DATE_DIFF('day', CAST(created_at AS DATE), closed_on)",
            Type.INTEGER,
            "days from opening to closing",
        ),
        Computed(
            "open_days",
            "DATE_DIFF('day', CAST(created_at AS DATE), :as_of)",
            Type.INTEGER,
            "days from opening to the day asked about",
        ),
    ),
    money=("amount",),
    priced_on="COALESCE(closed_on, :as_of)",
    person="owner_id",
    person_on="COALESCE(closed_on, :as_of)",
    account="account_id",
    product="product_id",
    days=("opened_on", "close_on", "closed_on"),
)

MOVED_DEALS = Subject(
    key="moved_deals",
    title="open deals",
    base="moved_deal",
    tables=("opportunity",),
    row_key=("opportunity_id",),
    shown=("name", "stage", "amount", "currency", "close_on", "last_moved_on", "still_days"),
    columns=_of("opportunity", ("last_moved_on", Type.DATE)),
    computed=(
        Computed(
            "still_days",
            "DATE_DIFF('day', last_moved_on, :as_of)",
            Type.INTEGER,
            "days since anything happened",
        ),
    ),
    money=("amount",),
    priced_on=":as_of",
    person="owner_id",
    person_on=":as_of",
    account="account_id",
    product="product_id",
    days=("close_on",),
)

CHANGES = Subject(
    key="changes",
    title="changes of deals",
    base="deal_change",
    tables=("opportunity_change",),
    row_key=("change_id",),
    shown=("opportunity_id", "field", "old", "new", "changed_on"),
    columns=_of(
        "opportunity_change",
        ("owner_id", Type.TEXT),
        ("account_id", Type.TEXT),
        ("product_id", Type.TEXT),
        ("stage", Type.TEXT),
        ("type", Type.TEXT),
        ("lead_source", Type.TEXT),
        ("pushed_days", Type.INTEGER),
    ),
    computed=(Computed("changed_on", "CAST(changed_at AS DATE)", Type.DATE, "day of the change"),),
    person="owner_id",
    person_on="changed_on",
    account="account_id",
    product="product_id",
    days=("changed_on",),
)

STAGE_ENTRIES = Subject(
    key="stage_entries",
    title="entries of deals into stages",
    base="stage_entry",
    tables=("opportunity", "stage"),
    row_key=("opportunity_id", "entered_at"),
    shown=("opportunity_id", "stage", "entered_on", "left_on", "next_stage"),
    columns=MappingProxyType(
        {
            "opportunity_id": Type.TEXT,
            "owner_id": Type.TEXT,
            "account_id": Type.TEXT,
            "product_id": Type.TEXT,
            "type": Type.TEXT,
            "lead_source": Type.TEXT,
            "stage": Type.TEXT,
            "stage_outcome": Type.TEXT,
            "position": Type.INTEGER,
            "entered_at": Type.TIMESTAMP,
            "left_at": Type.TIMESTAMP,
            "next_stage": Type.TEXT,
            "next_position": Type.INTEGER,
            "next_outcome": Type.TEXT,
        }
    ),
    computed=(
        Computed("entered_on", "CAST(entered_at AS DATE)", Type.DATE, "day it entered"),
        Computed("left_on", "CAST(left_at AS DATE)", Type.DATE, "day it left; null: still there"),
    ),
    person="owner_id",
    person_on="entered_on",
    account="account_id",
    product="product_id",
    days=("entered_on",),
)

BOOKINGS = Subject(
    key="bookings",
    title="bookings",
    base="booking",
    tables=("booking",),
    row_key=("booking_id",),
    shown=("booked_on", "amount", "currency", "type", "channel", "opportunity_id"),
    columns=_of("booking"),
    money=("amount", "tax"),
    priced_on="booked_on",
    person="owner_id",
    person_on="booked_on",
    account="account_id",
    days=("booked_on",),
)

BOOKING_LINES = Subject(
    key="booking_lines",
    title="lines of bookings",
    base="sold_line",
    tables=("booking_line",),
    row_key=("booking_line_id",),
    shown=("booking_id", "booked_on", "quantity", "amount", "list_amount", "cost", "currency"),
    columns=_of(
        "booking_line",
        ("owner_id", Type.TEXT),
        ("account_id", Type.TEXT),
        ("type", Type.TEXT),
        ("channel", Type.TEXT),
        ("territory", Type.TEXT),
        ("list_amount", Type.MONEY),
        ("cost", Type.MONEY),
    ),
    money=("amount", "list_amount", "cost"),
    priced_on="booked_on",
    person="owner_id",
    person_on="booked_on",
    account="account_id",
    product="product_id",
    days=("booked_on",),
)

ACTIVITIES = Subject(
    key="activities",
    title="activities",
    base="activity",
    tables=("activity",),
    row_key=("activity_id",),
    shown=("kind", "happened_on", "opportunity_id", "account_id", "lead_id"),
    columns=_of("activity"),
    computed=(Computed("happened_on", "CAST(happened_at AS DATE)", Type.DATE, "day it happened"),),
    person="person_id",
    person_on="happened_on",
    account="account_id",
    days=("happened_on",),
)

SELLERS = Subject(
    key="sellers",
    title="people who sell",
    base="seller",
    tables=("person",),
    row_key=("person_id",),
    shown=("name",),
    columns=MappingProxyType({"person_id": Type.TEXT, "name": Type.TEXT, "present_on": Type.DATE}),
    person="person_id",
    person_on="present_on",
)

LEADS = Subject(
    key="leads",
    title="leads",
    base="lead",
    tables=("lead",),
    row_key=("lead_id",),
    shown=("name", "company", "source", "created_on", "first_response_at", "converted_on"),
    columns=_of("lead"),
    computed=(
        Computed("created_on", "CAST(created_at AS DATE)", Type.DATE, "day the lead came in"),
        Computed(
            "response_seconds",
            "DATE_DIFF('second', DATE_TRUNC('second', created_at),"
            " DATE_TRUNC('second', first_response_at))",
            Type.INTEGER,
            "seconds until we answered",
        ),
    ),
    person="owner_id",
    person_on="created_on",
    days=("created_on",),
)

QUOTAS = Subject(
    key="quotas",
    title="quotas with what was booked against them",
    base="quota_progress",
    tables=("quota",),
    row_key=("quota_id",),
    shown=("person_id", "starts_on", "ends_on", "amount", "booked", "currency"),
    columns=_of("quota", ("booked", Type.MONEY), ("middle_on", Type.DATE)),
    person="person_id",
    person_on="starts_on",
    days=("starts_on", "middle_on"),
)

SUBJECTS: Mapping[str, Subject] = MappingProxyType(
    {
        subject.key: subject
        for subject in (
            DEALS,
            MOVED_DEALS,
            CHANGES,
            STAGE_ENTRIES,
            BOOKINGS,
            BOOKING_LINES,
            ACTIVITIES,
            SELLERS,
            LEADS,
            QUOTAS,
        )
    }
)

_KINDS = {
    Type.TEXT: Kind.TEXT,
    Type.INTEGER: Kind.INTEGER,
    Type.DATE: Kind.DATE,
    Type.TIMESTAMP: Kind.TIMESTAMP,
    Type.BOOLEAN: Kind.BOOLEAN,
}


def sql_type(type: Type) -> SqlType:
    """Return the language's type of a column type."""
    if type in _KINDS:
        return SqlType(_KINDS[type])
    precision, scale = STORAGE[type].removeprefix("DECIMAL(").removesuffix(")").split(",")
    return SqlType(Kind.DECIMAL, int(precision), int(scale))
