"""What people do with decisions, and what Wald does on their review dates. Every write is here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches

from wald.actions.act import Entry, act
from wald.actions.cases import open_case
from wald.actions.designs import designed, told_until
from wald.actions.effects import effect_of
from wald.actions.readings import eyes_of as eyes_then
from wald.actions.readings import read, rights_of
from wald.facts.measure import columns_for
from wald.facts.metric import Metric, metrics
from wald.facts.reading import PARAMETERS
from wald.insights.insight import Status
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.memory.decision import Decision, Outcome, Reading, Snapshot, outcome_of
from wald.memory.draft import SOMEBODY, Draft, Terms, checked, draft_problems
from wald.queries.measure import View, view
from wald.queries.search import author_mark, eyes_of
from wald.records.stores import decisions as store
from wald.records.stores import insights as insight_store
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.search import Eyes
from wald.records.stores.users import has_user

MAKE = "decisions.make"
_ALL = Eyes(None)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A decision that was measured just now; `case_id` is its owner's, None if there was one."""

    decision_id: int
    outcome: Outcome
    case_id: int | None


def decide(*, actor: Actor, workspace: Workspace, draft: Draft, at: datetime) -> int:
    """Make a decision and freeze its metric as of this day; return its number.

    Raises BadInput with every Problem, Refusal if what it supersedes is superseded already.
    """
    actor.must(MAKE)
    decision, snapshot = _registered(actor, workspace, draft, at)
    with act(
        actor=actor, workspace=workspace, at=at, permission=MAKE, action="decision.make"
    ) as entry:
        _must_be_last(decision.supersedes, workspace.database)
        number = store.add(decision, snapshot, by=actor.name, at=at, database=workspace.database)
        entry.about = f"decision:{number}"
        entry.why = decision.why
        entry.after = _told(decision, snapshot)
        entry.emit("decision.made", {"decision": number, "metric": decision.metric,
                                     "review_on": decision.review_on.isoformat()})  # fmt: skip
        _tell_of_insight(actor, workspace, decision, number, at, entry)
        if decision.supersedes is not None:
            old = store.find_decision(decision.supersedes, eyes=_ALL, database=workspace.database)
            title = f"{actor.name} superseded your decision {decision.supersedes}"
            entry.tell([old.decided_by] if old else [], title, f"/decisions/{number}/")
    return number


def check(
    *, actor: Actor, workspace: Workspace, draft: Draft, at: datetime
) -> tuple[Decision, Snapshot]:
    """Return what `decide` would keep, and keep nothing. Raises BadInput with every Problem."""
    actor.must(MAKE)
    return _registered(actor, workspace, draft, at)


def review_due(
    *, actor: Actor, workspace: Workspace, at: datetime, only: int | None = None
) -> tuple[Reviewed, ...]:
    """Measure every decision whose review date has come, each once; return those measured now.

    Of those that the actor sees: the outcome and the case tell of it. `only` is the number of
    the one that is wanted. What cannot be told for want of data is tried again, for some weeks,
    whenever this runs. Each decision is kept by itself, so a run that died goes on where it was.
    """
    actor.must(MAKE)
    return tuple(_reviews(actor, workspace, at, only))


def _reviews(
    actor: Actor, workspace: Workspace, at: datetime, only: int | None
) -> Iterator[Reviewed]:
    today = at.astimezone(UTC).date()
    eyes = eyes_of(actor=actor, workspace=workspace)
    for number in store.due(today, database=workspace.database):
        if only is not None and number != only:
            continue
        kept = store.find_decision(number, eyes=eyes, database=workspace.database)
        if kept is None:
            continue
        outcome = _measured(actor, workspace, kept, at)
        reviewed = _keep(actor, workspace, kept, outcome, at)
        if reviewed is not None:
            yield reviewed


def _registered(
    actor: Actor, workspace: Workspace, draft: Draft, at: datetime
) -> tuple[Decision, Snapshot]:
    seen = view(actor=actor, workspace=workspace, known=at)
    metric = metrics().get(draft.metric)
    terms = None if metric is None else _terms(metric, seen, at)
    problems = [] if metric is None else _unfit(metric)
    if terms is None:
        decision, found = None, (_no_metric(draft.metric), *draft_problems(draft))
    else:
        decision, found = checked(draft, terms)
    problems += [*found, *_link_problems(actor, workspace, draft)]
    if decision is None or terms is None or problems:
        raise BadInput("This decision cannot be kept as it is.", problems)
    day = told_until(seen.snapshot.reaches, seen.snapshot.learned_at, terms.today)
    decision, found = designed(seen, decision, draft, day=day, at=at)
    if found:
        raise BadInput("This decision cannot be kept as it is.", found)
    if decision.person_id == SOMEBODY:
        decision = replace(decision, person_id=author_mark(actor))
    inside, outside = read(seen, decision, decision.baseline, terms.day, at)
    if inside.value is None:
        raise BadInput("This decision cannot be kept as it is.", [_no_value(decision, inside)])
    return decision, Snapshot(inside, outside, rights_of(actor))


def _terms(metric: Metric, seen: View, at: datetime) -> Terms:
    today = at.astimezone(UTC).date()
    return Terms(
        unit=metric.unit,
        is_level=not metric.on,
        columns=columns_for(metric),
        parameters=PARAMETERS,
        calendar=seen.terms.calendar,
        day=min(today, seen.snapshot.reaches or today),
        today=today,
    )


def _no_metric(key: str) -> Problem:
    near = get_close_matches(key, metrics(), n=1)
    fix = f"did you mean {near[0]}?" if near else "see `wald metrics` for the list"
    return Problem("metric", f"{key!r} is not one" if key else "it is empty", fix)


def _no_value(decision: Decision, reading: Reading) -> Problem:
    """Say that there is nothing a change could be measured against."""
    over = f"over {decision.baseline.label}" if decision.baseline else f"as of {reading.as_of}"
    what = " ".join((f"the metric has no value for this population {over};", *reading.notes))
    where = "baseline" if decision.baseline else "metric"
    return Problem(where, what.rstrip(";."), "take a period, a population or a metric that has one")


def _unfit(metric: Metric) -> list[Problem]:
    if not metric.inherent:
        return []
    what = f"{metric.title} is a number for each {', '.join(metric.inherent)}, not one number"
    return [Problem("metric", what, "take a metric that is one number")]


def _link_problems(actor: Actor, workspace: Workspace, draft: Draft) -> Iterator[Problem]:
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    if draft.insight_id is not None and not insight_store.find_insight(
        draft.insight_id, eyes=eyes, database=database
    ):
        fix = "see `wald insights list`"
        yield Problem("insight", f"there is no insight {draft.insight_id}", fix)
    if draft.supersedes is not None and not store.find_decision(
        draft.supersedes, eyes=eyes, database=database
    ):
        fix = "see `wald decisions list`"
        yield Problem("supersedes", f"there is no decision {draft.supersedes}", fix)


def _must_be_last(number: int | None, database: str) -> None:
    if number is None:
        return
    old = store.find_decision(number, eyes=_ALL, database=database)
    if old is not None and old.superseded_by is not None:
        raise Refusal(
            f"Decision {number} is superseded by decision {old.superseded_by} already; "
            "supersede that one."
        )


def _tell_of_insight(
    actor: Actor,
    workspace: Workspace,
    decision: Decision,
    number: int,
    at: datetime,
    entry: Entry,
) -> None:
    """Say on the insight that it is decided, and to who recorded it."""
    if decision.insight_id is None:
        return
    database = workspace.database
    kept = insight_store.find_insight(decision.insight_id, eyes=_ALL, database=database)
    # More people see the insight than a decision about one person.
    is_open = kept is not None and decision.person_id in ("", kept.insight.person_id)
    choice = f": {decision.choice}" if is_open else ""
    insight_store.move(
        decision.insight_id,
        Status.DECIDED,
        by=actor.name,
        at=at,
        why=f"Decision {number}{choice}",
        database=database,
    )
    title = f"{actor.name} decided on your insight {decision.insight_id}{choice}"
    entry.tell([kept.recorded_by] if kept else [], title, f"/decisions/{number}/")


def _told(decision: Decision, snapshot: Snapshot) -> dict[str, object]:
    value = snapshot.reading.value
    return {
        "question": decision.question,
        "choice": decision.choice,
        "metric": decision.metric,
        "population": decision.population,
        "period": decision.period.label if decision.period else "",
        "expected": [str(decision.expected.low), str(decision.expected.high)],
        "confidence": str(decision.confidence),
        "review_on": decision.review_on.isoformat(),
        "value": None if value is None else str(value),
        "supersedes": decision.supersedes,
        "design": decision.design.key if decision.design else None,
    }


def _measured(actor: Actor, workspace: Workspace, kept: KeptDecision, at: datetime) -> Outcome:
    decision = kept.decision
    reader = eyes_then(kept.decided_by, kept.snapshot.rights, actor)
    seen = view(actor=reader, workspace=workspace, known=at)
    inside, outside = read(seen, decision, decision.period, decision.measured_on, at)
    earlier: tuple[str, ...] = ()
    if kept.outcome is not None:
        before = kept.outcome
        earlier = (*before.earlier, f"{before.measured_at.date()}: {before.reason}")
    measured = effect_of(seen, decision, _reached(kept), at)
    return outcome_of(
        decision, kept.snapshot, inside, outside, at=at, earlier=earlier, measured=measured
    )


def _reached(kept: KeptDecision) -> date:
    """Return how far the data told all when it was decided: what came later is its effect's."""
    then = kept.snapshot.reading
    return told_until(then.reaches, then.loaded_at, kept.decided_at.astimezone(UTC).date())


def _keep(
    actor: Actor, workspace: Workspace, kept: KeptDecision, outcome: Outcome, at: datetime
) -> Reviewed | None:
    """Keep an outcome and open its owner's case, unless somebody was quicker."""
    if not _is_news(kept.outcome, outcome):
        return None
    number, database = kept.decision_id, workspace.database
    try:
        with act(
            actor=actor,
            workspace=workspace,
            at=at,
            permission=MAKE,
            action="decision.measure",
            about=f"decision:{number}",
        ) as entry:
            now = store.find_decision(number, eyes=_ALL, database=database)
            if now is None or not _is_news(now.outcome, outcome):
                raise _MeasuredAlready
            store.keep_outcome(number, outcome, database=database)
            words = replace(now, outcome=outcome).state
            _tell_outcome(entry, now, outcome, words)
            case_id = None
            if now.outcome is None:
                case_id = _open_case(actor, workspace, now, words, at)
    except _MeasuredAlready:
        return None
    return Reviewed(number, outcome, case_id)


class _MeasuredAlready(Exception):
    """Another run has kept this outcome: nothing is written."""


def _tell_outcome(entry: Entry, kept: KeptDecision, outcome: Outcome, words: str) -> None:
    number, change = kept.decision_id, outcome.change
    entry.concerns = kept.decided_by
    entry.after = {
        "change": None if change is None else str(change),
        "has_come": outcome.has_come,
        "reason": outcome.reason,
    }
    entry.emit("decision.measured", {"decision": number, "has_come": outcome.has_come})
    title = f"Your decision {number} is measured: {words}"
    entry.tell([kept.decided_by], title, f"/decisions/{number}/")


def _is_news(before: Outcome | None, now: Outcome) -> bool:
    return before is None or (before.waits and not now.waits)


def _open_case(
    actor: Actor, workspace: Workspace, kept: KeptDecision, words: str, at: datetime
) -> int:
    decision, number = kept.decision, kept.decision_id
    is_user = has_user(kept.decided_by, database=workspace.database)
    links = [f"decision:{number}", f"metric:{decision.metric}"]
    if decision.insight_id is not None:
        links.append(f"insight:{decision.insight_id}")
    return open_case(
        actor=actor,
        workspace=workspace,
        kind="task",
        title=f"Look at what came of decision {number}: {decision.question}"[:300],
        at=at,
        assignee=kept.decided_by if is_user else "",
        queue=None if is_user else Role.SALES_OPERATIONS,
        links=links,
        body={"text": f"{words}. What do we learn, and what do we do next?"},
        fingerprint=f"decision:{number}:review",
    )
