"""Pay runs as plain JSON values: the shapes that the command and the API give alike."""

from wald.heart.compensation.layers import plain as exact
from wald.heart.compensation.result import Delta
from wald.queries.pay_page import PersonLine, RunPage, Sum
from wald.queries.plain import Json, plain, problem_json
from wald.records.stores.pay import KeptRun
from wald.records.stores.pay_entries import Entered, Hold


def run_json(run: KeptRun) -> Json:
    """Return a run; amounts by currency and by what makes them up, as decimal strings."""
    return {
        "run": run.run_id,
        "state": run.state.value,
        "period": run.period,
        "starts_on": plain(run.starts_on),
        "ends_on": plain(run.ends_on),
        "made_at": plain(run.made_at),
        "made_by": run.made_by,
        "released_at": plain(run.released_at),
        "released_by": run.released_by or None,
        "withdrawn_at": plain(run.withdrawn_at),
        "withdrawn_by": run.withdrawn_by or None,
        "why": run.why,
        "inputs_hash": run.inputs_hash,
        "results_hash": run.results_hash,
        "layers": {name: {"rows": one.rows, "hash": one.hash} for name, one in run.layers.items()},
        "people": run.totals.get("people"),
        "amounts": run.totals.get("amounts", {}),
        "problems": [problem_json(one) for one in run.problems],
    }


def run_line(run: KeptRun) -> Json:
    """Return what a list shows of a run."""
    amounts = run.totals.get("amounts")
    paid = (
        ", ".join(f"{exact_text(one['paid'])} {currency}" for currency, one in amounts.items())
        if isinstance(amounts, dict)
        else ""
    )
    return {
        "run": run.run_id,
        "period": run.period,
        "state": run.state.value,
        "people": run.totals.get("people"),
        "paid": paid,
        "made by": run.made_by,
        "released by": run.released_by,
        "results": run.results_hash[:12],
    }


def exact_text(text: object) -> str:
    return str(text)


def page_json(page: RunPage) -> Json:
    return run_json(page.run) | {
        "total": page.total,
        "persons": [person_json(one) for one in page.people],
        "sums": [sum_json(one) for one in page.sums],
        "by_plan": [sum_json(one) for one in page.by_plan],
        "by_component": [sum_json(one) for one in page.by_component],
        "by_cause": [sum_json(one) for one in page.by_cause],
        "deltas": [
            {"person_id": one.person_id, "name": one.name, "currency": one.currency}
            | delta_json(one.delta)
            for one in page.deltas
        ],
        "problems": [problem_json(one) for one in page.problems],
        "compared_with": None if page.compared_with is None else page.compared_with.run_id,
        "news": list(page.news),
        "left_out": list(page.left_out),
    }


def person_json(one: PersonLine) -> Json:
    return {
        "person_id": one.person_id,
        "name": one.name,
        "currency": one.currency,
        "pay": exact(one.pay),
        "deltas": exact(one.deltas),
        "adjustments": exact(one.adjustments),
        "carried": exact(one.carried),
        "paid": exact(one.paid),
        "before": None if one.before is None else exact(one.before),
        "is_withheld": one.is_withheld,
    }


def sum_json(one: Sum) -> Json:
    return {
        "name": one.name,
        "currency": one.currency,
        "amount": exact(one.amount),
        "before": None if one.before is None else exact(one.before),
    }


def delta_json(one: Delta) -> Json:
    return {
        "period": one.period.label,
        "plan": one.plan,
        "component": one.component,
        "currency": one.currency,
        "cause": one.cause.value,
        "old": exact(one.old),
        "new": exact(one.new),
        "amount": exact(one.amount),
        "why": one.why,
    }


def hold_json(one: Hold) -> Json:
    return {
        "hold": one.hold_id,
        "kind": one.kind.value,
        "subject": one.subject,
        "from_on": plain(one.from_on),
        "until_on": plain(one.until_on),
        "reason": one.reason,
        "placed_at": plain(one.placed_at),
        "placed_by": one.placed_by,
        "lifted_at": plain(one.lifted_at),
        "lifted_by": one.lifted_by or None,
        "lifted_because": one.lifted_because or None,
    }


def adjustment_json(one: Entered) -> Json:
    state = "waits"
    if one.refused_at is not None:
        state = "refused" if one.approved_at is None else "retracted"
    elif one.approved_at is not None:
        state = "approved" if one.run_id is None else "paid"
    return {
        "adjustment": one.adjustment_id,
        "person_id": one.person_id,
        "amount": exact(one.amount),
        "currency": one.currency,
        "reason": one.reason,
        "counts_on": plain(one.counts_on),
        "state": state,
        "entered_at": plain(one.entered_at),
        "entered_by": one.entered_by,
        "decided_by": one.refused_by or one.approved_by or None,
        "run": one.run_id,
    }
