"""What we agreed: list documents, plan and file a text, submit, approve, see what holds when."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.document_steps import (
    File,
    VersionId,
    apply,
    approve,
    send_back,
    submit,
    text_of,
    version_of,
    withdraw,
)
from wald.cli.door import moment, opened, person
from wald.cli.ending import Code
from wald.cli.options import (
    DEFAULT_HOME,
    AsJson,
    Home,
    KnownText,
    read_known,
    read_on,
)
from wald.cli.output import console, put_json, put_records, say, say_problems
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.queries.document_plans import Plan

DOCUMENTS_EXAMPLES = """\b
Examples:
  wald documents list
  wald documents plan discounts.yaml             what would change; writes nothing
  wald documents apply discounts.yaml            file it as a draft
  wald documents submit 12                       ask for its approval
  wald documents approve 12 --revision 1         somebody else does
  wald documents effective approval_policy discounts --unit EMEA --on 2026-03-01
  wald documents schema approval_policy > approval_policy.schema.json

\b
A version is named by the number that `wald documents show` gives as its id. `plan` ends with
0 if the text can be filed, 2 if it has problems, 3 if overrides conflict with it.
"""

Type = Annotated[str, typer.Argument(metavar="TYPE", help="Such as approval_policy.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Which document of the type.")]
Unit = Annotated[str, typer.Option("--unit", metavar="UNIT", help="EMEA, or EMEA/DACH. [all]")]
OnText = Annotated[
    str, typer.Option("--on", metavar="DAY", help="The day asked about. [default: today]")
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("apply", epilog=DOCUMENTS_EXAMPLES)(apply)
app.command("submit", epilog=DOCUMENTS_EXAMPLES)(submit)
app.command("approve", epilog=DOCUMENTS_EXAMPLES)(approve)
app.command("return", epilog=DOCUMENTS_EXAMPLES)(send_back)
app.command("withdraw", epilog=DOCUMENTS_EXAMPLES)(withdraw)


@app.command("list", epilog=DOCUMENTS_EXAMPLES)
def list_documents(
    type: Annotated[str, typer.Option("--type", metavar="TYPE", help="Only of this type.")] = "",
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help='Such as "in review".')
    ] = "",
    on: OnText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List documents, of the organization and of units."""
    workspace = opened(home)
    from wald.documents.version import Standing
    from wald.queries.documents import document_list
    from wald.queries.plain_documents import line_json

    states = {one.value: one for one in Standing}
    if state and state not in states:
        problem = Problem("--state", f"{state!r} is not one", f"choose among {', '.join(states)}")
        raise BadInput("There is no such state.", [problem])
    found = document_list(
        actor=person(),
        workspace=workspace,
        on=read_on(on),
        type=type,
        state=states.get(state),
        limit=sys.maxsize,
    )
    lines = [line_json(one) for one in found.lines]
    if as_json:
        put_json(lines)
    elif not lines:
        say("There are no such documents; `wald documents apply FILE` files one as a draft.")
    else:
        put_records(lines, numbers=("newest", "in_force"))


@app.command("show", epilog=DOCUMENTS_EXAMPLES)
def show(
    type: Type,
    name: Name,
    unit: Unit = "",
    on: OnText = "",
    known: KnownText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show a document: what holds, its versions, its overrides."""
    workspace = opened(home)
    from wald.queries.documents import document_page
    from wald.queries.plain_documents import page_json

    page = document_page(
        actor=person(),
        workspace=workspace,
        type=type,
        name=name,
        unit=unit,
        on=read_on(on),
        known=read_known(known),
    )
    if page is None:
        raise _no_document(type, name)
    if as_json:
        put_json(page_json(page))
        return
    put_records(
        [
            {
                "id": one.version.version_id,
                "version": one.version.number,
                "revision": one.version.revision,
                "state": one.standing.value,
                "since": one.since or one.version.starts_on,
                "until": one.until,
                "by": one.version.author,
                "approved by": one.version.approved_by,
            }
            for one in page.steps
        ],
        numbers=("id", "version", "revision"),
    )
    for field in page.effective.fields if page.effective else ():
        console().print(f"{field.label} {field.told}  ({field.origin})")
    for one in page.overrides:
        say(f"{one.unit}: version {one.version.number} {one.standing.value}")
        for finding in one.findings:
            say(f"  {finding.sentence}")


@app.command("effective", epilog=DOCUMENTS_EXAMPLES)
def effective(
    type: Type,
    name: Name,
    unit: Unit = "",
    on: OnText = "",
    known: KnownText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say what held for a unit on a day, with the origin of every value."""
    workspace = opened(home)
    from wald.queries import documents as desk
    from wald.queries.plain_documents import effective_json

    day = read_on(on)
    found = desk.effective(
        actor=person(),
        workspace=workspace,
        type=type,
        name=name,
        unit=unit,
        on=day,
        known=read_known(known),
    )
    if found is None:
        raise Refusal(
            f"No {type} {name} holds on {day}; `wald documents list` shows what there is."
        )
    if as_json:
        put_json(effective_json(found))
        return
    put_records(
        [
            {"value": field.path, "is": field.told, "from": field.origin}
            for field in found.fields
            if field.value is not None
        ]
    )
    for one in found.passed:
        say(f"The override of {one.unit} does not hold here: {one.why}.")


@app.command("plan", epilog=DOCUMENTS_EXAMPLES)
def plan(file: File, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Say what a text would change, with every problem; write nothing."""
    workspace = opened(home)
    from wald.queries import document_plans
    from wald.queries.plain_documents import plan_json

    text = text_of(file)
    found = document_plans.plan(actor=person(), workspace=workspace, text=text, at=moment())
    if as_json:
        put_json(plan_json(found))
    else:
        _tell(found)
        for one in document_plans.warnings_in(actor=person(), text=text):
            say(f"It may not be meant so: {one}")
    if found.problems:
        raise typer.Exit(Code.UNUSABLE)
    if found.conflicts:
        raise typer.Exit(Code.QUALITY)


@app.command("diff", epilog=DOCUMENTS_EXAMPLES)
def diff(
    version: VersionId,
    other: Annotated[
        int | None, typer.Argument(metavar="OTHER", min=1, help="Compared with. [the one before]")
    ] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two versions, in words and by line."""
    workspace = opened(home)
    from wald.queries import document_plans
    from wald.queries.plain_documents import difference_json

    found = document_plans.difference(
        actor=person(), workspace=workspace, version_id=version, with_id=other
    )
    if found is None:
        raise Refusal("There are no such two versions of one type.")
    if as_json:
        put_json(difference_json(found))
        return
    _put_lines(found.changes or ("Nothing changed that has a meaning.",))
    _put_lines(found.lines)


@app.command("export", epilog=DOCUMENTS_EXAMPLES)
def export(
    version: VersionId,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="[default: standard output]")
    ] = None,
    home: Home = DEFAULT_HOME,
) -> None:
    """Give a version's text back, to the byte."""
    text = version_of(version, opened(home)).text
    if out is not None:
        out.write_bytes(text.encode())
        say(f"{out} holds version {version}.")
    else:
        sys.stdout.write(text)


@app.command("schema", epilog=DOCUMENTS_EXAMPLES)
def schema(type: Type, home: Home = DEFAULT_HOME) -> None:
    """Print the JSON Schema of a type's texts, for editors."""
    workspace = opened(home)
    from wald.documents.document import document_types
    from wald.queries import documents as desk

    found = desk.schema(actor=person(), workspace=workspace, type=type)
    if found is None:
        fix = f"choose among {', '.join(document_types())}"
        problem = Problem("TYPE", f"{type!r} is no type of document", fix)
        raise BadInput("There is no such type.", [problem])
    put_json(found)


def _tell(found: "Plan") -> None:
    if found.problems:
        say("This text cannot be filed:")
        say_problems(found.problems)
        return
    if not found.is_new:
        say("The newest version says exactly this.")
    _put_lines(found.changes or ("Nothing changes that has a meaning.",))
    for note in found.notes:
        say(note)
    if found.conflicts:
        say("Overrides that conflict with it:")
        for one in found.conflicts:
            say(f"  {one.sentence}")


def _put_lines(lines: tuple[str, ...]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


def _no_document(type: str, name: str) -> Refusal:
    return Refusal(f"There is no {type} {name}; `wald documents list` shows what there is.")
