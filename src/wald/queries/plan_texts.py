"""Plans in files, without a workspace: what they say, what the linter finds, their worked cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from wald.heart.compensation.lint.bench import Margins
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
    *,
    actor: Actor,
    path: Path,
    quota: Decimal | None = None,
    margin: Decimal | None = None,
    margins: Mapping[str, Decimal] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Return what the linter finds in a plan; of a text that is no plan, its Problems.

    `margins` are those of the sales of some measures, by its key; `margin` that of all others.
    """
    actor.must("documents.read")
    return findings_of(
        actor=actor, text=text_of(path), name=path.name,
        quota=quota, margin=margin, margins=margins,
    )  # fmt: skip


def findings_of(
    *,
    actor: Actor,
    text: str,
    name: str = "plan.yaml",
    quota: Decimal | None = None,
    margin: Decimal | None = None,
    margins: Mapping[str, Decimal] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Return what the linter finds in the text of a plan: see `findings_in`."""
    actor.must("documents.read")
    named = {"--margin": margin, **{f"--margin {key}": one for key, one in margins.items()}}
    problems = [
        Problem(where, f"{found} is no margin", "write a share: 0.30 for 30 %")
        for where, found in named.items()
        if found is not None and not 0 < found < 1
    ]
    if quota is not None and quota <= 0:
        fix = "write an amount a year above zero"
        problems.append(Problem("--quota", f"{quota} is no quota", fix))
    if problems:
        raise BadInput("The plan cannot be looked at like this.", problems)
    try:
        plan = plan_in_text(actor=actor, text=text, name=name).plan
    except BadInput as refusal:
        return of_problems(refusal.problems)
    unknown = sorted(set(margins) - {one.key for one in plan.measures})
    if unknown:
        known = ", ".join(one.key for one in plan.measures) or "none"
        raise BadInput(
            "There is no such measure.",
            [Problem("--margin", f"the plan has no measure {unknown[0]!r}", f"it has {known}")],
        )
    said = "assumed" if margin is None and not margins else "given"
    usual = MARGIN if margin is None else margin
    return lint(plan, quota=quota, margins=Margins(usual, margins, said))


def finding_json(one: Finding) -> dict[str, object]:
    """Return a finding as JSON; its numbers are texts as they are told."""
    return {
        "rule": one.rule,
        "verdict": one.verdict.value,
        "certainty": one.certainty,
        "points": one.points,
        "sentence": one.sentence,
        "where": one.where,
        "numbers": dict(one.numbers),
        "fix": one.fix,
    }


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
