"""The roll-up, histories and rows of a forecast as JSON, the same at every door."""

from collections.abc import Mapping
from decimal import Decimal

from wald.heart.cadence import Standing
from wald.heart.rollup import Call, Own, Said, Sum
from wald.kernel.money import minor_units, rounded
from wald.queries.forecast_calendars import Calendars
from wald.queries.plain import Json, plain, problem_json
from wald.queries.plain_forecasts import share
from wald.queries.rollup import Line, RollUpPage
from wald.queries.rollup_model import Figures
from wald.queries.rollup_person import Entry, PersonForecast
from wald.queries.rollup_rows import RowsOfForecast
from wald.records.stores.forecast import Entry as Kept


def roll_up_json(page: RollUpPage) -> Json:
    return {
        "period": page.period.label,
        "starts_on": plain(page.period.start),
        "ends_on": plain(page.period.end),
        "as_of": plain(page.as_of),
        "currency": page.currency,
        "calendar": _calendar(page.calendars),
        "roll_up": page.cadence.roll_up.value,
        "categories": [one.value for one in page.categories],
        "standing": standing_json(page.standing),
        "lines": [line_json(line, page) for line in page.lines],
        "above": [one.person_id for one in page.above],
        "reconciled": None
        if page.adding is None
        else {
            "method": page.adding.method,
            "why": page.adding.why,
            "errors": [
                {
                    "way": one.way,
                    "level": one.level,
                    "error": share(one.error),
                    "periods": one.periods,
                }
                for one in page.adding.errors
            ],
        },
        "everybody": None if page.everybody is None else figures_json(page.everybody, page.total),
        "total": None if page.total is None else sum_json(page.total, page.currency),
        "nobody": None if page.nobody is None else _own(page.nobody, page.currency),
        "notes": list(page.notes),
        "problems": [problem_json(one) for one in page.problems],
    }


def line_json(line: Line, page: RollUpPage) -> Json:
    node, currency = line.node, page.currency
    changed = line.changed
    return {
        "person": node.person_id,
        "name": node.name,
        "parent": node.parent,
        "depth": node.depth,
        "team": node.team,
        "region": node.region,
        "role": node.role,
        "has_left": node.has_left,
        "is_asked": line.is_asked,
        **sum_json(line.total, currency),
        "deals": _amounts(line.deals, currency),
        "calls": {
            category: {**call_json(call, page.names), "age_days": line.ages.get(category)}
            for category, call in sorted(line.calls.items())
        },
        "is_stale": line.is_stale,
        "changed_since": None
        if changed is None
        else {"deals": len(changed.deals), "amount": _money(changed.amount, currency)},
        **figures_json(Figures(line.model, line.level, line.others), line.total),
        "gap": _money(line.gap, currency),
        "committed_gap": _money(line.committed_gap, currency),
        "version": line.version,
        "may_submit": line.may_submit,
        "may_override": line.may_override,
        "doubts": list(line.doubts),
    }


def figures_json(found: Figures, total: Sum | None) -> Json:
    """Return what the method used tells, and what adds up with everybody's figures."""
    model, level = found.model, found.level
    quota = None if total is None else total.quota
    return {
        "model": None
        if model is None
        else {
            "low": plain(model.low),
            "middle": plain(model.middle),
            "high": plain(model.high),
            "method": model.method,
        },
        "reconciled": None
        if level is None
        else {
            "low": plain(level.low),
            "amount": plain(level.amount),
            "high": plain(level.high),
            "others": plain(found.others),
            "chance_of_quota": share(level.chance(quota)),
            "weight_of_said": share(level.weight),
        },
    }


def sum_json(found: Sum, currency: str) -> Json:
    return {
        "quota": _money(found.quota, currency),
        "closed": _money(found.closed, currency),
        "below": {
            category: {
                "amount": _money(amount, currency),
                "silent": found.silent.get(category, 0),
            }
            for category, amount in found.called.items()
        },
        "unpriced": found.unpriced,
    }


def call_json(call: Call, names: Mapping[str, str]) -> Json:
    """Return what stands in one category; `amount` is what counts."""
    return {
        "amount": plain(call.amount),
        "said": None if call.said is None else said_json(call.said),
        "said_by_former_lead": names.get(call.former, call.former) if call.former else None,
        "override": None if call.override is None else said_json(call.override),
    }


def said_json(said: Said) -> Json:
    return {
        "key": said.key,
        "kind": said.kind.value,
        "person": said.person_id,
        "seat": said.seat,
        "category": said.category,
        "said_at": plain(said.said_at),
        "amount": plain(said.amount),
        "given": plain(said.given),
        "currency": said.currency,
        "by": said.by,
        "by_person": said.by_person_id,
        "note": said.note,
        "is_late": said.is_late,
        "replaced": plain(said.replaced),
        "replaced_currency": said.replaced_currency,
        "replaced_key": said.replaced_key,
    }


def history_json(found: PersonForecast) -> Json:
    return {
        "person": found.node.person_id,
        "name": found.node.name,
        "has_left": found.node.has_left,
        "period": found.period.label,
        "as_of": plain(found.as_of),
        "currency": found.currency,
        "standing": standing_json(found.standing),
        "version": found.version,
        "may_submit": found.may_submit,
        "may_override": found.may_override,
        "entries": [entry_json(one) for one in found.entries],
    }


def entry_json(one: Entry) -> Json:
    return {
        **said_json(one.said),
        "by_name": one.by,
        "team": one.team,
        "is_former_lead": one.is_former,
        "stands": one.stands,
        "is_overridden": one.is_overridden,
    }


def rows_json(found: RowsOfForecast) -> Json:
    return {
        "person": None if found.node is None else found.node.person_id,
        "what": found.what,
        "categories": list(found.categories),
        "period": found.period.label,
        "as_of": plain(found.as_of),
        "currency": found.currency,
        "amount": _money(found.amount, found.currency),
        "total": found.total,
        "rows": [
            {
                "kind": row.kind,
                "key": row.key,
                "opportunity": row.opportunity_id,
                "name": row.name,
                "owner": row.owner_id,
                "category": row.category,
                "amount": _money(row.amount, found.currency),
                "on": plain(row.counts_on),
            }
            for row in found.rows
        ],
    }


def kept_json(entry: Kept) -> Json:
    """Return what was just written."""
    return {
        "key": entry.key,
        "kind": entry.kind.value,
        "person": entry.person_id,
        "period": entry.period,
        "version": entry.number,
        "category": entry.category,
        "amount": plain(entry.amount),
        "currency": entry.currency,
        "note": entry.note,
        "is_late": entry.is_late,
        "said_at": plain(entry.said_at),
        "by": entry.by,
        "replaced": plain(entry.replaced_amount),
        "replaced_currency": entry.replaced_currency,
    }


def standing_json(now: Standing) -> Json:
    due = now.deadline
    return {
        "gate": now.gate.value,
        "until": plain(now.until),
        "week": now.week,
        "deadline": None
        if due is None
        else {"week": due.week, "at": plain(due.at), "is_lock": due.is_lock},
    }


def _calendar(found: Calendars) -> str | None:
    return found.label or None


def _own(own: Own, currency: str) -> Json:
    return {
        "quota": _money(own.quota, currency),
        "closed": _money(own.closed, currency),
        "deals": _amounts(own.deals, currency),
    }


def _amounts(amounts: Mapping[str, Decimal], currency: str) -> Json:
    return {name or "none": _money(amount, currency) for name, amount in sorted(amounts.items())}


def _money(amount: Decimal | None, currency: str) -> object:
    return None if amount is None else plain(rounded(amount, minor_units(currency)))
