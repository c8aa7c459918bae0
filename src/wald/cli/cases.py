"""Cases at the terminal: list them, look at one, open, comment, assign, take, move, link, watch."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home, read_instant_option
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from wald.kernel.workspace import Workspace
    from wald.queries.cases import CasePage

CASES_EXAMPLES = """\b
Examples:
  wald cases list --overdue
  wald cases list --kind approval --assignee mia --json
  wald cases show 17
  wald cases open task "Call Acme" --assignee max --link opportunity:O1
  wald cases open approval "20 % for Acme" --approver mia --approver fin --needs all
  wald cases comment 17 "They want it by Friday"
  wald cases assign 17 mia
  wald cases take 17
  wald cases move 17 finish
  wald cases move 17 approve --version 3      a vote says which version it saw
  wald cases move 17 drop --reason "Not wanted any more"
  wald cases link 17 insight:7
  wald cases watch 17
"""

Number = Annotated[int, typer.Argument(metavar="N", min=1, help="The case's number.")]
Version = Annotated[
    int | None,
    typer.Option("--version", min=1, metavar="V", help="What was read; newer is refused."),
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=CASES_EXAMPLES)
def list_cases(
    whose: Annotated[
        str, typer.Option(metavar="W", help="mine, team, waiting, queue or all.")
    ] = "all",
    status: Annotated[str, typer.Option(metavar="S", help="open, closed or any.")] = "open",
    kind: Annotated[str, typer.Option(metavar="KIND", help="Only of this kind.")] = "",
    state: Annotated[str, typer.Option(metavar="STATE", help="Only in this state.")] = "",
    assignee: Annotated[str, typer.Option(metavar="NAME", help="Only what they have.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only overdue ones.")] = False,
    search: Annotated[str, typer.Option(metavar="TEXT", help="In the title.")] = "",
    link: Annotated[str, typer.Option(metavar="LINK", help="Only what links to this.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List cases, those that are due first at the top."""
    workspace = opened(home)
    from wald.queries.cases import CasesAsk, case_lines
    from wald.queries.plain_cases import line_json

    ask = CasesAsk(
        whose=whose, status=status, kind=kind, state=state, assignee=assignee,
        is_overdue=overdue, search=search, link=link,
    )  # fmt: skip
    found = case_lines(actor=person(), workspace=workspace, ask=ask, at=moment(), limit=limit)
    if as_json:
        put_json([line_json(line) for line in found])
    elif not found:
        say('No such cases. `wald cases open task "..."` opens one.')
    else:
        put_records(
            [
                {
                    "No": line.case_id,
                    "Case": line.title,
                    "Kind": line.kind,
                    "State": line.state,
                    "Has it": ", ".join(line.asked) or line.assignee or f"({line.queue})",
                    "Due (UTC)": _short(line.due_at),
                }
                for line in found
            ],
            numbers=("No",),
        )


@app.command("show", epilog=CASES_EXAMPLES)
def show(number: Number, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show a case with everything that happened to it."""
    workspace = opened(home)
    _put(_page(workspace, number), as_json, with_events=True)


@app.command("open", epilog=CASES_EXAMPLES)
def open_case(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="approval, task, alert, ...")],
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is about.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="What has to be known.")] = "",
    assignee: Annotated[str, typer.Option(metavar="NAME", help="For whom.")] = "",
    queue: Annotated[
        Role | None, typer.Option(metavar="ROLE", help="For whoever has this role.")
    ] = None,
    unit: Annotated[str, typer.Option(metavar="UNIT", help="Of which region or team.")] = "",
    due: Annotated[str, typer.Option(metavar="INSTANT", help="By when.")] = "",
    link: Annotated[
        list[str] | None, typer.Option(metavar="LINK", help="Such as opportunity:O1.")
    ] = None,
    approver: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who shall agree.")
    ] = None,
    needs: Annotated[str, typer.Option(metavar="N", help="all of them, or any.")] = "any",
    fingerprint: Annotated[
        str, typer.Option(metavar="F", help="Open one case with this fingerprint only.")
    ] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Open a case."""
    workspace = opened(home)
    from wald.actions import cases

    if assignee:
        _must_work(workspace, assignee)
    body: dict[str, object] = {"text": text}
    if approver:
        body |= {"approvers": approver, "needs": needs}
    number = cases.open_case(
        actor=person(), workspace=workspace, kind=kind, title=title, at=moment(),
        assignee=assignee, queue=queue, unit=unit, due_at=read_instant_option(due, "--due"),
        links=link or [], body=body, fingerprint=fingerprint,
    )  # fmt: skip
    say(f"Case {number} is open.")
    _put(_page(workspace, number), as_json)


@app.command("comment", epilog=CASES_EXAMPLES)
def comment(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say something about a case."""
    workspace = opened(home)
    from wald.actions import cases

    cases.comment(actor=person(), workspace=workspace, case_id=number, text=text, at=moment())
    _put(_page(workspace, number), as_json)


@app.command("assign", epilog=CASES_EXAMPLES)
def assign(
    number: Number,
    to: Annotated[str, typer.Argument(metavar="NAME", help="To whom.")],
    version: Version = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Give a case to somebody."""
    workspace = opened(home)
    from wald.actions import case_moves

    case_moves.assign(
        actor=person(), workspace=workspace, case_id=number, to=to, version=version, at=moment()
    )
    _put(_page(workspace, number), as_json)


@app.command("take", epilog=CASES_EXAMPLES)
def take(
    number: Number,
    version: Version = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Take a case from its queue."""
    workspace = opened(home)
    from wald.actions import case_moves

    case_moves.take(
        actor=person(), workspace=workspace, case_id=number, version=version, at=moment()
    )
    _put(_page(workspace, number), as_json)


@app.command("move", epilog=CASES_EXAMPLES)
def move(
    number: Number,
    key: Annotated[str, typer.Argument(metavar="MOVE", help="Such as finish or approve.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    outcome: Annotated[str, typer.Option(metavar="TEXT", help="What came of it.")] = "",
    version: Version = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Make a move of the case's kind."""
    workspace = opened(home)
    from wald.actions import case_moves

    case_moves.move_case(
        actor=person(), workspace=workspace, case_id=number, move=key, reason=reason,
        outcome=outcome, version=version, at=moment(),
    )  # fmt: skip
    _put(_page(workspace, number), as_json)


@app.command("link", epilog=CASES_EXAMPLES)
def link(
    number: Number,
    links: Annotated[list[str], typer.Argument(metavar="LINK...", help="Such as insight:7.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Link a case to facts, documents, insights, decisions."""
    workspace = opened(home)
    from wald.actions import cases

    cases.link(actor=person(), workspace=workspace, case_id=number, links=links, at=moment())
    _put(_page(workspace, number), as_json)


@app.command("watch", epilog=CASES_EXAMPLES)
def watch(
    number: Number,
    stop: Annotated[bool, typer.Option("--stop", help="Watch it no longer.")] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Hear of what happens to a case."""
    workspace = opened(home)
    from wald.actions import cases

    cases.watch(actor=person(), workspace=workspace, case_id=number, on=not stop, at=moment())
    _put(_page(workspace, number), as_json)


def _page(workspace: "Workspace", number: int) -> "CasePage":
    from wald.queries.cases import one_case

    found = one_case(actor=person(), workspace=workspace, case_id=number, at=moment())
    if found is None:
        raise Refusal(f"There is no case {number}; `wald cases list` shows which there are.")
    return found


def _put(page: "CasePage", as_json: bool, *, with_events: bool = False) -> None:
    from wald.cases.words import said
    from wald.queries.plain_cases import case_json, event_json

    if as_json:
        events = {"events": [event_json(one) for one in page.events]} if with_events else {}
        put_json(case_json(page) | events)
        return
    case = page.case
    lines = [
        f"Case {page.case_id}, version {case.version}: {case.title}",
        f"{page.kind.title}, {case.state}" + (f", waits for {page.waits_for}" if page.waits_for
                                              else ""),
        f"Due {_short(case.due_at)} UTC" if case.due_at and case.is_open else "",
        f"Linked: {', '.join(case.links)}" if case.links else "",
        case.text,
        f"Moves: {', '.join(move.key for move in page.moves)}" if page.moves else "",
    ]  # fmt: skip
    if with_events:
        lines += ["", *(f"{_short(one.at)}  {said(one)}{_text(one.text('text'))}"
                        for one in page.events)]  # fmt: skip
    for line in lines:
        if line or with_events:
            console().print(line, markup=False)


def _text(text: str) -> str:
    return f": {text}" if text else ""


def _short(at: "datetime | None") -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _must_work(workspace: "Workspace", name: str) -> None:
    """Raise BadInput for a name that may not have cases; typed names are not to be guessed at."""
    from wald.actions.cases import worker_problems

    problems = worker_problems("--assignee", name, workspace)
    if problems:
        raise BadInput("This case cannot be opened.", problems)
