"""An insight becomes work: a case with the action its detector proposes, and what it needs.

A document that would change gets a draft, open deals get reviews before the mistake is made, wrong
data get a fix; whatever cannot be prepared by machine is said in the case in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wald.actions.act import act
from wald.actions.calibration import draft_stage_chances
from wald.actions.cases import link, open_case
from wald.actions.documents import draft
from wald.actions.insights import RECORD
from wald.brain.remedy import CHANGE, EXPERIMENT, REVIEW, Remedy, remedy_of
from wald.documents.document import document_types
from wald.documents.form import with_values
from wald.documents.version import State
from wald.insights.insight import Insight, Status
from wald.kernel.actor import Actor
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.queries.documents import latest, may_write
from wald.queries.insights import insight_rows
from wald.queries.plan_figures import READ as FACTS_READ
from wald.queries.plan_figures import against_plan
from wald.queries.search import eyes_of
from wald.records.stores import documents as document_store
from wald.records.stores import insights as store
from wald.records.stores.insights import KeptInsight

_CHANCES = "stage_chances"  # the detector whose document Wald can write: the chances are measured
_ROWS = 500  # looked through for deals
_REVIEWS = 5  # deals that get a case of their own, the largest
_LINKED = 10
_LINES = 12  # of evidence
_LONGEST_REASON = 300
_WALDS_OWN = ("chart", "effect", "effect_low", "effect_high", "effect_unit", "q_value")


@dataclass(frozen=True, slots=True)
class Acted:
    """The case, the reviews that belong to it, the draft that was made, None where none was."""

    case_id: int
    reviews: tuple[int, ...] = ()
    version_id: int | None = None
    is_new: bool = True


def open_insight_case(
    *, actor: Actor, workspace: Workspace, insight_id: int, at: datetime, assignee: str = ""
) -> Acted:
    """Turn an insight into a case with the action that is proposed, and prepare the action.

    Of an insight whose case is open nothing is done twice. It is being looked at from then on.
    Raises Refusal where there is no such insight, BadInput for an assignee who cannot have it.
    """
    actor.must("cases.open")
    actor.must(RECORD)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    kept = store.find_insight(insight_id, eyes=eyes, database=database)
    if kept is None:
        raise Refusal(f"There is no insight {insight_id}.")
    remedy = remedy_of(kept.insight.source)
    deals = _deals(actor, workspace, kept.insight)
    figures: tuple[str, ...] = ()
    if actor.may(FACTS_READ):
        figures = against_plan(actor=actor, workspace=workspace, insight=kept.insight, at=at)
    with act(
        actor=actor, workspace=workspace, at=at, permission="cases.open", action="insight.case",
        about=f"insight:{insight_id}",
    ) as entry:  # fmt: skip
        number = _case(actor, workspace, kept, remedy, deals, figures, at, assignee)
        entry.after = {"case": number, "action": remedy.action}
        is_new = kept.status is Status.NEW
        if is_new:
            store.move(
                insight_id, Status.LOOKING, by=actor.name, at=at, why=f"Case {number}",
                database=database,
            )  # fmt: skip
    version_id = _drafted(actor, workspace, kept, remedy, at) if is_new else None
    if version_id is not None and actor.may("cases.work"):
        links = [f"version:{version_id}"]
        link(actor=actor, workspace=workspace, case_id=number, links=links, at=at)
    return Acted(number, _reviews(actor, workspace, kept, remedy, deals, at), version_id, is_new)


def _case(
    actor: Actor, workspace: Workspace, kept: KeptInsight, remedy: Remedy,
    deals: Sequence[Mapping[str, object]], figures: Sequence[str], at: datetime, assignee: str,
) -> int:  # fmt: skip
    insight = kept.insight
    links = [f"insight:{kept.insight_id}"]
    if insight.metric:
        links.append(f"metric:{insight.metric}")
    links += [f"opportunity:{one['opportunity_id']}" for one in deals[:_LINKED]]
    is_alert = not remedy.is_own
    return open_case(
        actor=actor,
        workspace=workspace,
        kind="alert" if is_alert else remedy.way.case,
        title=insight.claim[:300],
        at=at,
        assignee=assignee,
        queue=None if is_alert else remedy.way.queue,
        person_id=_person(insight),
        links=links,
        body={"text": _text(kept, remedy, figures)},
        fingerprint=f"insight:{kept.insight_id}",
    )


def _person(insight: Insight) -> str:
    return "" if insight.person_id.startswith("user:") else insight.person_id


def _text(kept: KeptInsight, remedy: Remedy, figures: Sequence[str]) -> str:
    """Return what the case says: the action, the figures it rests on, what to do next."""
    told = [
        f"{name.replace('_', ' ').capitalize()}: {value}"
        for name, value in kept.insight.evidence.items()
        if isinstance(value, str | int | float) and name not in _WALDS_OWN
    ]
    lines = [f"{remedy.way.title}. {remedy.advice}", "", *figures, *told[:_LINES]]
    if remedy.document:
        lines += ["", f"The document that would change: {remedy.document_words}."]
    if remedy.action == EXPERIMENT:
        lines += ["", "Decide it with the design of a lot: Wald draws who gets it, and measures."]
    lines += [
        "",
        f"Decide on the page of insight {kept.insight_id}, or with `wald decide --insight "
        f"{kept.insight_id}`: say what you expect of it, and Wald measures what comes.",
    ]
    return "\n".join(lines)


def _drafted(
    actor: Actor, workspace: Workspace, kept: KeptInsight, remedy: Remedy, at: datetime
) -> int | None:
    """Draft the document that would change: with measured figures where Wald has them, else as it
    is in force, dated and with the reason, to be changed by hand. None where that may not be."""
    if remedy.action != CHANGE or not may_write(actor, ""):
        return None
    try:
        if kept.insight.source == _CHANCES:
            made = draft_stage_chances(actor=actor, workspace=workspace, at=at)
            return made.version.version_id if made else None
        return _copied(actor, workspace, kept, remedy, at)
    except Refusal:  # somebody else has a draft of it, or it is not this actor's to read
        return None


def _copied(
    actor: Actor, workspace: Workspace, kept: KeptInsight, remedy: Remedy, at: datetime
) -> int | None:
    versions = document_store.versions_of_type(remedy.document, database=workspace.database)
    names = sorted({version.name for version in versions})
    held = [latest([v for v in versions if v.name == name], State.APPROVED) for name in names]
    found = [version for version in held if version is not None]
    if len(found) != 1:  # which of several plans it is, a person knows
        return None
    type = document_types()[remedy.document]
    # What is about one person is nobody else's to read; the number opens for who may see it.
    claim = "" if kept.insight.person_id else f"{kept.insight.claim} "
    reason = f"Insight {kept.insight_id}: {claim}{remedy.advice}"
    values = {"starts_on": at.date().isoformat(), "reason": reason[:_LONGEST_REASON]}
    text = with_values(type, found[0].text, values)
    return draft(actor=actor, workspace=workspace, text=text, at=at).version.version_id


def _deals(
    actor: Actor, workspace: Workspace, insight: Insight
) -> tuple[Mapping[str, object], ...]:
    """Return the deals behind an insight, the largest first; none where its rows are no deals."""
    rows = insight_rows(actor=actor, workspace=workspace, query=insight.question, limit=_ROWS)
    if "opportunity_id" not in rows.table.column_names:
        return ()
    deals = {str(row["opportunity_id"]): row for row in rows.table.to_pylist()}
    return tuple(sorted(deals.values(), key=_largest))


def _largest(row: Mapping[str, object]) -> tuple[float, str]:
    amount = row.get("amount")
    return (-float(str(amount)) if amount is not None else 0.0, str(row["opportunity_id"]))


def _reviews(
    actor: Actor, workspace: Workspace, kept: KeptInsight, remedy: Remedy,
    deals: Sequence[Mapping[str, object]], at: datetime,
) -> tuple[int, ...]:  # fmt: skip
    """Open a review of each of the largest deals that are still open: before the mistake."""
    if remedy.action != REVIEW:
        return ()
    still_open = [one for one in deals if one.get("outcome") == "open"]
    return tuple(
        open_case(
            actor=actor,
            workspace=workspace,
            kind="deal_review",
            title=f"Before it goes on: {one.get('name') or one['opportunity_id']}"[:300],
            at=at,
            person_id=_person(kept.insight),
            links=[f"insight:{kept.insight_id}", f"opportunity:{one['opportunity_id']}"],
            body={"text": f"{kept.insight.claim}\n\n{remedy.advice}"},
            fingerprint=f"insight:{kept.insight_id}:{one['opportunity_id']}"[:100],
        )
        for one in still_open[:_REVIEWS]
    )
