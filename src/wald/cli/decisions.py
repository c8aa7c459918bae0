"""Decisions at the terminal: make one, see what came of it, find what was decided before."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.decide import decide
from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.brain.calibration import Calibration
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
    from wald.cli.decision_shown import put_decision
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
    put_decision(page.kept, page.days_left)
    put_similar(page.similar)


app.command("make", epilog=DECISIONS_EXAMPLES)(decide)


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
