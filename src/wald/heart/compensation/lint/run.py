"""The linter: every rule asked of one plan, warnings first.

Source: docs/compensation/lint.md
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from wald.heart.compensation.lint.bench import Margins, bench_for
from wald.heart.compensation.lint.finding import Finding, Verdict, lint_rules
from wald.heart.compensation.lint.tested import Tested
from wald.heart.compensation.plan import Plan
from wald.kernel.problem import Problem, Refusal

MARGIN = Decimal("0.30")  # of a sale, where nobody says another
ASSUMED = Margins(MARGIN)
_ORDER = (Verdict.REFUTED, Verdict.NOTED, Verdict.TRIED, Verdict.PROVED, Verdict.NOT_ASKED)


def lint(
    plan: Plan,
    *,
    quota: Decimal | None = None,
    margins: Margins = ASSUMED,
    is_quick: bool = False,
) -> tuple[Finding, ...]:
    """Ask every rule of a plan that has no Problems; quickly, only those of the curve."""
    found: list[Finding] = []
    try:
        tested = Tested(bench_for(plan, quota=quota, margins=margins), is_quick)
        for rule in lint_rules().values():
            if rule.is_quick or not is_quick:
                found += rule.judge(tested)
    except Refusal as refusal:
        # A plan that pays nobody on the bench, such as one that needs what no bench has.
        found.append(Finding("bench", Verdict.NOT_ASKED, str(refusal)))
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.verdict)))


def warnings_of(plan: Plan) -> Iterator[Problem]:
    """Yield what is refuted of a plan, of what can be found out while somebody writes it."""
    for one in lint(plan, is_quick=True):
        if one.is_warning:
            yield Problem(one.where, one.sentence.rstrip("."), one.fix)


def of_problems(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Return what keeps a text from being a plan at all as findings: each is a counterexample."""
    return tuple(
        Finding("terms", Verdict.REFUTED, f"{one.what[:1].upper()}{one.what[1:]}.", one.where,
                fix=one.fix)
        for one in problems
    )  # fmt: skip
