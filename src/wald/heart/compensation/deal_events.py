"""What happened to deals, event by event: on which day, how much of the deal, in the plan's money.

A deal is worth its booking less what was cancelled of it. By the rule's credit date that is
credited at once, or as far as it was invoiced or collected, or as a whole once it was paid: each
event adds what has changed, so that what is cancelled takes back what was credited, never more.
One portable SELECT. Source: docs/compensation/credits.md
"""

from collections.abc import Collection, Iterator

from sqlglot import exp

from wald.facts.relations import Scene, template
from wald.heart.compensation.credit import Event
from wald.heart.compensation.plan import CreditDate, CreditRule, Plan
from wald.heart.compensation.plan_currency import Days, converted, piece, union

_OF_EVENT = (
    "deal_id event event_key credited_on booked_on fx_on owner_id account_id type channel territory"
    " currency".split()
)
# Of the lines of a booking; each needs them to be read.
PARTS = ("list_amount", "cost", "quantity")
_ITSELF = frozenset({Event.BOOKED, Event.INVOICED, Event.PAID})
_BOOKING = (
    "booking_id owner_id account_id type channel territory booked_on amount tax currency".split()
)


def deal_events(
    plan: Plan,
    rule: CreditRule,
    scene: Scene,
    days: Days,
    columns: Collection[str],
    only: exp.Expr | None = None,
) -> exp.Select:
    """Return one row per event of a deal, or of each of its lines, that a rule credits.

    `only`: a condition on `owner_id` and `deal_id`; events that do not meet it are left out.

    Columns: deal_id, line_id, event, event_key, credited_on, booked_on, fx_on, owner_id,
    account_id, type, channel, territory, currency, product_id; and in the plan's currency
    net_amount (null where no rate is known), tax and, as far as `columns` names them, list_amount
    and cost; quantity.
    """
    moved = union(_met(stream, only) for stream in _streams(rule, scene))
    named = {*columns, *(("cost",) if "margin" in columns else ())}
    parts = [name for name in PARTS if name in named]
    return converted(plan, rule, scene, days, _split_up(rule, scene, moved, parts), parts)


def _met(stream: exp.Select, only: exp.Expr | None) -> exp.Select:
    if only is None:
        return stream
    found = exp.select("*").from_(stream.subquery("stream", copy=False), copy=False)
    return found.where(only)


def _streams(rule: CreditRule, scene: Scene) -> Iterator[exp.Select]:
    """Yield the events of bookings that a rule takes: what each adds to what is credited."""
    credits_deal = bool(_ITSELF & set(rule.events))
    cancels = Event.CANCELLED in rule.events
    if rule.credited is CreditDate.BOOKED:
        if credits_deal:
            yield _booked(scene)
        if cancels:
            yield _cancelled(scene)
    elif credits_deal or cancels:
        yield _received(rule, scene, takes=credits_deal, cancels=cancels)
    if Event.RENEWED in rule.events:
        yield _renewed(scene)
    if not (credits_deal or cancels or Event.RENEWED in rule.events):
        yield _booked(scene).where(exp.false())


def _booking(scene: Scene) -> exp.Select:
    return scene.labels("booking", _BOOKING)


def _booked(scene: Scene) -> exp.Select:
    return template(
        """
        SELECT booking_id AS deal_id, 'booked' AS event, '' AS event_key, booked_on AS credited_on,
               booked_on, booked_on AS fx_on, owner_id, account_id, type, channel, territory,
               currency, amount AS delta, amount, tax
          FROM booking
        """,
        booking=_booking(scene),
    )


# What was cancelled up to and with each cancellation, in the currency of the booking.
_CANCELLED = """
    SELECT gone.cancellation_id, gone.booking_id, gone.cancelled_on, gone.amount AS gone,
           CAST(SUM(gone.amount) OVER (PARTITION BY gone.booking_id
                ORDER BY gone.cancelled_on, gone.cancellation_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(18, 4)) AS upto
      FROM cancellation AS gone
      JOIN booking AS own ON own.booking_id = gone.booking_id
       AND COALESCE(gone.currency, own.currency, '') = COALESCE(own.currency, gone.currency, '')
"""


def _cancelled(scene: Scene) -> exp.Select:
    """Cancellations of deals that were credited at once: never more than the booking."""
    own = scene.labels("booking", ["booking_id", "currency"])
    gone = template(
        _CANCELLED, cancellation=scene.labels("cancellation", _CANCELLATION), booking=own
    )
    return template(
        """
        SELECT booking.booking_id AS deal_id, 'cancelled' AS event,
               gone.cancellation_id AS event_key, gone.cancelled_on AS credited_on,
               booking.booked_on, CAST(NULL AS DATE) AS fx_on, booking.owner_id, booking.account_id,
               booking.type, booking.channel, booking.territory, booking.currency,
               CAST(CASE WHEN booking.amount < 0 THEN 1 ELSE -1 END
                    * (LEAST(gone.upto, ABS(booking.amount))
                       - LEAST(gone.upto - gone.gone, ABS(booking.amount))) AS DECIMAL(18, 4))
                   AS delta,
               booking.amount, booking.tax
          FROM gone JOIN booking ON booking.booking_id = gone.booking_id
         WHERE gone.upto - gone.gone < ABS(booking.amount) AND gone.gone > 0
        """,
        gone=gone,
        booking=_booking(scene),
    )


_CANCELLATION = ("cancellation_id", "booking_id", "cancelled_on", "amount", "currency")
_RECEIPTS = {
    CreditDate.INVOICED: ("invoice", "invoice_id", "invoiced_on", "invoiced"),
    CreditDate.PAID: ("payment", "payment_id", "paid_on", "paid"),
    CreditDate.COLLECTED: ("payment", "payment_id", "paid_on", "paid"),
}
_MOVES = """
    SELECT booking_id, day, place, event_key, event, received, gone,
           CAST(SUM(received) OVER (PARTITION BY booking_id ORDER BY day, place, event_key
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(18, 4)) AS received_to,
           CAST(SUM(gone) OVER (PARTITION BY booking_id ORDER BY day, place, event_key
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(18, 4)) AS gone_to
      FROM (SELECT booking_id, CAST(received_on AS DATE) AS day, 1 AS place,
                   receipt_id AS event_key, :event AS event, amount AS received,
                   CAST(0 AS DECIMAL(18, 4)) AS gone, currency FROM receipt
            UNION ALL
            SELECT booking_id, cancelled_on AS day, 2 AS place, cancellation_id AS event_key,
                   'cancelled' AS event, CAST(0 AS DECIMAL(18, 4)) AS received, amount AS gone,
                   currency FROM cancellation) AS moved
"""
# What a deal was worth, and of that what counted, before and after a move.
_WORTH = """
    SELECT booking.booking_id AS deal_id, moves.event, moves.event_key, moves.day AS credited_on,
           booking.booked_on, booking.owner_id, booking.account_id, booking.type, booking.channel,
           booking.territory, booking.currency, booking.amount, booking.tax,
           moves.received_to - moves.received AS received_before, moves.received_to,
           booking.amount - CASE WHEN booking.amount < 0 THEN -1 ELSE 1 END
               * LEAST(moves.gone_to - moves.gone, ABS(booking.amount)) AS worth_before,
           booking.amount - CASE WHEN booking.amount < 0 THEN -1 ELSE 1 END
               * LEAST(moves.gone_to, ABS(booking.amount)) AS worth
      FROM moves JOIN booking ON booking.booking_id = moves.booking_id
"""
_PART = """
    CASE WHEN {worth} >= 0 THEN GREATEST(0, LEAST({received}, {worth}))
         ELSE LEAST(0, GREATEST({received}, {worth})) END
"""
_WHOLE = """
    CASE WHEN {worth} >= 0 AND {received} >= {worth} THEN {worth}
         WHEN {worth} < 0 AND {received} <= {worth} THEN {worth} ELSE 0 END
"""


def _received(rule: CreditRule, scene: Scene, *, takes: bool, cancels: bool) -> exp.Select:
    """Events of deals that count as far as they are invoiced or paid: each adds what it changes."""
    table, key, day, event = _RECEIPTS[rule.credited]
    receipts = _in_its_currency(scene, table, [key, day])
    receipts = exp.select(
        "booking_id",
        exp.alias_(exp.column(key), "receipt_id"),
        exp.alias_(exp.column(day), "received_on"),
        "amount",
        "currency",
    ).from_(receipts.subquery("receipt", copy=False))
    gone = _in_its_currency(scene, "cancellation", ["cancellation_id", "cancelled_on"])
    if not cancels:
        gone = gone.where(exp.false())
    moves = template(_MOVES, receipt=receipts, cancellation=gone, event=exp.Literal.string(event))
    text = _WHOLE if rule.credited is CreditDate.PAID else _PART
    rows = template(
        """
        SELECT deal_id, event, event_key, credited_on, booked_on, CAST(NULL AS DATE) AS fx_on,
               owner_id, account_id, type, channel, territory, currency,
               CAST(:after - :before AS DECIMAL(18, 4)) AS delta, amount, tax
          FROM worth WHERE :after <> :before
        """,
        worth=template(_WORTH, moves=moves, booking=_booking(scene)),
        before=exp.paren(piece(text.format(worth="worth_before", received="received_before"))),
        after=exp.paren(piece(text.format(worth="worth", received="received_to"))),
    )
    return rows if takes else rows.where(exp.column("event").eq(exp.Literal.string("cancelled")))


def _in_its_currency(scene: Scene, table: str, columns: Collection[str]) -> exp.Select:
    """Return what came in, or was cancelled, in its booking's currency; else it is a Problem."""
    rows = template(
        """
        SELECT given.booking_id, given.amount, own.currency
          FROM given JOIN own ON own.booking_id = given.booking_id
           AND COALESCE(given.currency, own.currency, '')
               = COALESCE(own.currency, given.currency, '')
        """,
        given=scene.labels(table, ["booking_id", "amount", "currency", *columns]),
        own=scene.labels("booking", ["booking_id", "currency"]),
    )
    return rows.select(*[exp.column(name, "given") for name in columns], copy=False)


def _renewed(scene: Scene) -> exp.Select:
    """Terms that renew another, on their first day; whose the booking or else the account is."""
    return template(
        """
        SELECT COALESCE(booking.booking_id, term.subscription_id) AS deal_id, 'renewed' AS event,
               term.subscription_id AS event_key, term.starts_on AS credited_on,
               COALESCE(booking.booked_on, term.starts_on) AS booked_on, term.starts_on AS fx_on,
               COALESCE(booking.owner_id, account.owner_id) AS owner_id,
               COALESCE(term.account_id, booking.account_id) AS account_id,
               booking.type, booking.channel, booking.territory,
               COALESCE(term.currency, booking.currency) AS currency,
               term.amount AS delta, term.amount, CAST(NULL AS DECIMAL(18, 4)) AS tax
          FROM term LEFT JOIN booking ON booking.booking_id = term.booking_id
          LEFT JOIN account ON account.account_id = term.account_id
         WHERE term.renews_id IS NOT NULL
        """,
        term=scene.labels(
            "subscription",
            "subscription_id account_id booking_id renews_id starts_on amount currency".split(),
        ),
        booking=_booking(scene),
        account=scene.labels("account", ["account_id", "owner_id"]),
    )


# Which part of the deal an event moves, to nine digits: doubles are divided alike everywhere.
_FRACTION = """
    CASE WHEN moved.delta = moved.amount THEN CAST(1 AS DECIMAL(12, 9))
         ELSE CAST(CAST(FLOOR(CAST(moved.delta AS DOUBLE)
                              / NULLIF(CAST(moved.amount AS DOUBLE), 0) * 1000000000.0 + 0.5)
                        AS BIGINT) * CAST(0.000000001 AS DECIMAL(10, 9)) AS DECIMAL(12, 9)) END
"""
_LINE = {
    "list_amount": "ROUND(CAST(quantity AS DECIMAL(19, 4)) * NULLIF(list_price, 0), 4)",
    "cost": "ROUND(CAST(quantity AS DECIMAL(19, 4)) * unit_cost, 4)",
    "quantity": "quantity",
}


_SCALED = "CAST(ROUND(CAST({} AS DECIMAL(19, 4)) * event.fraction, 4) AS DECIMAL(18, 4))"


def _split_up(
    rule: CreditRule, scene: Scene, moved: exp.Query, parts: Collection[str]
) -> exp.Select:
    """Give each event its part of the tax and of what the lines say; or one row for each line."""
    rows = template(
        """
        SELECT moved.deal_id, moved.event, moved.event_key, moved.credited_on, moved.booked_on,
               moved.fx_on, moved.owner_id, moved.account_id, moved.type, moved.channel,
               moved.territory, moved.currency, moved.delta, moved.tax, :fraction AS fraction
          FROM moved
        """,
        moved=exp.select("*").from_(moved.subquery("all_moves", copy=False)),
        fraction=piece(_FRACTION),
    )
    shown = [exp.column(name, "event") for name in _OF_EVENT]
    made = {name: _SCALED.format(f"line.{name}") for name in parts}
    if rule.by_line:
        shown += [exp.column("product_id", "line")]
        made |= {
            "line_id": "line.booking_line_id",
            "net_amount": _SCALED.format("line.amount"),
            "tax": "CAST(NULL AS DECIMAL(18, 4))",
        }
    else:
        made |= {name: "CAST(NULL AS TEXT)" for name in ("line_id", "product_id")}
        made |= {"net_amount": "event.delta", "tax": _SCALED.format("event.tax")}
    found = exp.select(*shown, *[exp.alias_(piece(text), name) for name, text in made.items()])
    found = found.from_(rows.subquery("event", copy=False), copy=False)
    if not rule.by_line and not parts:
        return found
    lines = _lines(scene, parts) if rule.by_line else _summed(scene, parts)
    on = exp.column("booking_id", "line").eq(exp.column("deal_id", "event"))
    way = "inner" if rule.by_line else "left"
    return found.join(lines.subquery("line", copy=False), on=on, join_type=way, copy=False)


def _lines(scene: Scene, parts: Collection[str]) -> exp.Select:
    columns = "booking_line_id booking_id product_id quantity list_price unit_cost amount".split()
    shown = [exp.column(name) for name in ("booking_line_id", "booking_id", "product_id", "amount")]
    made = [exp.alias_(exp.cast(piece(_LINE[name]), "DECIMAL(18,4)"), name) for name in parts]
    lines = scene.labels("booking_line", columns).subquery("booking_line", copy=False)
    return exp.select(*shown, *made).from_(lines, copy=False)


def _summed(scene: Scene, parts: Collection[str]) -> exp.Select:
    """Add up the lines of each booking; of what one of them lacks, nobody knows the sum."""
    whole = "CASE WHEN COUNT(*) = COUNT({0}) THEN CAST(SUM({0}) AS DECIMAL(18, 4)) END"
    made = [exp.alias_(piece(whole.format(name)), name) for name in parts]
    lines = _lines(scene, parts).subquery("line", copy=False)
    return exp.select("booking_id", *made).from_(lines, copy=False).group_by("booking_id")
