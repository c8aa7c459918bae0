"""Who is credited for an event of a deal by a rule of the plan, and with which share.

direct     the owner
split      those who share the booking; its owner where nobody does
overlay    those the plan names or its condition on people meets on the day; where it does neither,
           those whom the booking names beside the split
roll_up    those above the owner, or above those who share it, on the day of the credit

Shares that do not come to 100 % are credited and held. Source: docs/compensation/credits.md
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlglot import exp

from wald.facts.relations import Scene, template
from wald.facts.seen import among
from wald.heart.compensation.credit import Kind
from wald.heart.compensation.plan import CreditRule
from wald.heart.compensation.plan_check import PEOPLE
from wald.heart.compensation.plan_currency import piece, union
from wald.heart.compensation.reporting_lines import chains
from wald.kernel.problem import BadInput
from wald.language.parse import read_condition

_SPLIT = ("booking_split_id", "booking_id", "person_id", "share", "kind")


def credited(
    rule: CreditRule, scene: Scene, events: exp.Select, persons: frozenset[str] | None
) -> exp.Select:
    """Return the columns of `events` with person_id, share, kind, via and is_uneven.

    `via`: through whom or what, "" for oneself. `persons`: of these alone; None: of everybody.
    """
    columns = [name for name in events.named_selects if name != "owner_id"]
    rows = _WAYS[rule.kind](rule, scene, events)
    rows = rows.select(*[exp.column(name, "event") for name in columns], copy=False)
    person = exp.column("person_id")
    known = person.is_(exp.null()).not_() if persons is None else among(person, persons)
    shown = exp.select(*rows.named_selects).from_(rows.subquery("credited", copy=False), copy=False)
    return shown.where(known, copy=False)


def near(rule: CreditRule, scene: Scene, persons: frozenset[str] | None) -> exp.Expr | None:
    """Return which events may credit some people, by `owner_id` and `deal_id`; None: any.

    Said before anything is joined to the events, so that few of them are. Deals that somebody is
    credited for are owned or shared by them, or by people below them.
    """
    if persons is None or rule.kind not in (Kind.SPLIT, Kind.ROLL_UP):
        return None  # nobody shares a deal of the others: the engine sees for itself who is asked
    person, below = exp.column("person_id"), among(exp.column("boss_id"), persons)

    def is_one(column: exp.Expr) -> exp.Expr:
        if rule.kind is Kind.SPLIT:
            return among(column, persons)
        lines = chains(scene, rule.levels).subquery("chain", copy=False)
        return column.isin(query=exp.select("person_id").from_(lines, copy=False).where(below))

    shares = _shares(scene).subquery("part", copy=False)
    shared = exp.select("booking_id").from_(shares, copy=False).where(is_one(person))
    owns = is_one(exp.column("owner_id"))
    return exp.or_(owns, exp.column("deal_id").isin(query=shared), copy=False)


def _share(rule: CreditRule, share: str) -> exp.Expr:
    """Return a share times that of the rule, to six digits."""
    if rule.share == 1:
        return piece(f"CAST({share} AS DECIMAL(9, 6))")
    factor = f"CAST({rule.share:f} AS DECIMAL(9, 6))"
    return piece(f"CAST(ROUND(CAST({share} AS DECIMAL(9, 6)) * {factor}, 6) AS DECIMAL(9, 6))")


def _direct(rule: CreditRule, scene: Scene, events: exp.Select) -> exp.Select:
    return template(
        """
        SELECT event.owner_id AS person_id, :share AS share, 'direct' AS kind, '' AS via,
               FALSE AS is_uneven FROM event
        """,
        event=events,
        share=_share(rule, "1"),
    )


def _shares(scene: Scene) -> exp.Select:
    return template(
        """
        SELECT booking_split_id, booking_id, person_id, share
          FROM booking_split WHERE kind = 'split'
        """,
        booking_split=scene.labels("booking_split", _SPLIT),
    )


def _uneven(scene: Scene) -> exp.Select:
    """Return the bookings whose shares do not come to 100 %: few, so the join costs nothing."""
    return template(
        """
        SELECT booking_id FROM booking_split WHERE kind = 'split'
         GROUP BY booking_id HAVING SUM(share) <> 1
        """,
        booking_split=scene.labels("booking_split", _SPLIT),
    )


def _split(rule: CreditRule, scene: Scene, events: exp.Select) -> exp.Select:
    return template(
        """
        SELECT COALESCE(part.person_id, event.owner_id) AS person_id, :share AS share,
               CASE WHEN part.booking_id IS NULL THEN 'direct' ELSE 'split' END AS kind,
               COALESCE(part.booking_split_id, '') AS via,
               odd.booking_id IS NOT NULL AS is_uneven
          FROM event LEFT JOIN part ON part.booking_id = event.deal_id
          LEFT JOIN odd ON odd.booking_id = event.deal_id
        """,
        event=events,
        part=_shares(scene),
        odd=_uneven(scene),
        share=_share(rule, "COALESCE(part.share, 1)"),
    )


def _roll_up(rule: CreditRule, scene: Scene, events: exp.Select) -> exp.Select:
    """Follow the lines of reporting up from those who share the deal; each step is a credit."""
    shared = _split(CreditRule(rule.name, Kind.SPLIT), scene, events)
    shared = shared.select(*[exp.column(name, "event") for name in events.named_selects])
    return template(
        """
        SELECT chain.boss_id AS person_id, :share AS share, 'roll_up' AS kind,
               CASE WHEN event.via = '' THEN event.person_id
                    ELSE CONCAT(event.person_id, '/', event.via) END AS via, event.is_uneven
          FROM event JOIN chain
            ON chain.person_id = event.person_id
           AND chain.valid_from <= event.credited_on AND event.credited_on < chain.valid_to
        """,
        event=shared,
        chain=chains(scene, rule.levels),
        share=_share(rule, "event.share"),
    )


def _overlay(rule: CreditRule, scene: Scene, events: exp.Select) -> exp.Select:
    if not rule.people and not rule.who:
        return template(
            """
            SELECT part.person_id, :share AS share, 'overlay' AS kind,
                   part.booking_split_id AS via, FALSE AS is_uneven
              FROM event JOIN part ON part.booking_id = event.deal_id AND part.kind = 'overlay'
            """,
            event=events,
            part=scene.labels("booking_split", _SPLIT),
            share=_share(rule, "part.share"),
        )
    return template(
        """
        SELECT beside.person_id, :share AS share, 'overlay' AS kind, '' AS via,
               FALSE AS is_uneven
          FROM event JOIN beside
            ON beside.valid_from <= event.credited_on AND event.credited_on < beside.valid_to
        """,
        event=events,
        beside=_beside(rule, scene),
        share=_share(rule, "1"),
    )


def _beside(rule: CreditRule, scene: Scene) -> exp.Select:
    """Return the windows of days in which somebody is beside every deal: those named are always."""
    always = [
        template(
            """
            SELECT CAST('0001-01-01' AS DATE) AS valid_from,
                   CAST('9999-12-31' AS DATE) AS valid_to, :person AS person_id
            """,
            person=exp.cast(exp.Literal.string(person), "TEXT"),
        )
        for person in dict.fromkeys(rule.people)
    ]
    if rule.who:
        always.append(_met(rule, scene))
    columns = ("person_id", "valid_from", "valid_to")
    return exp.select(*columns).from_(union(iter(always)).subquery("beside", copy=False))


def _met(rule: CreditRule, scene: Scene) -> exp.Select:
    """Return the windows in which somebody at work meets the rule's condition on people."""
    checked = read_condition(rule.who, PEOPLE)
    if checked.tree is None:
        raise BadInput(f"{rule.who!r} cannot be read.", checked.problems)
    people = scene.labels("person", list(PEOPLE))
    people = exp.select(*PEOPLE, "valid_from", "valid_to").from_(people.subquery("person"))
    if rule.people:
        people = people.where(exp.not_(among(exp.column("person_id"), rule.people)))
    return template(
        """
        SELECT GREATEST(valid_from, COALESCE(hired_on, valid_from)) AS valid_from,
               LEAST(COALESCE(valid_to, CAST('9999-12-31' AS DATE)),
                     COALESCE(left_on, CAST('9999-12-31' AS DATE))) AS valid_to, person_id
          FROM person
        """,
        person=people.where(checked.tree),
    )


_WAYS: Mapping[Kind, Callable[[CreditRule, Scene, exp.Select], exp.Select]] = MappingProxyType(
    {Kind.DIRECT: _direct, Kind.SPLIT: _split, Kind.OVERLAY: _overlay, Kind.ROLL_UP: _roll_up}
)
