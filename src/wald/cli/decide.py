"""A decision made at the terminal: from options, a file, or what an insight proposes."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, say
from wald.kernel.problem import Refusal

if TYPE_CHECKING:
    from wald.memory.draft import Draft

DECIDE_EXAMPLES = """\b
Examples:
  wald decide --insight 12 --check                 what it proposes, and how it would be measured
  wald decide --insight 12 --why "Central says yes to all" --confidence 0.7
  wald decide --insight 12 --choice "Do nothing" --why "A one-off" --confidence 0.9 --low=-2points
  wald decide decision.yaml
  wald decide --insight 12 --design randomised --unit territory --why "We try it" --confidence 0.6
"""


def decide(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The decision as YAML or JSON.")
    ] = None,
    question: Annotated[str, typer.Option(metavar="TEXT")] = "",
    option: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Repeatable.")] = None,
    choice: Annotated[str, typer.Option(metavar="TEXT")] = "",
    why: Annotated[str, typer.Option(metavar="TEXT")] = "",
    kind: Annotated[str, typer.Option(metavar="KIND", help="What it changes.")] = "",
    metric: Annotated[str, typer.Option(metavar="KEY")] = "",
    population: Annotated[str, typer.Option(metavar="COND", help="Of which rows.")] = "",
    period: Annotated[str, typer.Option(metavar="P", help="Over which it is measured.")] = "",
    baseline: Annotated[
        str, typer.Option(metavar="P", help="What it is compared with. [default: the last one]")
    ] = "",
    low: Annotated[str, typer.Option(metavar="X", help="Expected change: at least.")] = "",
    estimate: Annotated[str, typer.Option(metavar="X", help="Expected change.")] = "",
    high: Annotated[str, typer.Option(metavar="X", help="Expected change: at most.")] = "",
    confidence: Annotated[str, typer.Option(metavar="P", help="That it comes: 0.7, 70 %.")] = "",
    review_on: Annotated[str, typer.Option(metavar="DAY", help="When it is measured.")] = "",
    insight: Annotated[int | None, typer.Option(metavar="N", help="It is made on.")] = None,
    supersedes: Annotated[int | None, typer.Option(metavar="N", help="It replaces.")] = None,
    link: Annotated[list[str] | None, typer.Option(metavar="KIND:KEY")] = None,
    design: Annotated[
        str,
        typer.Option(
            metavar="D",
            help="How it is measured: proposed (Wald chooses), reading, before_after, differences, "
            "synthetic, randomised.",
        ),
    ] = "",
    unit: Annotated[
        str, typer.Option(metavar="DIM", help="What is compared or drawn, such as territory.")
    ] = "",
    only_check: Annotated[
        bool, typer.Option("--check", help="Say what would be kept; keep nothing.")
    ] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Make a decision: options given here go before those of FILE, and these before what the
    insight proposes. It is never edited later."""
    from wald.cli.decision_files import read_draft
    from wald.memory.draft import Draft

    given: dict[str, object] = {
        "question": question,
        "options": tuple(option or ()),
        "choice": choice,
        "why": why,
        "kind": kind,
        "metric": metric,
        "population": population,
        "period": period,
        "baseline": baseline,
        "low": low,
        "estimate": estimate,
        "high": high,
        "confidence": confidence,
        "review_on": review_on,
        "insight_id": insight,
        "supersedes": supersedes,
        "links": tuple(link or ()),
        "design": design,
        "unit": unit,
    }
    written = Draft() if file is None else read_draft(file)
    if insight is not None and file is None:
        written = _proposed(insight, home)
    said = {name: value for name, value in given.items() if value not in ("", (), None)}
    draft = replace(written, **said)  # type: ignore[arg-type]  # each of the type its name asks for
    if only_check:
        _check(draft, home, as_json=as_json)
    else:
        _make(draft, home, as_json=as_json)


def _proposed(insight: int, home: Path) -> "Draft":
    """Return the decision that an insight begins with. What is left out is asked for."""
    workspace = opened(home)
    from wald.queries.remedies import proposed_for

    found = proposed_for(
        actor=person(), workspace=workspace, insight_id=insight, on=moment().date()
    )
    if found is None:
        raise Refusal(f"There is no insight {insight}; `wald insights list` shows what there is.")
    if found.back is not None:
        say(f"Note: {found.back.words}")
    return found.draft


def _check(draft: "Draft", home: Path, *, as_json: bool) -> None:
    workspace = opened(home)
    from wald.actions.decisions import check
    from wald.cli.decision_shown import design_lines
    from wald.cli.figures import shown
    from wald.cli.knowledge import put_similar
    from wald.queries.decisions import similar_to
    from wald.queries.plain_designs import design_json
    from wald.queries.plain_knowledge import reading_json, similar_json

    decision, snapshot = check(actor=person(), workspace=workspace, draft=draft, at=moment())
    found = similar_to(actor=person(), workspace=workspace, draft=draft)
    if as_json:
        put_json(
            {
                "snapshot": reading_json(snapshot.reading),
                "design": design_json(decision.design),
                "population": decision.population,
                "similar": [similar_json(one) for one in found],
            }
        )
        return
    reading = snapshot.reading
    value = shown(reading.value, decision.unit, reading.currency)
    over = f" over {decision.baseline.label}" if decision.baseline else ""
    console().print(f"It can be kept. {decision.metric} is {value}{over}, as of {reading.as_of}.")
    for line in design_lines(decision, reading.currency):
        console().print(line)
    put_similar(found)


def _make(draft: "Draft", home: Path, *, as_json: bool) -> None:
    workspace = opened(home)
    from wald.actions.decisions import decide
    from wald.queries.decisions import find_decision
    from wald.queries.plain_knowledge import decision_json

    number = decide(actor=person(), workspace=workspace, draft=draft, at=moment())
    kept = find_decision(actor=person(), workspace=workspace, decision_id=number)
    if as_json and kept is not None:
        put_json(decision_json(kept))
    else:
        say(f"Kept as decision {number}; Wald measures what came of it on its review date.")
