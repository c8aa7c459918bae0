"""Calibration at the terminal: what was agreed beside what came, and the draft that would fit."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, EngineUrl, Home, read_day_option
from wald.cli.output import console, put_json, put_records, say

if TYPE_CHECKING:
    from wald.brain.agreed_chances import Chance
    from wald.brain.shares_by_period import Share
    from wald.kernel.workspace import Workspace
    from wald.queries.category_calibration import CategoryCalibration
    from wald.queries.incentives import Incentives
    from wald.queries.quota_calibration import QuotaCalibration, QuotaLine
    from wald.queries.stage_calibration import StageCalibration, StageLine

CALIBRATE_EXAMPLES = """\b
Examples:
  wald calibrate stages                chances agreed for stages, and what became of deals
  wald calibrate stages --on 2026-06-30 --json
  wald calibrate categories            what was won of commit, best case and the rest
  wald calibrate quotas                how many quotas were reached, by team
  wald calibrate incentives            what people do around each clause of their plans
  wald calibrate draft --dry-run       what the sales process would say with measured chances
  wald calibrate draft                 file that as a draft, for somebody else to approve
"""
OnText = Annotated[str, typer.Option("--on", metavar="DAY", help="[default: last in the data]")]
NOTHING = "No deals are loaded yet: wald load path/to/your/export"

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("stages", epilog=CALIBRATE_EXAMPLES)
def stages(
    on: OnText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show the agreed chance of each stage beside what became of deals in it."""
    day = read_day_option(on, "--on")
    workspace = opened(home)
    from wald.queries.plain_calibration import stages_json
    from wald.queries.stage_calibration import stage_calibration

    found = stage_calibration(actor=person(), workspace=workspace, as_of=day, engine=engine)
    if found is None:
        say(NOTHING)
    elif as_json:
        put_json(stages_json(found))
    else:
        _show_stages(found)


@app.command("categories", epilog=CALIBRATE_EXAMPLES)
def categories(
    on: OnText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what was won of what was said a month into quarters, by forecast category."""
    day = read_day_option(on, "--on")
    workspace = opened(home)
    from wald.queries.category_calibration import category_calibration
    from wald.queries.plain_calibration import categories_json

    found = category_calibration(actor=person(), workspace=workspace, as_of=day, engine=engine)
    if found is None:
        say(NOTHING)
    elif as_json:
        put_json(categories_json(found))
    else:
        _show_categories(found)


@app.command("quotas", epilog=CALIBRATE_EXAMPLES)
def quotas(
    on: OnText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show how many quotas were reached, of everybody and by team; nobody is named."""
    day = read_day_option(on, "--on")
    workspace = opened(home)
    from wald.queries.plain_calibration import quotas_json
    from wald.queries.quota_calibration import quota_calibration

    found = quota_calibration(actor=person(), workspace=workspace, as_of=day, engine=engine)
    if found is None:
        say("No quotas are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(quotas_json(found))
    else:
        _show_quotas(found)


@app.command("incentives", epilog=CALIBRATE_EXAMPLES)
def incentive_microscope(
    on: OnText = "",
    all_rules: Annotated[
        bool, typer.Option("--all-rules", help="Let the linter ask every rule: seconds a plan.")
    ] = False,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what people do around each clause of their plans, in sums; nobody is named."""
    day = read_day_option(on, "--on")
    workspace = opened(home)
    from wald.queries.incentives import incentives
    from wald.queries.plain_calibration import incentives_json

    found = incentives(
        actor=person(), workspace=workspace, as_of=day, is_whole=all_rules, engine=engine
    )
    if found is None:
        say("No bookings are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(incentives_json(found))
    else:
        _show_incentives(found)


@app.command("draft", epilog=CALIBRATE_EXAMPLES)
def draft(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Draft the sales process with measured chances where agreed ones are out of line."""
    workspace = opened(home)
    from wald.actions.calibration import NOTHING as NOTHING_TO_DRAFT
    from wald.actions.calibration import draft_stage_chances
    from wald.queries.plain_documents import version_json

    if dry_run:
        _show_proposal(workspace, engine, as_json=as_json)
        return
    done = draft_stage_chances(actor=person(), workspace=workspace, at=moment(), engine=engine)
    if done is None:
        put_json({"version": None, "why": NOTHING_TO_DRAFT}) if as_json else say(NOTHING_TO_DRAFT)
        return
    if as_json:
        put_json({"version": version_json(done.version), "why": ""})
        return
    words = "is drafted" if done.is_new else "is drafted already, with these very chances"
    say(
        f"{done.version.name}, {done.version.label} {words}. "
        f"Submit it with `wald documents submit {done.version.version_id}`."
    )


def _show_proposal(workspace: "Workspace", engine: str, *, as_json: bool) -> None:
    from wald.actions.calibration import NOTHING as NOTHING_TO_DRAFT
    from wald.queries.plain_calibration import proposal_json
    from wald.queries.stage_calibration import proposed_process

    at = moment().date()
    found = proposed_process(actor=person(), workspace=workspace, starts_on=at, engine=engine)
    if found is None:
        put_json(None) if as_json else say(NOTHING_TO_DRAFT)
        return
    if as_json:
        put_json(proposal_json(found))
        return
    console().print("\n".join(found.difference), markup=False, highlight=False)
    say("Nothing is written. It would change:")
    for change in found.changes:
        say(f"  {change}")


def _show_stages(found: "StageCalibration") -> None:
    what = f"Sales process: {found.label}" if found.label else "No sales process is agreed"
    out = console()
    out.print(f"{what}; deals that entered a stage in two years up to {found.as_of}.\n")
    put_records(
        [_record(one) for one in found.lines],
        numbers=("Deals", "Agreed", "Won", "A year before", "Came since", "Proposed"),
    )
    if found.record is not None:
        told = f"{found.record.agreed * 100:.1f}", f"{found.record.measured * 100:.1f}"
        out.print(
            f"Of {found.record.deals:,} entries in the last year the agreed chances missed by "
            f"{told[0]} points on average; chances measured the year before by {told[1]}."
        )
    if found.proposed:
        say("`wald calibrate draft` drafts what is proposed.")


def _record(line: "StageLine") -> dict[str, object]:
    judged = line.judged
    measured = judged.measured
    return {
        "Stage": line.stage.title,
        "Of": ", ".join(line.segments) or ("everybody else" if line.is_rest else "everybody"),
        "Deals": "–" if measured is None else f"{measured.deals:,}",
        "Agreed": percent(judged.expected),
        "Won": _estimate(measured),
        "95 of 100": "–"
        if measured is None
        else f"{percent(measured.share.low)} to {percent(measured.share.high)}",
        "A year before": _estimate(judged.told),
        "Came since": _estimate(judged.came),
        "Out of line": "yes" if judged.is_off else "",
        "Proposed": percent(judged.proposed) if judged.proposed is not None else "",
    }


def _show_categories(found: "CategoryCalibration") -> None:
    out = console()
    out.print(f"Said 30 days into {', '.join(found.periods) or 'no whole quarter'}.\n")
    put_records(
        [
            {
                "Category": one.title,
                "Deals": f"{one.deals:,}",
                "Won": _share(one.won),
                "95 of 100": _between(one.won),
                "Of the amount": "–" if one.of_amount is None else percent(one.of_amount.estimate),
                "Against the next": one.against,
            }
            for one in found.lines
        ],
        numbers=("Deals", "Won", "Of the amount"),
    )
    if found.unsaid is not None:
        out.print(
            f"Of what was won after the day nobody had said {percent(found.unsaid.estimate)}."
        )


def _show_quotas(found: "QuotaCalibration") -> None:
    lines = [*([found.everybody] if found.everybody else []), *found.teams]
    put_records([_quota(one) for one in lines], numbers=("Quotas", "Reached", "Booked of asked"))
    if found.left_out:
        say(f"{found.left_out} teams have too few people or quotas to be told.")


def _show_incentives(found: "Incentives") -> None:
    out = console()
    if not found.clauses:
        say("No plan in force has a clause at which pay bends.")
    for one in found.clauses:
        clause = one.clause
        cost = "" if one.cost is None else f"; paid in a year {one.cost:,.2f} {found.currency}"
        out.print(f"{clause.label}: {clause.component}, at {clause.threshold:.0%} of quota{cost}")
        if clause.why:
            out.print(f"  nothing can be told: {clause.why}")
        for look in one.looks:
            out.print(f"  {look.key.replace('_', ' ')} ({look.verdict}): {look.words}")
        for finding in clause.linter:
            out.print(f"  linter ({finding.verdict.value}): {finding.sentence}")
    out.print(f"{found.looks} looks, judged together.")


def _quota(line: "QuotaLine") -> dict[str, object]:
    return {
        "Team": line.team or "everybody",
        "Quotas": f"{line.quotas:,}",
        "Reached": _share(line.reached),
        "95 of 100": _between(line.reached),
        "Booked of asked": percent(line.booked),
        "Says": line.says,
    }


def _share(found: "Share | None") -> str:
    return "–" if found is None else percent(found.value.estimate)


def _between(found: "Share | None") -> str:
    return "–" if found is None else f"{percent(found.value.low)} to {percent(found.value.high)}"


def _estimate(chance: "Chance | None") -> str:
    return "–" if chance is None else percent(chance.share.estimate)


def percent(value: object) -> str:
    """Return a share as people read it, in whole per cent."""
    return "–" if value is None else f"{float(str(value)) * 100:.0f} %"
