"""Decisions at the terminal: make one, see what came of it, find what was decided before."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.brain.calibration import Calibration
    from wald.kernel.period import Period
    from wald.memory.decision import Reading
    from wald.memory.draft import Draft
    from wald.records.stores.decisions import KeptDecision

DECISIONS_EXAMPLES = """\b
Examples:
  wald decisions make decision.yaml --check        what would be kept, and what is like it
  wald decisions make decision.yaml
  wald decisions make --question "Pilot first?" --option "Pilot" --option "Nothing" \\
      --choice Pilot --why "They could not try it" --metric win_rate \\
      --population "region = 'North'" --period 2027-Q1 --low "2 points" \\
      --estimate "5 points" --high "8 points" --confidence 0.7 --review-on 2027-04-02
  wald decisions list --state waiting
  wald decisions show 4
  wald decisions review                            measure those whose day has come
  wald decisions calibration                       how often were the deciders right?
  wald decisions search discount retail            insights too
"""

Number = Annotated[int, typer.Argument(metavar="N", help="The decision's number.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="So many at most.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=DECISIONS_EXAMPLES)
def list_decisions(
    state: Annotated[
        str,
        typer.Option(
            metavar="S", help="waiting, measured, came, did_not_come, cannot_tell, superseded."
        ),
    ] = "",
    metric: Annotated[str, typer.Option(metavar="KEY", help="Only on this metric.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Only of this decider.")] = "",
    limit: Limit = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List what was decided, the newest first."""
    workspace = opened(home)
    from wald.queries.decisions import decision_list
    from wald.queries.plain_knowledge import decision_json
    from wald.records.stores.decisions import STATES, Wanted

    if state and state not in STATES:
        fix = f"choose among {', '.join(STATES)}"
        raise BadInput(f"{state!r} is no state.", [Problem("--state", "is not one", fix)])
    wanted = Wanted(metric=metric, decided_by=by, state=state)
    found = decision_list(actor=person(), workspace=workspace, wanted=wanted, limit=limit)
    if as_json:
        put_json([decision_json(one) for one in found.rows])
    elif not found.rows:
        say("No decisions. `wald decisions make` keeps one, with what it is expected to change.")
    else:
        put_records([_line(one) for one in found.rows], numbers=("No",))


@app.command("show", epilog=DECISIONS_EXAMPLES)
def show(number: Number, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show a decision: what was expected, what came of it, what is like it."""
    workspace = opened(home)
    from wald.cli.knowledge import put_similar
    from wald.queries.decisions import decision_page
    from wald.queries.plain_knowledge import decision_json, similar_json

    page = decision_page(
        actor=person(), workspace=workspace, decision_id=number, on=moment().date()
    )
    if page is None:
        raise Refusal(f"There is no decision {number}; `wald decisions list` shows what there is.")
    if as_json:
        put_json(
            {
                **decision_json(page.kept),
                "days_left": page.days_left,
                "chain": [one.decision_id for one in page.chain],
                "similar": [similar_json(one) for one in page.similar],
            }
        )
        return
    _show(page.kept, page.days_left)
    put_similar(page.similar)


@app.command("make", epilog=DECISIONS_EXAMPLES)
def make(
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
    only_check: Annotated[
        bool, typer.Option("--check", help="Say what would be kept; keep nothing.")
    ] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Make a decision: options given here go before those of FILE. It is never edited later."""
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
    }
    written = Draft() if file is None else read_draft(file)
    said = {name: value for name, value in given.items() if value not in ("", (), None)}
    draft = replace(written, **said)  # type: ignore[arg-type]  # each of the type its name asks for
    if only_check:
        _check(draft, home, as_json=as_json)
    else:
        _make(draft, home, as_json=as_json)


@app.command("review", epilog=DECISIONS_EXAMPLES)
def review(
    number: Annotated[int | None, typer.Argument(metavar="N", help="Only this one.")] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Measure what came of every decision whose review date is here; twice changes nothing."""
    workspace = opened(home)
    from wald.actions.decisions import review_due
    from wald.memory.decision import state_of
    from wald.queries.plain_knowledge import outcome_json

    found = review_due(actor=person(), workspace=workspace, at=moment(), only=number)
    if as_json:
        put_json(
            [
                {"decision_id": one.decision_id, "case_id": one.case_id} | outcome_json(one.outcome)
                for one in found
            ]
        )
    elif not found:
        say("Nothing to measure: no review date has come that is not measured already.")
    for one in found if not as_json else ():
        console().print(f"Decision {one.decision_id}: {state_of(one.outcome)}")
        if one.outcome.reason:
            say(f"  {one.outcome.reason}")


@app.command("calibration", epilog=DECISIONS_EXAMPLES)
def calibration(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Say how sure the deciders were, and how often they were right (Brier score)."""
    workspace = opened(home)
    from wald.queries.decisions import deciders
    from wald.queries.plain_knowledge import deciders_json

    found = deciders(actor=person(), workspace=workspace)
    if as_json:
        put_json(deciders_json(found))
    elif found.all is None:
        say("No decision has been measured yet.")
    else:
        records = [_calibration("all", found.all)]
        records += [_calibration(name, one) for name, one in found.by_decider.items()]
        records += [_calibration(f"kind {name}", one) for name, one in found.by_kind.items()]
        put_records(records, numbers=("Outcomes", "Sure", "Right", "Score"))


@app.command("search", epilog=DECISIONS_EXAMPLES)
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Beginnings will do.")],
    limit: Limit = 20,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Find insights and decisions by their words, the best first."""
    workspace = opened(home)
    from wald.queries.plain_knowledge import found_json
    from wald.queries.search import find

    text = " ".join(words)
    found = find(actor=person(), workspace=workspace, text=text, limit=limit)
    if as_json:
        put_json([found_json(one) for one in found])
    elif not found:
        say("Nothing is found; every word must begin a word of it.")
    else:
        put_records(
            [
                {"Kind": one.kind, "No": one.number, "Title": one.title, "State": one.detail}
                for one in found
            ],
            numbers=("No",),
        )


def _check(draft: "Draft", home: Path, *, as_json: bool) -> None:
    workspace = opened(home)
    from wald.actions.decisions import check
    from wald.cli.figures import shown
    from wald.cli.knowledge import put_similar
    from wald.queries.decisions import similar_to
    from wald.queries.plain_knowledge import reading_json, similar_json

    decision, snapshot = check(actor=person(), workspace=workspace, draft=draft, at=moment())
    found = similar_to(actor=person(), workspace=workspace, draft=draft)
    if as_json:
        put_json(
            {
                "snapshot": reading_json(snapshot.reading),
                "similar": [similar_json(one) for one in found],
            }
        )
        return
    reading = snapshot.reading
    value = shown(reading.value, decision.unit, reading.currency)
    over = f" over {decision.baseline.label}" if decision.baseline else ""
    console().print(f"It can be kept. {decision.metric} is {value}{over}, as of {reading.as_of}.")
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


def _line(kept: "KeptDecision") -> dict[str, object]:
    one = kept.decision
    return {
        "No": kept.decision_id,
        "Decided": f"{kept.decided_at:%Y-%m-%d}",
        "By": kept.decided_by,
        "Question": one.question,
        "Choice": one.choice,
        "Metric": one.metric,
        "State": kept.state,
    }


def _calibration(name: str, one: "Calibration") -> dict[str, object]:
    return {
        "Who or what": name,
        "Outcomes": one.times,
        "Sure": f"{float(one.mean_confidence):.0%}",
        "Right": f"{float(one.share):.0%}",
        "Score": "" if one.is_too_few else f"{float(one.score):.3f}",
        "Says": one.leaning,
    }


def _show(kept: "KeptDecision", days_left: int | None) -> None:
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
    _show_outcome(kept)


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
