"""Insights at the terminal: list them, look at one with its rows, record one, dismiss one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsJson,
    AsOfText,
    Home,
    KnownText,
    PeriodText,
    read_as_of,
    read_known,
)
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.insights.insight import Effect, Status
    from wald.kernel.unit import Unit
    from wald.queries.insights import InsightPage
    from wald.records.stores.insights import KeptInsight

INSIGHTS_EXAMPLES = """\b
Examples:
  wald insights list --status new
  wald insights list --metric win_rate --least 50000 --json
  wald insights show 7                     with its rows and what is like it
  wald insights record "Win rate in retail fell" --metric win_rate --where "segment = 'Retail'"
  wald insights look 7                     say that you are on it
  wald insights dismiss 7 --why "A one-off order of March"
  wald insights case 7                     let somebody work on it
"""
_ROWS = 20

Number = Annotated[int, typer.Argument(metavar="N", help="The insight's number.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=INSIGHTS_EXAMPLES)
def list_insights(
    status: Annotated[
        str, typer.Option(metavar="S", help="new, looking, decided, dismissed, gone or open.")
    ] = "",
    metric: Annotated[str, typer.Option(metavar="KEY", help="Only of this metric.")] = "",
    least: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Only of this much money, or more.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List what was noticed, the newest first."""
    workspace = opened(home)
    from wald.queries.insights import insight_list
    from wald.queries.plain_knowledge import insight_json
    from wald.records.stores.insights import Wanted

    wanted = Wanted(
        status=None if status in ("", "open") else _status(status),
        metric=metric,
        least=None if least is None else least * 100,
        is_open=status == "open",
    )
    found = insight_list(actor=person(), workspace=workspace, wanted=wanted, limit=limit)
    if as_json:
        put_json([insight_json(one) for one in found.rows])
    elif not found.rows:
        say("No insights. `wald insights record` keeps what you noticed.")
    else:
        put_records([_line(one) for one in found.rows], numbers=("No", "Seen"))
        if found.total > len(found.rows):
            say(f"{len(found.rows)} of {found.total}; --limit N shows more.")


@app.command("show", epilog=INSIGHTS_EXAMPLES)
def show(number: Number, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show an insight: its doubt, evidence and rows, what is like it, what was decided."""
    workspace = opened(home)
    from wald.queries.insights import insight_page
    from wald.queries.plain_knowledge import (
        decision_json,
        happening_json,
        insight_json,
        insight_rows_json,
        similar_json,
    )

    page = insight_page(actor=person(), workspace=workspace, insight_id=number, limit=_ROWS)
    if page is None:
        raise Refusal(f"There is no insight {number}; `wald insights list` shows what there is.")
    if as_json:
        put_json(
            {
                **insight_json(page.kept),
                "history": [happening_json(one) for one in page.history],
                "rows": insight_rows_json(page.rows),
                "decisions": [decision_json(one) for one in page.decisions],
                "similar": [similar_json(one) for one in page.similar],
                "action": page.remedy.action,
                "advice": page.remedy.advice,
                "came_back": page.back.words if page.back else None,
            }
        )
        return
    _show(page)


@app.command("record", epilog=INSIGHTS_EXAMPLES)
def record(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="What you noticed, a sentence.")],
    metric: Annotated[str, typer.Option(metavar="KEY", help="The metric it shows in.")] = "",
    where: Annotated[str, typer.Option(metavar="COND", help="Of which rows.")] = "",
    period: PeriodText = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    estimate: Annotated[str, typer.Option(metavar="X", help="How large it is.")] = "",
    low: Annotated[str, typer.Option(metavar="X", help="At least so large.")] = "",
    high: Annotated[str, typer.Option(metavar="X", help="At most so large.")] = "",
    unit: Annotated[
        str, typer.Option(metavar="U", help="Of the size; default: the metric's.")
    ] = "",
    subject: Annotated[str, typer.Option(metavar="TEXT", help="segment:Retail")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Record what you noticed; the same again is counted, not kept twice."""
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from dataclasses import replace

    from wald.actions.insights import record_insight
    from wald.insights.insight import StoredQuery
    from wald.queries.insights import find_insight, noticed
    from wald.queries.plain_knowledge import insight_json

    query = StoredQuery(metric, (), where, period, day, instant)
    found = noticed(actor=person(), workspace=workspace, query=query, at=moment())
    chosen = _unit(unit) if unit else found.effect.unit
    effect = _effect((low, estimate, high), chosen, found.effect.currency)
    insight = replace(found, claim=claim, subject=subject or found.subject, effect=effect)
    number = record_insight(actor=person(), workspace=workspace, insight=insight, at=moment())
    kept = find_insight(actor=person(), workspace=workspace, insight_id=number)
    if as_json and kept is not None:
        put_json(insight_json(kept))
    elif kept is not None and kept.times_seen > 1:
        say(f"This is insight {number}, now seen {kept.times_seen} times.")
    else:
        say(f"Kept as insight {number}; `wald insights show {number}` shows what is like it.")


@app.command("look", epilog=INSIGHTS_EXAMPLES)
def look(number: Number, why: Why = "", home: Home = DEFAULT_HOME) -> None:
    """Say that an insight is being looked at."""
    _move(number, "looking", why, home)


@app.command("dismiss", epilog=INSIGHTS_EXAMPLES)
def dismiss(number: Number, why: Why = "", home: Home = DEFAULT_HOME) -> None:
    """Dismiss an insight, with the reason; the same finding stays dismissed."""
    _move(number, "dismissed", why, home)


@app.command("reopen", epilog=INSIGHTS_EXAMPLES)
def reopen(number: Number, why: Why = "", home: Home = DEFAULT_HOME) -> None:
    """Make an insight new again."""
    _move(number, "new", why, home)


@app.command("case", epilog=INSIGHTS_EXAMPLES)
def case(
    number: Number,
    assignee: Annotated[str, typer.Option(metavar="NAME", help="Who shall have it.")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Open a case about an insight, with the action that its detector proposes."""
    workspace = opened(home)
    from wald.actions.remedies import open_insight_case

    found = open_insight_case(
        actor=person(), workspace=workspace, insight_id=number, at=moment(), assignee=assignee
    )
    if as_json:
        put_json(
            {"case_id": found.case_id, "reviews": list(found.reviews), "draft": found.version_id}
        )
        return
    say(f"Case {found.case_id} is about insight {number}.")
    if found.version_id is not None:
        say(f"Version {found.version_id} is a draft of the document that would change.")
    if found.reviews:
        cases = ", ".join(map(str, found.reviews))
        say(f"Deals to look at before they go on: cases {cases}.")


def _move(number: int, status: str, why: str, home: Path) -> None:
    workspace = opened(home)
    from wald.actions.insights import move_insight

    wanted = _status(status)
    move_insight(
        actor=person(),
        workspace=workspace,
        insight_id=number,
        status=wanted,
        why=why,
        at=moment(),
    )
    say(f"Insight {number} is {wanted.title}.")


def _status(text: str) -> "Status":
    from wald.insights.insight import Status

    names = [one.value for one in Status]
    if text not in names:
        fix = f"choose among {', '.join(names)}, open"
        raise BadInput(f"{text!r} is no status.", [Problem("--status", "is not one", fix)])
    return Status(text)


def _unit(text: str) -> "Unit":
    from wald.kernel.unit import Unit

    names = [one.value for one in Unit]
    if text not in names:
        fix = f"choose among {', '.join(names)}"
        raise BadInput(f"{text!r} is no unit.", [Problem("--unit", "is not one", fix)])
    return Unit(text)


def _effect(texts: tuple[str, str, str], unit: "Unit", currency: str | None) -> "Effect":
    from wald.insights.insight import Effect
    from wald.memory.draft import read_change

    problems: list[Problem] = []
    names = ("--low", "--estimate", "--high")
    low, estimate, high = (
        read_change(name, text, unit, problems) if text else None
        for name, text in zip(names, texts, strict=True)
    )
    if problems:
        raise BadInput("The size cannot be read.", problems)
    return Effect(low, estimate, high, unit, currency=currency)


def _line(kept: "KeptInsight") -> dict[str, object]:
    return {
        "No": kept.insight_id,
        "Status": kept.status.title,
        "Claim": kept.insight.claim,
        "Size": _sized(kept),
        "Metric": kept.insight.metric,
        "Last seen": f"{kept.last_seen_at:%Y-%m-%d}",
        "Seen": kept.times_seen,
    }


def _sized(kept: "KeptInsight") -> str:
    from wald.cli.figures import UNKNOWN, change_shown

    effect = kept.insight.effect
    size = change_shown(effect.estimate, effect.unit, effect.currency)
    if effect.low is None or effect.high is None or size == UNKNOWN:
        return size
    parts = (effect.low, effect.high)
    low, high = (change_shown(part, effect.unit, effect.currency) for part in parts)
    return f"{size} ({low} to {high})"


def _show(page: "InsightPage") -> None:
    from wald.cli.knowledge import put_similar

    kept, out = page.kept, console()
    insight = kept.insight
    out.print(f"{kept.insight_id}  {insight.claim}")
    for name, text in (
        ("Status", f"{kept.status.title}, version {kept.version}"),
        ("Size", _sized(kept)),
        ("About", insight.subject),
        ("Metric", insight.metric),
        ("Where", insight.question.where),
        ("Period", insight.question.period),
        ("As of", insight.question.as_of or ""),
        ("Recorded", f"{kept.first_seen_at:%Y-%m-%d} by {kept.recorded_by}, from {insight.source}"),
        ("Seen", f"{kept.times_seen} times, last {kept.last_seen_at:%Y-%m-%d}"),
        *((f"  {name}", value) for name, value in insight.evidence.items()),
    ):
        if text:
            out.print(f"  {name + ':':<11}{text}")
    if page.rows.problem:
        say(page.rows.problem)
    if page.rows.total:
        out.print()
        put_records([{k: str(v) for k, v in row.items()} for row in page.rows.table.to_pylist()])
        say(f"{page.rows.table.num_rows} of {page.rows.total} rows.")
    for one in page.decisions:
        out.print(f"Decision {one.decision_id}: {one.decision.choice} ({one.state})")
    if page.back is not None:
        out.print(page.back.words)
    out.print(f"{page.remedy.way.title}. {page.remedy.advice}")
    put_similar(page.similar)
