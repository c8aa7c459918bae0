"""One thing done to many cases: each by itself, so that some are done and some are refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wald.actions.case_moves import assign, give_back, move_case, put_back_due, set_due, take
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.workspace import Workspace

MOST = 200


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: `what` is of DEEDS, and the rest what it needs."""

    what: str
    to: str = ""
    move: str = ""
    reason: str = ""
    outcome: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went for one case: done, or refused with a sentence."""

    case_id: int
    is_done: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Work:
    actor: Actor
    workspace: Workspace
    case_id: int
    version: int | None
    at: datetime


def do_to_many(
    *,
    actor: Actor,
    workspace: Workspace,
    cases: Mapping[int, int | None],
    deed: Deed,
    at: datetime,
) -> tuple[Ended, ...]:
    """Do one thing to each of `cases`, numbers with the version that was read or None.

    Each is an action of its own, with its rights and its journal entry. Raises BadInput only
    for what is wrong for all of them.
    """
    actor.must("cases.work")
    problems = []
    if not 1 <= len(cases) <= MOST:
        fix = f"choose 1 to {MOST}"
        problems.append(Problem("case", f"{len(cases)} cases are chosen", fix))
    if deed.what not in DEEDS:
        fix = f"choose among {', '.join(DEEDS)}"
        problems.append(Problem("deed", f"{deed.what[:50]!r} is not known", fix))
    elif deed.what == "due" and deed.due_at is None:
        problems.append(Problem("due", "it is missing", "say by when"))
    if problems:
        raise BadInput("This cannot be done to many cases.", problems)
    ended = []
    for case_id, version in cases.items():
        work = _Work(actor, workspace, case_id, version, at)
        ended.append(_one(work, deed))
    return tuple(ended)


def _one(work: _Work, deed: Deed) -> Ended:
    try:
        DEEDS[deed.what](work, deed)
    except BadInput as bad:
        said = "; ".join(f"{one.where}: {one.what}, {one.fix}" for one in bad.problems)
        return Ended(work.case_id, False, f"{bad} {said}".strip())
    except Refusal as refusal:
        return Ended(work.case_id, False, str(refusal))
    return Ended(work.case_id, True)


def _take(work: _Work, deed: Deed) -> None:
    take(
        actor=work.actor, workspace=work.workspace, case_id=work.case_id, at=work.at,
        version=work.version,
    )  # fmt: skip


def _assign(work: _Work, deed: Deed) -> None:
    assign(
        actor=work.actor, workspace=work.workspace, case_id=work.case_id, at=work.at,
        version=work.version, to=deed.to,
    )  # fmt: skip


def _give_back(work: _Work, deed: Deed) -> None:
    give_back(
        actor=work.actor, workspace=work.workspace, case_id=work.case_id, at=work.at,
        version=work.version,
    )  # fmt: skip


def _move(work: _Work, deed: Deed) -> None:
    move_case(
        actor=work.actor, workspace=work.workspace, case_id=work.case_id, at=work.at,
        version=work.version, move=deed.move, reason=deed.reason, outcome=deed.outcome,
    )  # fmt: skip


def _due(work: _Work, deed: Deed) -> None:
    if deed.due_at is None:
        return
    set_due(
        actor=work.actor, workspace=work.workspace, case_id=work.case_id, at=work.at,
        version=work.version, due_at=deed.due_at,
    )  # fmt: skip


def _put_back_due(work: _Work, deed: Deed) -> None:
    put_back_due(
        actor=work.actor, workspace=work.workspace, case_id=work.case_id, at=work.at,
        version=work.version,
    )  # fmt: skip


DEEDS: Mapping[str, Callable[[_Work, Deed], None]] = {
    "take": _take,
    "assign": _assign,
    "give_back": _give_back,
    "move": _move,
    "due": _due,
    "put_back_due": _put_back_due,
}
