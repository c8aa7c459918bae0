"""What insights and decisions share at the terminal: what is alike, and what followed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wald.cli.output import console

if TYPE_CHECKING:
    from wald.queries.recall import Similar


def put_similar(found: "Sequence[Similar]") -> None:
    """Print similar insights and decisions, each with what followed and why it is alike."""
    if not found:
        return
    out = console()
    out.print()
    out.print("Similar, and what followed:")
    for one in found:
        if one.decision is not None:
            kept = one.decision
            title = f"decision {kept.decision_id}: {kept.decision.question}"
            told = f"{kept.decision.choice}: {kept.state}{_moved(one)}"
        elif one.insight is not None:
            title = f"insight {one.insight.insight_id}: {one.insight.insight.claim}"
            told = one.insight.status.title
        else:
            continue
        out.print(f"  {title}")
        out.print(f"    {told}; {', '.join(one.match.reasons)}")


def _moved(one: "Similar") -> str:
    from wald.cli.figures import change_shown

    kept = one.decision
    if kept is None or kept.outcome is None or kept.outcome.change is None:
        return ""
    currency = kept.outcome.reading.currency
    measured = kept.outcome.measured
    if measured is not None and measured.effect is not None:
        middle, low, high = (
            change_shown(part, kept.decision.unit, currency)
            for part in (measured.effect.estimate, measured.effect.low, measured.effect.high)
        )
        return f", its effect {middle} ({low} to {high})"
    return f", {change_shown(kept.outcome.change, kept.decision.unit, currency)}"
