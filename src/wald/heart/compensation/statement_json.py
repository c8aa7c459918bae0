"""A statement as JSON that a third party can check: figures as nodes, and what the leaves name.

    format       "wald-statement 1"
    arithmetic   decimals of 50 digits, rounded half to even where a quotient does not end
    nodes        every figure: id, how, parts (ids before it), value, label, source
    plans        the content of every plan version, credits, quotas and inputs: what leaves name
    pays ...     what is paid, each figure by the id of its node
    sha256       of the canonical JSON of all else: keys sorted, no spaces, UTF-8

Numbers are texts, days are written 2026-03-31, periods end before their `end`.
Source: docs/compensation/statements.md
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.derivation import Derivation, plain
from wald.heart.compensation.figure import DIGITS
from wald.heart.compensation.fold import ComponentPay, Line, PeriodPay
from wald.heart.compensation.inputs import Quota
from wald.heart.compensation.plan_words import content_of, switches
from wald.heart.compensation.statement import Statement, credit_of, version_of
from wald.kernel.period import Period

FORMAT = "wald-statement 1"
Json = dict[str, object]


def statement_json(statement: Statement) -> Json:
    """Return the whole statement; the same statement gives the same bytes."""
    derivation = Derivation()
    body = _body(statement, derivation)
    known = {"plan", "credit", "quota", "delta", "adjustment"}
    inputs: dict[str, set[str]] = {}
    for leaf in derivation.leaves():
        if leaf.source.partition(":")[0] not in known:
            inputs.setdefault(leaf.source, set()).add(plain(leaf.value))
    found: Json = {
        "format": FORMAT,
        "arithmetic": {"digits": DIGITS, "rounding": "half to even"},
        **body,
        "plans": {version_of(one): content_of(one) for one in statement.plans},
        "switches": {
            version_of(one): [[said.of, said.label, said.words] for said in switches(one)]
            for one in statement.plans
        },
        "credits": _credits(statement, derivation),
        "quotas": _quotas(statement, derivation),
        "inputs": {source: sorted(values) for source, values in sorted(inputs.items())},
        "nodes": [node.as_json() for node in derivation.nodes],
    }
    return sealed(found)


def sealed(document: Mapping[str, object]) -> Json:
    """Return the document with its SHA-256, in the place of one that it had."""
    rest = {key: value for key, value in document.items() if key != "sha256"}
    return {**rest, "sha256": hashlib.sha256(canonical(rest)).hexdigest()}


def canonical(document: Mapping[str, object]) -> bytes:
    """Write JSON in the one way that is hashed."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def line_nodes(statement: Statement) -> dict[str, Line]:
    """Return the lines of a statement by the id of the node that is their amount; of a payment
    beside the first one with its currency before it: "USD-n9"."""
    derivation = Derivation()
    _body(statement, derivation)
    start = f"{statement.pay.currency}-" if statement.pay.is_beside else ""
    return {f"{start}{derivation.add(line.amount)}": line for _, _, line in statement.lines}


def _body(statement: Statement, to: Derivation) -> Json:
    """Return what is paid, figures by id; fills the derivation, the oldest figures first."""
    pay = statement.pay
    before = [_short(one, to) for one in (*pay.older, *pay.earlier)]
    return {
        "run": pay.run_id,
        "person": {"id": pay.person_id, "name": pay.name},
        "period": _period(pay.period),
        "currency": pay.currency,
        "before": before,
        "pays": [_whole(one, to) for one in pay.pays],
        "deltas": [
            {
                "period": _period(one.delta.period),
                "component": one.delta.component,
                "cause": one.delta.cause.value,
                "old": plain(one.delta.old),
                "new": plain(one.delta.new),
                "amount": to.add(one.amount),
                "why": one.delta.why,
            }
            for one in statement.changes
        ],
        "adjustments": [
            {
                "id": one.adjustment.adjustment_id,
                "value": plain(one.adjustment.amount),
                "amount": to.add(one.amount),
                "reason": one.adjustment.reason,
                "entered_by": one.adjustment.entered_by,
                "approved_by": one.adjustment.approved_by,
                "counts_on": one.adjustment.counts_on.isoformat(),
            }
            for one in statement.adjustments
        ],
        "beside": [{"kind": one.kind, "amount": to.add(one.amount)} for one in statement.beside],
        "balances": [
            {"component": one.component, "name": one.name, "amount": to.add(one.amount)}
            for one in statement.balances
        ],
        "paid": to.add(statement.paid),
        "paid_before": to.add(statement.paid_before),
        "to_date": to.add(statement.to_date),
        "is_withheld": pay.is_withheld,
        "next_tiers": [
            {
                "component": one.component,
                "measure": one.measure,
                **{name: to.add(figure) for name, figure in one.figures},
            }
            for one in statement.next_tiers
        ],
    }


def _short(one: PeriodPay, to: Derivation) -> Json:
    """Return a stretch paid before: what each component earned."""
    return {
        **_stretch(one),
        "components": [{"key": c.key, "earned": to.add(c.earned)} for c in one.components],
        "total": to.add(one.total),
    }


def _whole(one: PeriodPay, to: Derivation) -> Json:
    components = [_component(c, to) for c in one.components]
    return {**_stretch(one), "components": components, "total": to.add(one.total)}


def _stretch(one: PeriodPay) -> Json:
    stretch = one.stretch
    return {
        "plan": version_of(stretch.plan),
        "days": _period(stretch.days),
        "paid_in": _period(stretch.paid_in),
    }


def _component(one: ComponentPay, to: Derivation) -> Json:
    measures = [
        {
            "measure": key,
            "period": to.add(each.period),
            "before": to.add(each.before),
            "quota": to.add(each.quota) if each.quota is not None else None,
        }
        for key, each in one.measures.items()
    ]
    return {
        "key": one.key,
        "component": one.component,
        "period": _period(one.period),
        "window": _period(one.window),
        "measures": measures,
        "lines": [_line(line, to) for line in one.lines],
        "earned": to.add(one.earned),
        "balance": {name: to.add(amount) for name, amount in sorted(one.balance.items())},
    }


def _line(line: Line, to: Derivation) -> Json:
    return {
        "reason": line.reason,
        "kind": line.kind,
        "base": to.add(line.base),
        "rate": to.add(line.rate),
        "amount": to.add(line.amount),
    }


def _period(period: Period) -> Json:
    return {
        "label": period.label,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
    }


def _credits(statement: Statement, derivation: Derivation) -> Json:
    """Return the credits that leaves name, with what expressions of measures made of each."""
    known = statement.pay.credits
    values: dict[str, dict[str, str]] = {}
    for leaf in derivation.leaves():
        key, asked = credit_of(leaf.source, known)
        if key:
            made = values.setdefault(key, {})
            if asked not in ("", "share"):
                made[asked] = plain(leaf.value)
    return {key: _credit(known[key], values[key]) for key in sorted(values)}


def _credit(one: Credit, values: Mapping[str, str]) -> Json:
    found: Json = {
        "deal": one.deal_id,
        "person": one.person_id,
        "credited_on": one.credited_on.isoformat(),
        "booked_on": one.booked_on.isoformat() if one.booked_on else None,
        "event": one.event.value,
        "kind": one.kind.value,
        "rule": one.rule,
        "deal_amount": plain(one.deal_amount),
        "share": plain(one.share),
        "amount": plain(one.amount),
        "row": {key: _plain(value) for key, value in sorted(one.row.items())},
    }
    if values:
        found["values"] = dict(sorted(values.items()))
    return found


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, bool) or value is None else str(value)


def _quotas(statement: Statement, derivation: Derivation) -> Json:
    """Return the quotas that leaves name; only the amount of one that the pay does not hold."""
    known = {one.quota_id: one for one in statement.pay.quotas}
    found: Json = {}
    for leaf in derivation.leaves():
        kind, _, key = leaf.source.partition(":")
        if kind == "quota":
            found[key] = _quota(known[key]) if key in known else {"amount": plain(leaf.value)}
    return dict(sorted(found.items()))


def _quota(one: Quota) -> Json:
    return {**_period(one.days), "measure": one.measure, "amount": plain(one.amount)}
