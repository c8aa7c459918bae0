"""Plans in files, without a workspace: what they say, what the linter finds, their worked cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from wald.heart.compensation.lint.finding import Finding
from wald.heart.compensation.lint.run import MARGIN, lint, of_problems
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.plan_cases import Case, Tried, read_cases, try_case
from wald.heart.compensation.plan_words import Said, switches
from wald.kernel.actor import Actor
from wald.kernel.period import months_calendar
from wald.kernel.problem import BadInput, Problem
from wald.queries.plain_pay import plan_in, plan_in_text, text_of


@dataclass(frozen=True, slots=True)
class Shown:
    plan: Plan
    words: tuple[Said, ...]


def show(*, actor: Actor, path: Path) -> Shown:
    """Return everything a plan says in words, defaults too: what statements print."""
    actor.must("documents.read")
    plan = plan_in(actor=actor, path=path).plan
    return Shown(plan, switches(plan))


def findings_in(
    *, actor: Actor, path: Path, quota: Decimal | None = None, margin: Decimal = MARGIN
) -> tuple[Finding, ...]:
    """Return what the linter finds in a plan; of a text that is no plan, its Problems."""
    actor.must("documents.read")
    if not 0 < margin < 1:
        problem = Problem("--margin", f"{margin} is no margin", "write a share: 0.30 for 30 %")
        raise BadInput("This is no margin.", [problem])
    if quota is not None and quota <= 0:
        problem = Problem("--quota", f"{quota} is no quota", "write an amount a year above zero")
        raise BadInput("This is no quota.", [problem])
    try:
        plan = plan_in(actor=actor, path=path).plan
    except BadInput as refusal:
        return of_problems(refusal.problems)
    return lint(plan, quota=quota, margin=margin)


def tried_cases(
    *, actor: Actor, path: Path, plans: Sequence[Path] = (), starts_month: int = 1
) -> tuple[Tried, ...]:
    """Run the worked cases of a file against the plan in it, or against `plans`.

    Cases stand in the plan's own file, or beside it in NAME.cases.yaml. Raises BadInput.
    """
    actor.must("documents.read")
    text, cases = text_of(path), _cases(path)
    if not cases:
        beside = _beside(path)
        fix = f"write cases: and a list below it, in this file or in {beside.name}"
        raise BadInput(f"{path.name} has no cases.", [Problem(str(path), "no cases", fix)])
    if plans:
        dated = [plan_in(actor=actor, path=one) for one in plans]
    else:
        dated = [plan_in_text(actor=actor, text=text, name=path.name)]
    calendar = months_calendar(starts_month)
    return tuple(try_case(case, dated, calendar) for case in cases)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.cases.yaml")


def _cases(path: Path) -> tuple[Case, ...]:
    own = read_cases(text_of(path))
    beside = _beside(path)
    return (*own, *(read_cases(text_of(beside)) if beside.is_file() else ()))
