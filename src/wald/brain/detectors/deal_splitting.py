"""Deal splitting: two deals with one customer within days, each as large as nobody has to approve.

Question  Where are deals split so that each part stays under a limit of approval?
Reads     deals with an amount, by customer and day of opening; limits in the approval policy
Measures  in the engine: deals, and of them those opened within DAYS days after another of the same
          customer and owner, both at or under a limit and their sum above it, by place and slot
Judges    in Python: their share in the last half year beside that before, and beside everybody
          else's (`wald.brain.rare_shifts`): some customers always buy twice, so only a change is a
          finding. Places with fewer than MIN_NOW deals in the half year, or MIN_BEFORE before, are
          not looked at
Money     what passed in such pairs, beyond those there always were, without the approval that the
          sum needs: it is not lost, but nobody looked at it
Errors    on quiet companies 578 looks: p <= 0.05 in 3.1 %, <= 0.01 in 0.7 %, <= 0.001 in 0
Source    docs/insights/deal_splitting.md; Kleven (2016), Annu. Rev. Econ. 8: 435-464
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size, shard_of, slot_of
from wald.brain.mean_shifts import SLOTS, halves, times
from wald.brain.places import Place, by_place, called, places_of, stacked
from wald.brain.rare_shifts import dispersion, rare_shifts
from wald.brain.telling_shifts import by_slot, in_points
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS
from wald.kernel.unit import Unit

DAYS = 7
MIN_NOW, MIN_BEFORE = 30, 60
PLACES = ("region", "segment", "team")
SUMS = ("deals", "pairs", "passed")


def _measure(night: Night) -> exp.Select:
    names = {"opportunity_id", "opened_on", "amount", "account_id", "owner_id", *PLACES}
    rows = template(
        """
        SELECT deal.opportunity_id, deal.opened_on, deal.amount,
               LAG(deal.amount) OVER (PARTITION BY deal.account_id, deal.owner_id
                 ORDER BY deal.opened_on, deal.opportunity_id) AS before,
               DATE_DIFF('day', LAG(deal.opened_on) OVER (
                 PARTITION BY deal.account_id, deal.owner_id
                 ORDER BY deal.opened_on, deal.opportunity_id), deal.opened_on) AS days
          FROM deal
         WHERE deal.account_id IS NOT NULL AND deal.amount > 0 AND deal.opened_on IS NOT NULL
        """,
        deal=subject_rows(DEALS, night.scene, names),
    ).select(*[exp.column(name, "deal") for name in PLACES])
    split: exp.Expr = exp.false()
    for limit in night.agreed.amount_limits:
        under = template(
            "SELECT pair.amount <= :most AND pair.before <= :most"
            " AND pair.amount + pair.before > :most",
            most=exp.cast(exp.Literal.number(str(limit)), "DECIMAL(18,4)"),
        )
        split = exp.or_(split, under.expressions[0])
    near = exp.and_(exp.column("days", "pair") <= exp.Literal.number(DAYS), split)
    found = exp.select(
        exp.alias_(exp.Literal.number(1), "deals"),
        exp.alias_(exp.Case().when(near, exp.Literal.number(1)).else_("0"), "pairs"),
        exp.alias_(
            exp.Case().when(near.copy(), exp.column("amount") + exp.column("before")), "passed"
        ),
        exp.alias_(slot_of("opened_on", night), "slot"),
        exp.alias_(shard_of("opportunity_id"), "shard"),
        *PLACES,
    ).from_(rows.subquery("pair"))
    return by_place(found, SUMS, dimensions=PLACES, pairs=())


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    every = places_of(rows, SUMS, night.told_slots)
    places = [one for one in every if _is_enough(one)]
    if not places or places[0].where:
        return
    deals, pairs = stacked(places, "deals"), stacked(places, "pairs")
    hits, tries = halves(pairs), halves(deals)
    for place, found in zip(
        places, rare_shifts(hits, tries, dispersion(pairs, deals)), strict=True
    ):
        if found is not None:
            yield _look(place, found.size, found.p_value, night)


def _is_enough(place: Place) -> bool:
    now, before = halves(place.of("deals"))
    return bool(now >= MIN_NOW and before >= MIN_BEFORE)


def _look(place: Place, effect: Size, p_value: float, night: Night) -> Look:
    deals, pairs, passed = (place.of(name) for name in SUMS)
    now, before = halves(pairs) / halves(deals)
    whose = called(place.where) if place.where else "Everybody"
    claim = (
        f"{whose}: {now:.0%} of the deals opened in the last half year follow another of the same "
        f"customer within {DAYS} days, both under a limit of approval and together above it, "
        f"{before:.0%} before; {in_points(effect, place.where)}"
    )
    each = float(passed.sum() / max(pairs.sum(), 1.0))
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=times(effect, -each * float(halves(deals)[0]) / SLOTS),
        evidence=(
            ("limits", ", ".join(f"{one:,f}" for one in night.agreed.amount_limits)),
            ("deals of the last half year", f"{halves(deals)[0]:.0f}"),
            ("of them second parts of a pair", f"{halves(pairs)[0]:.0f}"),
            ("deals before", f"{halves(deals)[1]:.0f}"),
            ("of those second parts of a pair", f"{halves(pairs)[1]:.0f}"),
            ("mean amount of a pair", f"{each:.0f}"),
        ),
        chart=by_slot([p / n if n else None for p, n in zip(pairs, deals, strict=True)], night.day),
    )


DETECTOR = Detector(
    key="deal_splitting",
    title="Deals split under a limit",
    question="Where are deals split so that each part stays under a limit of approval?",
    story="price",
    metric="pipeline_created",
    unit=Unit.RATIO,
    needs=("opportunity",),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "change_document",
        "Let the limit count what a customer buys within a month, not one deal; and ask why the "
        "approval is gone around: is it slow?",
        document="approval_policy",
    ),
    source="docs/insights/deal_splitting.md",
    least_slots=5,
    documents=("approval_policy",),
)
