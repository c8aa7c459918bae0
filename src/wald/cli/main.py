"""The `wald` command: one command per action or query; cron and people run the same ones."""

import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from wald.cli import (
    access,
    backup,
    calibrate,
    cases,
    causes,
    channels,
    decide,
    decisions,
    delegations,
    documents,
    erasing,
    forecast_model,
    hygiene,
    hygiene_fixes,
    insights,
    journal,
    keys,
    load,
    measure,
    notice,
    notices,
    pay,
    pay_books,
    pay_statement,
    pipeline,
    pipeline_velocity,
    plan,
    pulse,
    quota,
    run,
    serve,
    settings,
    simulate,
    users,
    verdict,
    views,
    win_chance,
    work,
    worker,
)
from wald.cli.ending import failed, refused, show_bug
from wald.cli.output import put_json
from wald.kernel.problem import Refusal

_EXAMPLES = """\b
Examples:
  wald run                      see it work, with an invented company
  wald load exports/2024-06     load an export of your CRM
  wald pulse                    how the sales organization is doing
  wald measure win_rate --by region --period 2017-Q3 --json

\b
Data go to standard output, talk and progress to standard error. Exit codes: 0 done,
1 failure, 2 usage or unusable input, 3 rows rejected or to be looked at, 4 conflict,
5 rights.
"""

# Plain help: it is there at once, and reads the same in a pipe.
app = typer.Typer(
    name="wald",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXAMPLES,
)

app.command("run", epilog=run.RUN_EXAMPLES)(run.run)
app.command("load", epilog=load.LOAD_EXAMPLES)(load.load)
app.command("loads", epilog=load.LOADS_EXAMPLES)(load.loads)
app.command("rejects", epilog=load.LOADS_EXAMPLES)(load.rejects)
app.command("undo", epilog=load.LOADS_EXAMPLES)(load.undo)
app.command("pulse", epilog=pulse.PULSE_EXAMPLES)(pulse.pulse)
app.command("metrics", epilog=measure.METRICS_EXAMPLES)(measure.metrics)
app.command("measure", epilog=measure.MEASURE_EXAMPLES)(measure.measure)
app.command("notice", epilog=notice.NOTICE_EXAMPLES)(notice.notice)
app.command("verdict", epilog=verdict.VERDICT_EXAMPLES)(verdict.verdict)
app.command("causes", epilog=causes.CAUSES_EXAMPLES)(causes.causes)
app.command("simulate", epilog=simulate.SIMULATE_EXAMPLES)(simulate.simulate)
app.command("backup", epilog=backup.BACKUP_EXAMPLES)(backup.backup)
app.command("restore", epilog=backup.RESTORE_EXAMPLES)(backup.restore)
app.command("serve", epilog=serve.SERVE_EXAMPLES)(serve.serve)
app.command("worker", epilog=worker.WORKER_EXAMPLES)(worker.worker)
app.add_typer(
    channels.app,
    name="channels",
    help="Where events are sent.",
    epilog=channels.CHANNELS_EXAMPLES,
)
app.add_typer(
    notices.app, name="notices", help="What people are to know.", epilog=notices.NOTICES_EXAMPLES
)
app.add_typer(work.app, name="work", help="What runs in the background.", epilog=work.WORK_EXAMPLES)
users.app.command("erase", epilog=erasing.ERASE_EXAMPLES)(erasing.erase)
app.add_typer(access.app, name="users", help="Who may sign in.", epilog=users.USERS_EXAMPLES)
app.add_typer(
    documents.app,
    name="documents",
    help="What we agreed, in versions.",
    epilog=documents.DOCUMENTS_EXAMPLES,
)
app.add_typer(pay_books.app, name="pay", help="Pay people by plans.", epilog=pay.PAY_EXAMPLES)
app.command("verify", epilog=pay_statement.VERIFY_EXAMPLES)(pay_statement.verify)
app.add_typer(plan.app, name="plan", help="Compensation plans as files.", epilog=plan.PLAN_EXAMPLES)
app.add_typer(keys.app, name="keys", help="API keys of programs.", epilog=keys.KEYS_EXAMPLES)
app.add_typer(views.app, name="views", help="Pages under a name.", epilog=views.VIEWS_EXAMPLES)
app.add_typer(
    journal.app,
    name="journal",
    help="Who did what, and the proof of it.",
    epilog=journal.JOURNAL_EXAMPLES,
)
app.add_typer(cases.app, name="cases", help="What is worked on.", epilog=cases.CASES_EXAMPLES)
app.add_typer(
    delegations.app,
    name="delegations",
    help="Who stands in for whom.",
    epilog=delegations.DELEGATIONS_EXAMPLES,
)
app.add_typer(
    pipeline_velocity.app,
    name="pipeline",
    help="Open deals as of any day, and what changed.",
    epilog=pipeline.PIPELINE_EXAMPLES,
)
app.add_typer(
    calibrate.app,
    name="calibrate",
    help="What was agreed beside what came.",
    epilog=calibrate.CALIBRATE_EXAMPLES,
)
for _name, _command in (
    ("fix", hygiene_fixes.fix),
    ("undo", hygiene_fixes.undo),
    ("fixes", hygiene_fixes.fixes),
    ("cases", hygiene_fixes.cases),
):
    hygiene.app.command(_name, epilog=hygiene_fixes.FIX_EXAMPLES)(_command)
app.add_typer(
    hygiene.app,
    name="hygiene",
    help="What is wrong with open deals, and what is at risk.",
    epilog=hygiene.HYGIENE_EXAMPLES,
)
app.add_typer(
    forecast_model.app,
    name="forecast",
    help="What a period will book: said, and computed.",
    epilog=forecast_model.FORECAST_EXAMPLES,
)
forecast_model.app.command("win-chance", epilog=win_chance.WIN_CHANCE_EXAMPLES)(
    win_chance.win_chance
)
app.add_typer(quota.app, name="quota", help="Who is to sell what.", epilog=quota.QUOTA_EXAMPLES)
app.add_typer(
    insights.app,
    name="insights",
    help="What was noticed.",
    epilog=insights.INSIGHTS_EXAMPLES,
)
app.command("decide", epilog=decide.DECIDE_EXAMPLES)(decide.decide)
app.add_typer(
    decisions.app,
    name="decisions",
    help="What was decided, and what came of it.",
    epilog=decisions.DECISIONS_EXAMPLES,
)
app.add_typer(
    settings.app,
    name="settings",
    help="Currency, rate rule, fiscal calendar.",
    epilog=settings.SETTINGS_EXAMPLES,
)


@app.callback()
def wald(
    debug: Annotated[
        bool, typer.Option("--debug", help="If Wald breaks, print the traceback here.")
    ] = False,
) -> None:
    """The heart and the brain of a B2B sales organization."""


@app.command("version")
def version(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which Wald this is."""
    from importlib.metadata import version as installed

    if as_json:
        put_json({"wald": installed("wald"), "python": sys.version.partition(" ")[0]})
    else:
        typer.echo(installed("wald"))


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command line, by default this process's; always ends in SystemExit."""
    given = list(sys.argv[1:] if words is None else words)
    sys.excepthook = show_bug
    try:
        typer.main.get_command(app)(given, prog_name="wald")
    except Refusal as refusal:
        sys.exit(refused(refusal, given))
    except OSError as error:
        sys.exit(failed(error))
    raise AssertionError("a command ends in SystemExit")
