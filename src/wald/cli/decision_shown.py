"""A decision as the terminal shows it: what was said beforehand, how it is measured, what came."""

from typing import TYPE_CHECKING

from wald.cli.output import console, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wald.kernel.period import Period
    from wald.kernel.unit import Unit
    from wald.memory.decision import Decision, Reading
    from wald.memory.design import Measured
    from wald.records.stores.decisions import KeptDecision


def put_decision(kept: "KeptDecision", days_left: int | None) -> None:
    """Print a decision: what was said beforehand, and what came of it."""
    from wald.cli.figures import change_shown

    one, out = kept.decision, console()
    unit, currency = one.unit, kept.snapshot.reading.currency
    low, high = (
        change_shown(part, unit, currency) for part in (one.expected.low, one.expected.high)
    )
    when = "" if days_left is None else f", in {days_left} days"
    out.print(f"{kept.decision_id}  {one.question}")
    for name, text in (
        ("Choice", one.choice),
        ("Of", "; ".join(one.options)),
        ("Why", one.why),
        ("Metric", f"{one.metric} {f'where {one.population}' if one.population else ''}"),
        ("Expected", f"{low} to {high}, {float(one.confidence):.0%} sure"),
        ("Before", _read(kept.snapshot.reading, kept, one.baseline)),
        ("Measured", f"over {one.period.label}" if one.period else "as of the day before"),
        ("Review", f"{one.review_on}{when}"),
        ("Decided", f"{kept.decided_at:%Y-%m-%d} by {kept.decided_by}"),
        ("Insight", one.insight_id or ""),
        ("Supersedes", one.supersedes or ""),
        ("Superseded", f"by {kept.superseded_by}" if kept.superseded_by else ""),
        ("Came of it", kept.state),
    ):
        if text:
            out.print(f"  {name + ':':<12}{text}")
    for line in design_lines(one, currency):
        out.print(line)
    _show_outcome(kept)


def design_lines(decision: "Decision", currency: str | None) -> "Iterator[str]":
    """Yield how a decision is measured, why so, and what that can find."""
    from wald.cli.figures import change_shown
    from wald.memory.design import DESIGNS

    design = decision.design
    if design is None:
        return
    yield f"  {'Design:':<12}{DESIGNS[design.key]}. {design.why}"
    if design.drawn:
        yield f"  {'Drawn:':<12}{', '.join(design.drawn)}"
    if design.least is not None:
        least = change_shown(design.least, decision.unit, currency).removeprefix("+")
        yield f"  {'It can find:':<12}an effect of {least} or more, four times in five"


def _show_outcome(kept: "KeptDecision") -> None:
    from decimal import Decimal

    from wald.cli.figures import change_shown
    from wald.queries.decisions import movement_of

    outcome, unit, out = kept.outcome, kept.decision.unit, console()
    if outcome is None:
        return
    currency = outcome.reading.currency
    period = kept.decision.period
    out.print(f"  {'After:':<12}{_read(outcome.reading, kept, period)}")
    out.print(f"  {'Change:':<12}{change_shown(outcome.change, unit, currency)}")
    if outcome.outside is not None:
        others = change_shown(outcome.outside_change, unit, currency)
        out.print(f"  {'All others:':<12}{others} (a comparison, no proof)")
    if outcome.measured is not None:
        _show_measured(outcome.measured, unit, currency)
    found = movement_of(kept)
    if found is not None:
        low, high = (change_shown(Decimal(str(one)), unit) for one in (found.low, found.high))
        out.print(f"  {'By chance:':<12}the change lies between {low} and {high}, 95% sure")
    for note in (outcome.reason, *outcome.reading.notes):
        if note:
            say(f"Note: {note}")


def _read(reading: "Reading", kept: "KeptDecision", over: "Period | None") -> str:
    from wald.cli.figures import shown

    value = shown(reading.value, kept.decision.unit, reading.currency)
    stretch = f" over {over.label}" if over else ""
    return f"{value}{stretch}, as of {reading.as_of}, {reading.records:,} rows"


def _show_measured(measured: "Measured", unit: "Unit", currency: str | None) -> None:
    from wald.cli.figures import change_shown

    out, effect = console(), measured.effect
    if effect is not None:
        middle, low, high = (
            change_shown(one, unit, currency) for one in (effect.estimate, effect.low, effect.high)
        )
        groups = f"{measured.treated} with it"
        groups += f", {measured.others} without" if measured.others else ""
        out.print(f"  {'Effect:':<12}{middle}, between {low} and {high}, 95% sure ({groups})")
    if measured.trend_chance is not None:
        chance = float(measured.trend_chance)
        out.print(f"  {'Before it:':<12}they moved alike (p {chance:.2f})" if not
                  measured.is_doubted else
                  f"  {'Before it:':<12}they moved apart already (p {chance:.3f})")  # fmt: skip
    for note in measured.notes:
        say(f"Note: {note}")
