"""Findings of hygiene become data-fix cases, which end and open again as loads come.

One case per rule and deal, for ever the same: asked for twice it is opened once. It ends itself
when a load shows that it is fixed, with the outcome said, and opens again, with the reason, when
the finding comes again. Source: docs/hygiene/fixes.md
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wald.actions.case_moves import move_case
from wald.actions.cases import open_case, worker_problems
from wald.actions.work.schedule import WALD
from wald.cases.links import link_problems
from wald.heart.deal_fix import Became
from wald.heart.finding_case import Stand, facts_of, stand
from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.rule import CannotTell, Finding, hygiene_rules
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.fix_fate import fates_of
from wald.queries.fix_ground import CORRECTIONS
from wald.queries.hygiene import FindingLine, HygieneAsk, Judged, findings_on, hygiene
from wald.queries.measure import view
from wald.records.stores import cases as case_store
from wald.records.stores import fixes as store
from wald.records.stores.fixes import FindingCase
from wald.records.stores.loads import snapshot
from wald.records.stores.transaction import together
from wald.records.stores.users import name_of_person

KIND = "data_fix"
OPEN_CASES = "cases.open"
MOST = 200  # cases at once
Told = Callable[[str, int, int | None], None]
Key = tuple[str, str]  # rule and deal


@dataclass(frozen=True, slots=True)
class Opened:
    """How many cases were opened, or opened again, and which; of a dry run: would be, and none.

    `others`: findings that need none, by why.
    """

    new: int
    again: int
    others: Mapping[Stand, int]
    cases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Cases that ended, and opened again, because of what the facts say now."""

    ended: tuple[int, ...]
    again: tuple[int, ...]


def open_cases(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: HygieneAsk,
    at: datetime,
    dry_run: bool = False,
) -> Opened:
    """Open a case for each finding that is asked for and seen, given to the owner of the deal.

    What has an open case keeps it; what was left with a reason stays left until its facts change.
    With `dry_run` nothing is written. Raises BadInput for filters that cannot be, or that find more
    than MOST.
    """
    actor.must(OPEN_CASES)
    found = hygiene(actor=actor, workspace=workspace, ask=ask, limit=None)
    lines = () if found is None else found.lines
    by_stand: dict[Stand, list[tuple[FindingLine, FindingCase | None]]] = {}
    known = {(one.rule, one.opportunity_id): one for one in _cases(workspace)}
    last = _last_load(workspace)
    for line in lines:
        case = known.get(_key(line.finding))
        by_stand.setdefault(_stand(line, case, last, workspace), []).append((line, case))
    new, again = by_stand.pop(Stand.NEW, []), by_stand.pop(Stand.AGAIN, [])
    _must_be_few(len(new) + len(again))
    others = {one: len(many) for one, many in by_stand.items()}
    if dry_run:
        return Opened(len(new), len(again), others)
    opened = [_open(actor, workspace, line, at) for line, _ in new]
    for line, case in again:
        if case is not None:
            _open_again(workspace, case, line, f"{actor.name} asked for it", at)
            opened.append(case.case_id)
    return Opened(len(new), len(again), others, tuple(opened))


def keep_cases(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    told: Told = lambda step, done, total: None,
) -> Kept:
    """End the cases of findings that are gone, and open again those of findings that came back.

    A finding that went because of a fix here ends its case when the source has taken that over.
    """
    actor.must("cases.work")
    actor.must("cases.read_all")
    known = _cases(workspace)
    judged = findings_on(actor=WALD, workspace=workspace) if known else None
    if judged is None:
        return Kept((), ())
    lines = {_key(line.finding): line for line in judged.lines}
    waiting, last = _waiting(workspace), _last_load(workspace)
    ended, again = [], []
    for done, case in enumerate(known):
        told("cases of findings", done, len(known))
        line = lines.get((case.rule, case.opportunity_id))
        if line is not None:
            if _stand(line, case, last, workspace) is Stand.AGAIN:
                _open_again(workspace, case, line, _why_again(case, line, last), at)
                again.append(case.case_id)
            elif case.is_open:
                _remember(workspace, case, facts_of(line.rule, line.deal))
        elif _is_over(case, judged, waiting):
            if case.is_open:
                _end(workspace, case, judged, last, at)
                ended.append(case.case_id)
            _remember(workspace, case, "")
    return Kept(tuple(ended), tuple(again))


def _cases(workspace: Workspace) -> tuple[FindingCase, ...]:
    return store.cases(database=workspace.database)


def _key(finding: Finding) -> Key:
    return finding.rule, finding.deal_id


def _stand(
    line: FindingLine, case: FindingCase | None, last: "_Last", workspace: Workspace
) -> Stand:
    facts = facts_of(line.rule, line.deal)
    if case is None:
        return Stand.NEW
    has_load = False
    if case.state == "fixed" and last.loaded_at is not None:
        ended = case_store.load(case.case_id, database=workspace.database)
        closed = None if ended is None else ended.closed_at
        has_load = closed is not None and last.loaded_at > closed
    return stand(
        state=case.state,
        is_open=case.is_open,
        kept=case.facts,
        facts=facts,
        has_load=has_load,
    )


@dataclass(frozen=True, slots=True)
class _Last:
    """The newest load that the source brought and that counts."""

    load_id: int = 0
    loaded_at: datetime | None = None

    @property
    def words(self) -> str:
        if self.loaded_at is None:
            return "What is known now"
        return f"Load {self.load_id} of {self.loaded_at:%d %b %Y}"


def _last_load(workspace: Workspace) -> _Last:
    stored = snapshot(database=workspace.database, root=workspace.facts)
    for load in reversed(stored.visible):
        if load.connector != CORRECTIONS and load.parts:
            return _Last(load.load_id, load.loaded_at)
    return _Last()


def _waiting(workspace: Workspace) -> frozenset[Key]:
    """Return deals and fields of which a fix here still waits for the source."""
    fixes = store.every(database=workspace.database)
    fates = fates_of(fixes, view(actor=WALD, workspace=workspace), workspace)
    return frozenset(
        (one.line.opportunity_id, one.line.field)
        for fix in fixes
        for one in fix.lines
        if (fate := fates.get((fix.fix_id, one.place))) and fate.became is Became.WAITING
    )


def _is_over(case: FindingCase, judged: Judged, waiting: Iterable[Key]) -> bool:
    """Is a finding that is not there gone for good, as far as can be told?"""
    rule = hygiene_rules().get(case.rule)
    if rule is None or (rule.column and (case.opportunity_id, rule.column) in waiting):
        return False
    deal = _deal(case, judged)
    return deal is None or not isinstance(rule.judge(deal, judged.of_day.ground), CannotTell)


def _deal(case: FindingCase, judged: Judged) -> OpenDeal | None:
    return next((one for one in judged.deals if one.deal_id == case.opportunity_id), None)


def _open(actor: Actor, workspace: Workspace, line: FindingLine, at: datetime) -> int:
    finding, deal, rule = line.finding, line.deal, line.rule
    owner = name_of_person(deal.owner_id, database=workspace.database) if deal.owner_id else ""
    may_work = owner and not worker_problems("assignee", owner, workspace)
    links = [f"opportunity:{deal.deal_id}"]
    proposal = finding.proposal
    with together(database=workspace.database):
        number = open_case(
            actor=actor,
            workspace=workspace,
            kind=KIND,
            title=f"{rule.title}: {deal.name}"[:300].replace("\0", ""),
            at=at,
            assignee=owner if may_work else "",
            person_id=deal.owner_id or "",
            links=() if any(link_problems(links)) else links,
            body={
                "text": f"{finding.words} {finding.cure}",
                "rule": rule.key,
                "rests on": facts_of(rule, deal),
                **({"proposed": str(proposal.value), "because": proposal.why} if proposal else {}),
            },
            fingerprint=_mark(finding),
        )
        _remember_new(workspace, finding, number, facts_of(rule, deal))
    return number


def _mark(finding: Finding) -> str:
    told = json.dumps([finding.rule, finding.deal_id])
    return f"hygiene:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _remember_new(workspace: Workspace, finding: Finding, number: int, facts: str) -> None:
    store.keep_case(
        finding.rule, finding.deal_id, case_id=number, facts=facts, database=workspace.database
    )


def _remember(workspace: Workspace, case: FindingCase, facts: str) -> None:
    if case.facts != facts:
        store.keep_case(
            case.rule,
            case.opportunity_id,
            case_id=case.case_id,
            facts=facts,
            database=workspace.database,
        )


def _open_again(
    workspace: Workspace, case: FindingCase, line: FindingLine, why: str, at: datetime
) -> None:
    reason = f"{why}: {line.finding.words}"
    with together(database=workspace.database):
        move_case(
            actor=WALD,
            workspace=workspace,
            case_id=case.case_id,
            move="reopen",
            at=at,
            reason=reason,
        )
        _remember(workspace, case, facts_of(line.rule, line.deal))


def _why_again(case: FindingCase, line: FindingLine, last: _Last) -> str:
    if case.state == "left" and case.facts:
        now = facts_of(line.rule, line.deal)
        return f"It was left with {case.facts}; now it has {now}"
    return f"{last.words} shows it again"


def _end(
    workspace: Workspace, case: FindingCase, judged: Judged, last: _Last, at: datetime
) -> None:
    move_case(
        actor=WALD,
        workspace=workspace,
        case_id=case.case_id,
        move="fix",
        at=at,
        outcome=_outcome(case, judged, last),
    )


def _outcome(case: FindingCase, judged: Judged, last: _Last) -> str:
    deal, rule = _deal(case, judged), hygiene_rules()[case.rule]
    if deal is None:
        return f"{last.words}: the deal is no longer open, so there is nothing left to fix."
    now, was = facts_of(rule, deal), case.facts
    change = f"it had {was}; now it has {now}" if was and was != now else f"it has {now}"
    return f"{last.words} shows that it is fixed: {change}."


def _must_be_few(count: int) -> None:
    if count > MOST:
        problem = Problem("findings", f"{count:,} would each get a case", f"choose {MOST} or fewer")
        raise BadInput("These are too many cases at once.", [problem])
