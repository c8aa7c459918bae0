"""The relations that subjects stand on where a fact table alone is not enough.

Each is a SELECT over tables as they stood on the day asked about.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from sqlglot import exp, parse_one

from wald.facts.as_of import as_of, day_literal, holds_on, rolls_back
from wald.facts.parts import Snapshot
from wald.facts.seen import seen_rows
from wald.facts.table import STORAGE, Type
from wald.facts.tables import TABLES
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.money import minor_units
from wald.kernel.period import Period

# Of 18 digits DuckDB multiplies in 64 bits, where a product of money may not fit.
WIDE_MONEY = "DECIMAL(19,4)"


@dataclass(frozen=True, slots=True)
class Scene:
    """What every SELECT of one question shares."""

    snapshot: Snapshot
    when: AsOf
    terms: Terms
    period: Period | None = None
    stage: Callable[[exp.Expr], str] | None = None
    org: date | None = None  # day whose hierarchy counts for every row; None: each row's own day

    @property
    def whole(self) -> "Scene":
        """The same for somebody who sees everybody's rows."""
        return replace(self, snapshot=self.snapshot.whole)

    def table(self, name: str, columns: Collection[str]) -> exp.Select:
        """Return the rows of a table as it stood that may be seen by who asks."""
        return seen_rows(name, columns, self.snapshot.seen_on(self.when.valid), self.labels)

    def labels(self, name: str, columns: Collection[str]) -> exp.Select:
        """Return everybody's rows of a table as it stood: to name what a seen row points at.

        Deals of the past are rolled back once and kept at hand.
        """
        if self.stage and name == "opportunity" and rolls_back(self.when.valid, self.snapshot):
            every = [column.name for column in TABLES[name].columns]
            deals = self.stage(as_of(name, self.when, self.snapshot, every))
            return exp.select(*dict.fromkeys(columns)).from_(deals)
        return as_of(name, self.when, self.snapshot, columns)

    @property
    def last_day(self) -> date:
        """The last day of the period, or the day asked about if the period runs longer."""
        if self.period is None:
            return self.when.valid
        return min(self.period.last_day, self.when.valid)


def relation_rows(base: str, scene: Scene, columns: Collection[str]) -> exp.Select:
    """Return the rows of a table or of a relation below, with at least `columns`."""
    if base in TABLES:
        own = [name for name in columns if TABLES[base].column(name) is not None]
        return scene.table(base, own)
    return RELATIONS[base](scene, columns)


def template(text: str, **parts: exp.Expr) -> exp.Select:
    """Read a fixed SELECT and put trees where its placeholders (`:name`) or tables stand.

    A SELECT that stands in no other tree yet is put in as it is: copies of copies cost most.
    """

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder) and node.name in parts:
            return parts[node.name].copy()
        if isinstance(node, exp.Table) and isinstance(part := parts.get(node.name), exp.Select):
            own = part if part.parent is None else part.copy()
            return own.subquery(node.alias_or_name, copy=False)
        return node

    tree = _parsed(text).transform(put)
    if not isinstance(tree, exp.Select):
        raise TypeError(f"not a SELECT: {text}")
    return tree


@cache
def _parsed(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def converted(
    rows: exp.Select, money: Collection[str], day: exp.Expr, table: str, scene: Scene
) -> exp.Select:
    """Turn the amounts of `rows` into the reporting currency, rounded to its minor unit.

    A row without a currency counts as the reporting currency. Where no rate is known the
    amount becomes null, never a guess. Rows in one currency alone are left as they are.
    """
    currencies = set(scene.snapshot.currencies(table))
    if not money or currencies <= {scene.terms.currency}:
        return rows
    if scene.terms.rate_rule is RateRule.LATEST:
        day = day_literal(scene.when.valid)
    wanted = exp.Literal.string(scene.terms.currency)
    rates = rates_known(scene)
    ours = exp.or_(
        exp.column("currency", "given").is_(exp.null()), exp.column("currency", "given").eq(wanted)
    )
    day = day.transform(lambda n: exp.column(n.name, "given") if isinstance(n, exp.Column) else n)
    shown: list[exp.Expr] = []
    for item in rows.named_selects:
        own = exp.column(item, "given")
        if item in money:
            value = exp.Case().when(ours.copy(), own.copy())
            value = value.else_(at_rate(own, exp.column("rate", "rates"), scene))
            shown.append(exp.alias_(exp.cast(value, STORAGE[Type.MONEY]), item))
        else:
            shown.append(own)
    return (
        exp.select(*shown)
        .from_(rows.subquery("given", copy=False))
        .join(
            rates.subquery("rates", copy=False),
            on=exp.and_(
                exp.column("currency", "given").eq(exp.column("from_currency", "rates")),
                exp.column("valid_from", "rates") <= day.copy(),
                holds_on(day, exp.column("valid_to", "rates")),
            ),
            join_type="left",
            copy=False,
        )
    )


def rates_known(scene: Scene) -> exp.Select:
    """Return the rates into the reporting currency: from_currency, rate, valid_from, valid_to."""
    return template(
        """
        SELECT from_currency, rate, valid_from,
               LEAD(valid_from) OVER (PARTITION BY from_currency ORDER BY valid_from) AS valid_to
          FROM exchange_rate WHERE to_currency = :wanted
        """,
        exchange_rate=scene.table("exchange_rate", ["from_currency", "to_currency", "rate"]),
        wanted=exp.Literal.string(scene.terms.currency),
    )


def at_rate(amount: exp.Expr, rate: exp.Expr, scene: Scene) -> exp.Expr:
    """Return an amount at a rate, rounded to the minor unit of the reporting currency."""
    return exp.func(
        "ROUND",
        exp.cast(amount, WIDE_MONEY) * exp.cast(rate, STORAGE[Type.RATE]),
        exp.Literal.number(minor_units(scene.terms.currency)),
    )


def _deal(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Deals; `chance` is the probability of the deal, or of its stage where the deal has none."""
    own = [c.name for c in TABLES["opportunity"].columns if c.name in columns]
    if "chance" not in columns:
        return scene.table("opportunity", own)
    rows = template(
        """
        SELECT COALESCE(deal.probability, stage.probability) AS chance
          FROM deal LEFT JOIN stage ON stage.stage = deal.stage
        """,
        deal=scene.table("opportunity", {*own, "stage", "probability"}),
        stage=scene.table("stage", ["stage", "probability"]),
    )
    return rows.select(*[exp.column(name, "deal") for name in own])


def _moved_deal(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Open deals with the last day on which they were opened, changed, or worked on."""
    own = [c.name for c in TABLES["opportunity"].columns if c.name in columns]
    deals = scene.table("opportunity", {*own, "opportunity_id", "created_at", "outcome"})
    moves = template(
        """
        SELECT opportunity_id, MAX(moved_at) AS moved_at
          FROM (SELECT opportunity_id, changed_at AS moved_at FROM opportunity_change
                UNION ALL
                SELECT opportunity_id, happened_at AS moved_at FROM activity
                 WHERE opportunity_id IS NOT NULL) AS move
         GROUP BY opportunity_id
        """,
        # Whoever moved a deal moved it: of the moves only the last day of a seen deal is shown.
        opportunity_change=scene.labels("opportunity_change", ["opportunity_id"]),
        activity=scene.labels("activity", ["opportunity_id"]),
    )
    rows = template(
        """
        SELECT CAST(CASE WHEN deal.created_at IS NULL OR moves.moved_at > deal.created_at
                         THEN moves.moved_at ELSE deal.created_at END AS DATE) AS last_moved_on
          FROM deal LEFT JOIN moves ON moves.opportunity_id = deal.opportunity_id
         WHERE deal.outcome = 'open'
        """,
        deal=deals,
        moves=moves,
    )
    return rows.select(*[exp.column(name, "deal") for name in own])


_DEAL_OF_CHANGE = ("owner_id", "account_id", "product_id", "stage", "type", "lead_source")


def _deal_change(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Changes with the owner, account and product of their deal, and the days a closing moved.

    Loading has checked that the values of a date field are dates.
    """
    own = [c.name for c in TABLES["opportunity_change"].columns if c.name in columns]
    changes = scene.table(
        "opportunity_change", {*own, "opportunity_id", "changed_at", "field", "old", "new"}
    )
    shown = [exp.column(name, "change") for name in own]
    if "pushed_days" in columns:
        pushed = template(
            """
            SELECT CASE WHEN change.field = 'close_on'
                        THEN DATE_DIFF('day', CAST(change.old AS DATE), CAST(change.new AS DATE))
                   END AS pushed_days FROM change
            """
        )
        shown.append(pushed.expressions[0])
    wanted = [name for name in _DEAL_OF_CHANGE if name in columns]
    rows = exp.select(*shown, *[exp.column(name, "deal") for name in wanted])
    rows = rows.from_(changes.subquery("change", copy=False))
    if not wanted:
        return rows
    deals = scene.table("opportunity", {"opportunity_id", *wanted})
    on = exp.column("opportunity_id", "deal").eq(exp.column("opportunity_id", "change"))
    return rows.join(deals.subquery("deal", copy=False), on=on, join_type="left", copy=False)


def _stage_entry(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Each stay of a deal in a stage: when it entered, when it left and for which stage.

    The first stay goes first (rank 0) whatever its day: not every deal's opening is known.
    """
    deal_columns = ["owner_id", "account_id", "product_id", "type", "lead_source"]
    return template(
        """
        SELECT stay.opportunity_id, deal.owner_id, deal.account_id, deal.product_id, deal.type,
               deal.lead_source, stay.stage, own.outcome AS stage_outcome, own.position,
               stay.entered_at, stay.left_at, stay.next_stage,
               following.position AS next_position, following.outcome AS next_outcome
          FROM (SELECT opportunity_id, stage, entered_at,
                       LEAD(entered_at) OVER (PARTITION BY opportunity_id
                                              ORDER BY rank, entered_at) AS left_at,
                       LEAD(stage) OVER (PARTITION BY opportunity_id
                                         ORDER BY rank, entered_at) AS next_stage
                  FROM (SELECT opportunity_id, new AS stage, changed_at AS entered_at, 1 AS rank
                          FROM change WHERE field = 'stage'
                        UNION ALL
                        SELECT opened.opportunity_id,
                               CASE WHEN first.opportunity_id IS NULL THEN opened.stage
                                    ELSE first.old END AS stage,
                               opened.created_at AS entered_at, 0 AS rank
                          FROM opened
                          LEFT JOIN (SELECT opportunity_id, old,
                                            ROW_NUMBER() OVER (PARTITION BY opportunity_id
                                                               ORDER BY changed_at) AS place
                                       FROM earliest WHERE field = 'stage') AS first
                            ON first.opportunity_id = opened.opportunity_id AND first.place = 1
                       ) AS entry
                 WHERE stage IS NOT NULL) AS stay
          LEFT JOIN deal ON deal.opportunity_id = stay.opportunity_id
          LEFT JOIN stage AS own ON own.stage = stay.stage
          LEFT JOIN stage AS following ON following.stage = stay.next_stage
        """,
        change=scene.table("opportunity_change", ["opportunity_id", "field", "new"]),
        earliest=scene.table("opportunity_change", ["opportunity_id", "field", "old"]),
        opened=scene.table("opportunity", ["opportunity_id", "stage", "created_at"]),
        deal=scene.table("opportunity", ["opportunity_id", *deal_columns]),
        stage=scene.table("stage", ["stage", "position", "outcome"]),
    )


def _sold_line(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Booking lines with their booking's people, and what they listed for and cost in all."""
    line = [c.name for c in TABLES["booking_line"].columns]
    rows = template(
        """
        SELECT booking.owner_id, booking.account_id, booking.type, booking.channel,
               booking.territory,
               CAST(ROUND(CAST(line.quantity AS DECIMAL(19, 4)) * NULLIF(line.list_price, 0), 4)
                    AS DECIMAL(18, 4)) AS list_amount,
               CAST(ROUND(CAST(line.quantity AS DECIMAL(19, 4)) * line.unit_cost, 4)
                    AS DECIMAL(18, 4)) AS cost
          FROM line LEFT JOIN booking ON booking.booking_id = line.booking_id
        """,
        line=scene.table("booking_line", line),
        booking=scene.table(
            "booking", ["booking_id", "owner_id", "account_id", "type", "channel", "territory"]
        ),
    )
    return rows.select(*[exp.column(name, "line") for name in line])


def _seller(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Reps at work on the last day asked about, whether or not they did anything."""
    return template(
        """
        SELECT person_id, name, CAST(:day AS DATE) AS present_on FROM person
         WHERE role = 'rep' AND valid_from <= :day AND (valid_to IS NULL OR :day < valid_to)
           AND (hired_on IS NULL OR hired_on <= :day) AND (left_on IS NULL OR :day < left_on)
        """,
        person=scene.table("person", ["person_id", "name", "role", "hired_on", "left_on"]),
        day=day_literal(scene.last_day),
    )


def _quota_progress(scene: Scene, columns: Collection[str]) -> exp.Select:
    """Quotas with what their person booked inside their window, both in the reporting currency.

    Where one of the bookings has no amount in that currency, nobody knows what was booked.
    """
    quotas = scene.table("quota", [c.name for c in TABLES["quota"].columns])
    bookings = scene.table("booking", ["booking_id", "owner_id", "booked_on", "amount", "currency"])
    return template(
        """
        SELECT quota.quota_id, quota.person_id, quota.starts_on, quota.ends_on, quota.amount,
               quota.currency, COALESCE(quota.measure, 'bookings') AS measure,
               CAST(quota.starts_on + CAST(FLOOR(DATE_DIFF('day', quota.starts_on, quota.ends_on)
                    / 2) AS INT) AS DATE) AS middle_on,
               CASE WHEN COUNT(booking.booking_id) = COUNT(booking.amount)
                    THEN CAST(COALESCE(SUM(booking.amount), 0) AS DECIMAL(18, 4)) END AS booked
          FROM quota
          LEFT JOIN booking
            ON booking.owner_id = quota.person_id
           AND booking.booked_on >= quota.starts_on AND booking.booked_on < quota.ends_on
         GROUP BY quota.quota_id, quota.person_id, quota.starts_on, quota.ends_on, quota.amount,
                  quota.currency, quota.measure
        """,
        quota=converted(quotas, ["amount"], exp.column("starts_on"), "quota", scene),
        booking=converted(bookings, ["amount"], exp.column("booked_on"), "booking", scene),
    )


RELATIONS: Mapping[str, Callable[[Scene, Collection[str]], exp.Select]] = MappingProxyType(
    {
        "deal": _deal,
        "moved_deal": _moved_deal,
        "deal_change": _deal_change,
        "stage_entry": _stage_entry,
        "sold_line": _sold_line,
        "seller": _seller,
        "quota_progress": _quota_progress,
    }
)
