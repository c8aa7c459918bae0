"""A what-if as JSON values, rows of a table and words, for page, command and API."""

from collections.abc import Mapping
from decimal import Decimal

from wald.heart.compensation.derivation import plain
from wald.heart.compensation.what_if import Bend, Part, PersonChange, Spread
from wald.kernel.money import minor_units, rounded
from wald.queries.pay_what_if import WhatIf
from wald.queries.plain import Json, problem_json
from wald.queries.statement_files import money

DOUBT = (
    "History does not react: under another plan people would have sold otherwise. This is what "
    "the plan would have cost on what happened, not what it would have brought about."
)
COLUMNS = (
    "person_id", "name", "old", "new", "change", "currency", "credit", "margin", "attainment",
    "why",
)  # fmt: skip


def what_if_json(found: WhatIf) -> Json:
    whole = found.comparison
    return {
        "period": found.period.label,
        "old": list(found.old),
        "new": found.plan.version,
        "currency": found.plan.currency,
        "is_cut": found.is_cut,
        "cost": {
            "old": plain(whole.old_cost),
            "new": plain(whole.new_cost),
            "change": plain(whole.new_cost - whole.old_cost),
            "credit": plain(whole.credit),
            "margin": _plain(whole.margin),
        },
        "components": [_part(one) for one in whole.parts],
        "spread": {"old": _spread(whole.old_spread), "new": _spread(whole.new_spread)},
        "people": [_person(one, found) for one in whole.people],
        "close_to_a_bend": {
            "old": found.old_bends,
            "new": [_bend(person, one) for person, ones in found.bends.items() for one in ones],
        },
        "findings": [
            {
                "rule": one.rule,
                "verdict": one.verdict.value,
                "certainty": one.certainty,
                "sentence": one.sentence,
            }
            for one in found.findings
        ],
        "problems": [problem_json(one) for one in found.lost],
        "doubt": DOUBT,
    }


def people_rows(found: WhatIf) -> list[tuple[object, ...]]:
    """Return one row a person, of COLUMNS; amounts are decimal texts."""
    return [
        (
            one.person_id,
            found.name(one.person_id),
            plain(one.old),
            plain(one.new),
            plain(one.change),
            found.plan.currency,
            plain(one.credit),
            _plain(one.margin),
            _plain(one.attainment),
            because(one, found.plan.currency),
        )
        for one in found.comparison.people
    ]


def because(one: PersonChange, currency: str) -> str:
    """Say which components made the difference: "commission -120.00, good_quarter +30.00"."""
    return ", ".join(f"{part.component} {signed(part.change, currency)}" for part in one.why)


def signed(amount: Decimal, currency: str) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"


def share_of(part: Decimal, whole: Decimal | None) -> str:
    """Return a share in per cent with two digits, as `4.13 %`; "" of nothing."""
    return f"{part / whole * 100:.2f} %" if whole else ""


def sides(found: WhatIf) -> list[Mapping[str, str]]:
    """Return the totals line by line: what, with the old plan, with the new one, the change."""
    whole, currency = found.comparison, found.plan.currency
    old, new = whole.old_cost, whole.new_cost
    rows = [_row("pay", old, new, currency)]
    rows += [_row(f"  {one.component}", one.old, one.new, currency) for one in whole.parts]
    rows.append(_shares("pay, of what was credited", old, new, whole.credit))
    if whole.margin is not None:
        rows.append(_row("margin after pay", whole.margin - old, whole.margin - new, currency))
        rows.append(_shares("pay, of the margin", old, new, whole.margin))
    ends = (whole.old_spread, whole.new_spread)
    for label, name in _SPREAD:
        before, after = (Decimal(0) if one is None else getattr(one, name) for one in ends)
        rows.append(_row(label, before, after, currency))
    return rows


_SPREAD = (
    ("least paid", "least"),
    ("a quarter is paid up to", "quarter"),
    ("half is paid up to", "half"),
    ("three quarters up to", "three_quarters"),
    ("most paid", "most"),
)


def _row(what: str, old: Decimal, new: Decimal, currency: str) -> Mapping[str, str]:
    digits = minor_units(currency)
    before, after = rounded(old, digits), rounded(new, digits)
    return {
        "what": what,
        "old": money(before, currency),
        "new": money(after, currency),
        "change": signed(after - before, currency),
    }


def _shares(what: str, old: Decimal, new: Decimal, whole: Decimal) -> Mapping[str, str]:
    change = f"{(new - old) / whole * 100:+.2f}" if whole else ""
    return {"what": what, "old": share_of(old, whole), "new": share_of(new, whole),
            "change": f"{change} points" if change else ""}  # fmt: skip


def _person(one: PersonChange, found: WhatIf) -> Json:
    return {
        "person": one.person_id,
        "name": found.name(one.person_id),
        "old": plain(one.old),
        "new": plain(one.new),
        "change": plain(one.change),
        "credit": plain(one.credit),
        "margin": _plain(one.margin),
        "attainment": _plain(one.attainment),
        "components": [_part(part) for part in one.parts],
    }


def _part(one: Part) -> Json:
    return {
        "component": one.component,
        "old": plain(one.old),
        "new": plain(one.new),
        "change": plain(one.change),
    }


def _bend(person: str, one: Bend) -> Json:
    return {
        "person": person,
        "component": one.component,
        "starts_on": one.window.start.isoformat(),
        "last_day": one.window.last_day.isoformat(),
        "edge": plain(one.edge),
        "attained": plain(one.attained),
    }


def _spread(one: Spread | None) -> Json | None:
    if one is None:
        return None
    return {name: plain(getattr(one, name)) for _, name in _SPREAD}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
