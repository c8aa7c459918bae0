"""Fixes of deals at the terminal: values written back, taken back, told to the source; cases."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say, say_problems
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wald.actions.hygiene_cases import Opened
    from wald.heart.deal_fix import DealPlan, Wanted
    from wald.queries.hygiene_fixes import Preview, SeenFix

FIX_EXAMPLES = """\b
Examples:
  wald hygiene fix O000002931 --field close_on --value 2026-11-30 --why "They sign in November" \\
    --dry-run
  wald hygiene fix O000002931 --field amount --value 48000 --seen 84000 --why "Digits turned"
  wald hygiene fix --from values.csv --why "Agreed in the pipeline review"
  wald hygiene fixes                        what was written here, and whether the source has it
  wald hygiene fixes 3 --out update.csv     a file for Salesforce's or HubSpot's import
  wald hygiene undo 3 --why "It was right"
  wald hygiene cases --rule close_date_past --dry-run
"""
_COLUMNS = ("deal", "field", "value")
_MOST_LINES = 100_000

FixNumber = Annotated[int, typer.Argument(metavar="FIX", min=1, help="Number of the fix.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, do nothing.")]


def fix(
    deal: Annotated[str, typer.Argument(metavar="[DEAL]", help="Its key in the data.")] = "",
    field: Annotated[
        str,
        typer.Option(
            metavar="FIELD", help="close_on, stage, amount, forecast_category or owner_id."
        ),
    ] = "",
    value: Annotated[str, typer.Option(metavar="VALUE", help="What it shall be.")] = "",
    seen: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help="What it was when you looked; another one stops this."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="CSV", help="Many: columns deal, field, value, also seen."),
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why this is right; it is kept.")] = "",
    only_free: Annotated[
        bool, typer.Option("--only-free", help="Leave out deals with which something is wrong.")
    ] = False,
    dry_run: DryRun = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Write values into open deals, all of them or none, as a fix that can be undone."""
    wanted = _wanted(deal, field, value, seen, file)
    workspace = opened(home)
    from wald.actions.hygiene_fixes import fix_deals
    from wald.queries.hygiene_fixes import preview
    from wald.queries.plain_fixes import plan_json, preview_json

    if dry_run:
        found = preview(actor=person(), workspace=workspace, wanted=wanted)
        if as_json:
            put_json(preview_json(found))
        else:
            _put_preview(found)
        raise typer.Exit(0 if found.is_clean else 2)
    made = fix_deals(
        actor=person(),
        workspace=workspace,
        wanted=wanted,
        why=why,
        at=moment(),
        only_free=only_free,
    )
    if as_json:
        deals = [plan_json(one) for one in made.plans]
        told = {"fix_id": made.fix_id, "load_id": made.load_id, "deals": deals}
        put_json({**told, "left_out": list(made.left_out)})
        return
    _put_plans(made.plans)
    for one in made.left_out:
        say(f"Left out: {one}")
    say(f"Fix {made.fix_id} is written; wald hygiene undo {made.fix_id} takes it back.")


def undo(
    number: FixNumber,
    deals: Annotated[
        list[str] | None, typer.Option("--deal", metavar="KEY", help="Only this deal of it.")
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Take a fix back: the deals are exactly what they were, unless somebody changed them since."""
    workspace = opened(home)
    from wald.actions.hygiene_fixes import undo_fix

    load = undo_fix(
        actor=person(),
        workspace=workspace,
        fix_id=number,
        at=moment(),
        why=why,
        deals=tuple(deals or ()),
    )
    if as_json:
        put_json({"fix_id": number, "load_id": load})
    else:
        say(f"Fix {number} is undone.")


def fixes(
    number: Annotated[int | None, typer.Argument(metavar="[FIX]", min=1, help="Only this.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Write what waits as a file for the source's import."),
    ] = None,
    connector: Annotated[
        str, typer.Option(metavar="KEY", help="With --out: deals of this source only.")
    ] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what was written here, and whether the source has taken it over."""
    workspace = opened(home)
    from wald.queries import hygiene_fixes as desk
    from wald.queries.plain_fixes import fix_json

    if out is not None:
        _write_file(home, number, connector, out)
        return
    if number is None:
        found: Sequence[SeenFix] = desk.fixes(actor=person(), workspace=workspace)
    else:
        one = desk.one_fix(actor=person(), workspace=workspace, fix_id=number)
        if one is None:
            raise Refusal(f"There is no fix {number}, or none of deals that you see.")
        found = (one,)
    if as_json:
        put_json([fix_json(one) for one in found])
    elif not found:
        say("Nothing was written into deals here.")
    else:
        _put_fixes(found)


def cases(
    rule: Annotated[str, typer.Option(metavar="RULE", help="Only what this rule finds.")] = "",
    severity: Annotated[
        str, typer.Option(metavar="SEVERITY", help="Only low, medium or high findings.")
    ] = "",
    owner: Annotated[str, typer.Option(metavar="KEY", help="Only deals of this person.")] = "",
    team: Annotated[str, typer.Option(metavar="TEAM", help="Only deals of this team.")] = "",
    deal: Annotated[str, typer.Option(metavar="KEY", help="Only this deal.")] = "",
    dry_run: DryRun = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Open a data-fix case for each finding, given to the owner of its deal."""
    workspace = opened(home)
    from wald.actions.hygiene_cases import open_cases
    from wald.queries.hygiene import HygieneAsk

    ask = HygieneAsk(rule=rule, severity=severity, owner=owner, team=team, deal=deal)
    found = open_cases(actor=person(), workspace=workspace, ask=ask, at=moment(), dry_run=dry_run)
    if as_json:
        others = {one.name.lower(): count for one, count in found.others.items()}
        told = {"dry_run": dry_run, "new": found.new, "again": found.again}
        put_json({**told, "others": others, "cases": list(found.cases)})
    else:
        _put_cases(found, dry_run=dry_run)


def _wanted(
    deal: str, field: str, value: str, seen: str | None, file: Path | None
) -> "list[Wanted]":
    from wald.heart.deal_fix import Wanted

    if file is not None:
        if deal or field or value:
            fix = "give either one value or --from"
            raise BadInput("Say it once.", [Problem("--from", "a value is given too", fix)])
        return list(_read(file))
    if not deal or not field:
        fix = "write wald hygiene fix DEAL --field FIELD --value VALUE, or --from a CSV"
        raise BadInput("Say what to fix.", [Problem("deal", "no deal or field is given", fix)])
    return [Wanted(deal, field, value, seen)]


def _read(file: Path) -> "Sequence[Wanted]":
    from wald.heart.deal_fix import Wanted

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            names = reader.fieldnames or ()
            lacking = [name for name in _COLUMNS if name not in names]
            if lacking:
                fix = "give the columns deal, field, value, and seen if you like"
                problem = Problem(str(file), f"it has no column {', '.join(lacking)}", fix)
                raise BadInput("This file cannot be read.", [problem])
            rows = [row for row, _ in zip(reader, range(_MOST_LINES), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = Problem(str(file), f"it cannot be read ({error})", "give a CSV in UTF-8")
        raise BadInput("This file cannot be read.", [problem]) from None
    return [
        Wanted(
            (row["deal"] or "").strip(), (row["field"] or "").strip(), row["value"] or "",
            row.get("seen"), (row.get("rule") or "").strip(),
        )
        for row in rows
    ]  # fmt: skip


def _write_file(home: Path, number: int | None, connector: str, out: Path) -> None:
    from pyarrow.csv import write_csv

    from wald.engine.escapes import escaped
    from wald.queries.fix_files import update_file

    workspace = opened(home)
    found = update_file(actor=person(), workspace=workspace, fix_id=number, connector=connector)
    if found is None:
        raise Refusal(f"There is no fix {number}, or none of deals that you see.")
    if out.exists():
        raise BadInput("Nothing was written.", [Problem(str(out), "it is there", "name another")])
    write_csv(escaped(found.rows), out)  # no cell is a formula, as in the file of the page
    say(f"{out}: {found.rows.num_rows} deals, for {found.form.title}.")
    for name, count in found.connectors.items():
        if name != found.connector:
            say(f"{count} more come from {name}: --connector {name}")


def _put_preview(found: "Preview") -> None:
    _put_plans(found.plans)
    for one in found.conflicts:
        say(f"Conflict: {one}")
    say_problems(found.problems)


def _put_plans(plans: "Sequence[DealPlan]") -> None:
    put_records(
        [
            {
                "Deal": plan.deal.opportunity_id,
                "Owner": plan.deal.owner or "nobody",
                "Field": line.field,
                "Old": line.old or "–",
                "New": line.new,
                "Effect": "follows" if line.follows else "; ".join(plan.effects),
            }
            for plan in plans
            for line in plan.lines
        ]
    )


def _put_fixes(found: "Sequence[SeenFix]") -> None:
    put_records(
        [
            {
                "Fix": str(fix.fix.fix_id),
                "Made": f"{fix.fix.made_at:%Y-%m-%d %H:%M}",
                "By": fix.fix.made_by,
                "Deal": one.kept.line.opportunity_id,
                "Field": one.kept.line.field,
                "Old": one.kept.line.old or "–",
                "New": one.kept.line.new,
                "State": one.fate.became.value,
                "Why": fix.fix.why,
            }
            for fix in found
            for one in fix.lines
        ],
        numbers=("Fix",),
    )


def _put_cases(found: "Opened", *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    console().print(f"{found.new:,} cases {would}opened, {found.again:,} {would}opened again.")
    for one, count in found.others.items():
        console().print(f"{count:,} findings: each {one.value}.")
