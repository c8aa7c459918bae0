"""Estimates, findings, disputes and acceptances as JSON values, for command and API."""

from wald.heart.compensation.derivation import plain
from wald.heart.compensation.diagnosis import Finding
from wald.heart.compensation.outlook import Outlook
from wald.queries.pay_estimates import Estimate
from wald.queries.pay_plans import Missing, PlanRead
from wald.queries.pay_statements import Dispute, StatementRun
from wald.queries.plain import Json


def estimate_json(found: Estimate) -> Json:
    return {
        "title": found.title,
        "amount": plain(found.amount),
        "currency": found.currency,
        "on": found.on.isoformat(),
        "later_on": found.later_on.isoformat(),
        "people": [
            {
                "person": one.person_id,
                "name": one.name,
                "why": one.why,
                "currency": one.currency,
                "now": _outlook(one.now),
                "later": _outlook(one.later),
                "why_not": list(one.why_not),
            }
            for one in found.people
        ],
        "unpaid": list(found.unpaid),
    }


def _outlook(one: Outlook | None) -> Json | None:
    if one is None:
        return None
    return {
        "on": one.on.isoformat(),
        "amount": plain(one.amount),
        "gains": [
            {"period": g.paid_in.label, "component": g.component, "amount": plain(g.amount)}
            for g in one.gains
        ],
    }


def finding_json(one: Finding) -> Json:
    return {"kind": one.kind.value, "sentence": one.sentence, "deals": list(one.deals)}


def dispute_json(one: Dispute) -> Json:
    return {
        "case": one.case_id,
        "line": one.node,
        "title": one.title,
        "state": one.state,
        "is_open": one.is_open,
        "opened_by": one.opened_by,
        "opened_at": one.opened_at.isoformat(),
        "outcome": one.outcome,
    }


def statement_run_json(one: StatementRun) -> Json:
    return {
        "run": one.run_id,
        "period": one.period,
        "starts_on": one.starts_on.isoformat(),
        "released_at": one.released_at.isoformat() if one.released_at else None,
    }


def plan_json(one: PlanRead) -> Json:
    accepted = one.acceptance
    return {
        "version": one.version_id,
        "plan": one.label,
        "accepted_at": accepted.accepted_at.isoformat() if accepted else None,
        "accepted_by": accepted.accepted_by if accepted else None,
        "says": [{"of": said.of, "what": said.label, "answer": said.words} for said in one.words],
    }


def missing_json(one: Missing) -> Json:
    return {
        "person": one.person_id,
        "name": one.name,
        "plan": one.label,
        "version": one.version_id,
    }
