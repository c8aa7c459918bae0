"""What people do about their pay: doubt a line of a statement, accept the plan they are paid by."""

import hashlib
from datetime import datetime

from wald.actions.act import act
from wald.actions.cases import open_case
from wald.heart.compensation.diagnosis import in_words
from wald.heart.compensation.statement import Statement
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Problem
from wald.kernel.workspace import Workspace
from wald.queries.pay_plans import plans_of
from wald.queries.pay_statements import line_page, link_of
from wald.records.stores.pay_acceptances import Acceptance, accept

_LONGEST = 10_000


def dispute(
    *,
    actor: Actor,
    workspace: Workspace,
    run_id: int,
    person_id: str,
    node: str,
    text: str,
    at: datetime,
) -> int:
    """Doubt a line of a statement; return the number of the case, of one that is open already too.

    The case names the line and what kind of thing may be behind it, and no amount: whoever works
    on it opens the statement, if they may see this pay. Raises NotAllowed, BadInput, Refusal.
    """
    actor.must("pay.read")
    actor.must("cases.open")
    _must_say_something(text)
    found = line_page(
        actor=actor, workspace=workspace, run_id=run_id, person_id=person_id, node=node
    )
    return open_case(
        actor=actor,
        workspace=workspace,
        kind="dispute",
        title=f"{_whose(found.statement)}: {found.line.component} is disputed",
        at=at,
        person_id=person_id,
        links=[link_of(run_id, person_id), link_of(run_id, person_id, node)],
        body={
            "text": text.strip(),
            "authors": [actor.name],
            "component": found.line.component,
            "may be": in_words(found.findings),
        },
        fingerprint=_mark(link_of(run_id, person_id, node)),
    )


def _mark(link: str) -> str:
    """Return what tells that a line is disputed already."""
    return f"dispute:{hashlib.sha256(link.encode()).hexdigest()[:40]}"


def _must_say_something(text: str) -> None:
    problems = []
    if not text.strip():
        problems.append(Problem("text", "it is missing", "say what you expected, and why"))
    if len(text) > _LONGEST:
        problems.append(Problem("text", f"it has {len(text):,} characters", "keep to 10,000"))
    if problems:
        raise BadInput("This line cannot be disputed like this.", problems)


def _whose(found: Statement) -> str:
    pay = found.pay
    return f"Statement {pay.period.label} of {pay.name or pay.person_id}"


def accept_plan(*, actor: Actor, workspace: Workspace, version_id: int, at: datetime) -> Acceptance:
    """Accept, once and for oneself, the version of the plan that one is paid by.

    Raises NotAllowed to who is nobody of the facts, BadInput for a version they are not paid by,
    Conflict where they accepted it before.
    """
    actor.must("pay.accept")
    if not actor.person_id:
        raise NotAllowed(f"{actor.name} is nobody of the data, so no plan pays them.")
    own = plans_of(actor=actor, workspace=workspace, person_id=actor.person_id, at=at)
    wanted = next((one for one in own if one.version_id == version_id), None)
    if wanted is None:
        fix = "look at your plan again: another version may hold now"
        problem = Problem("version", f"you are not paid by version {version_id}", fix)
        raise BadInput("This plan cannot be accepted.", [problem])
    new = Acceptance(version_id, actor.person_id, actor.name, at)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="pay.accept",
        action="pay.accept",
        about=f"version:{version_id}",
    ) as entry:
        if not accept(new, database=workspace.database):
            raise Conflict(f"You have accepted {wanted.label} already.")
        entry.pay_of = actor.person_id
        entry.after = {"person": actor.person_id, "plan": wanted.label}
    return new
