"""Load folder: takes in an export while nobody waits for it.

Asked    on the page Data, by the API with background, by command
Steps    begin: when it began; load: the folder, all of it or nothing; tell: a notice
Repeats  a load that was published and not yet noted is found again by who, what and when
Errors   the refusals of a load; while another load runs, it waits for its turn
Source   docs/work/load_folder.md
"""

from datetime import datetime
from pathlib import Path

from wald.actions import ingest
from wald.actions.act import act
from wald.actions.import_root import below_import_root
from wald.actions.work.job import Job, Run, Step
from wald.actions.work.schedule import WALD
from wald.facts.load_report import LoadOptions, as_json, from_json
from wald.kernel.problem import BadInput, Problem
from wald.records.stores.loads import list_loads


def _begin(run: Run) -> object:
    run.actor.must("facts.load")
    _options(run)
    if run.actor.role is not None:
        below_import_root(str(run.arguments["folder"]))  # however it was asked for
    return run.at.isoformat()


def _load(run: Run) -> object:
    folder = Path(str(run.arguments["folder"]))
    report = _published(run, str(folder))
    if report is None:
        found = ingest.load(
            actor=run.actor,
            workspace=run.workspace,
            folder=folder,
            options=_options(run),
            at=run.at,
            progress=run.told,
        )
        report = as_json(found)
    return report


def _published(run: Run, folder: str) -> dict[str, object] | None:
    """Return what this job's load said, if it ended and its worker could not note it."""
    began_at = datetime.fromisoformat(str(run.kept["begin"]))
    for load in list_loads(database=run.workspace.database):
        is_same = load.source == folder and load.loaded_by == run.actor.name
        if is_same and load.loaded_at >= began_at:
            return load.report
    return None


def _tell(run: Run) -> object:
    report = run.kept["load"]
    found = from_json(report) if isinstance(report, dict) else None
    name = Path(str(run.arguments["folder"])).name
    with act(
        actor=WALD,  # who asked is the one to be told
        workspace=run.workspace,
        at=run.at,
        permission="facts.load",
        action="load.tell",
        about=f"work:{run.job_id}",
    ) as entry:
        load_id = None if found is None else found.load_id
        words = "brought nothing new" if load_id is None else f"is load {load_id}"
        address = "/data/" if load_id is None else f"/data/loads/{load_id}/"
        entry.after = {"load": load_id}
        entry.tell([run.actor.name], f"{name} {words}", address)
    return None


def _options(run: Run) -> LoadOptions:
    """Read the arguments. Raises BadInput where there is no folder."""
    given = run.arguments
    if not isinstance(given.get("folder"), str) or not given["folder"]:
        problem = Problem("folder", "none is given", "name the folder of an export")
        raise BadInput("There is no folder to load.", [problem])

    def text(name: str) -> str | None:
        value = given.get(name)
        return str(value) if value else None

    repairs = given.get("without_repairs")
    return LoadOptions(
        connector=text("connector"),
        encoding=text("encoding"),
        delimiter=text("delimiter"),
        decimal=text("decimal"),
        dates=text("dates"),
        currency=text("currency"),
        without_repairs=frozenset(map(str, repairs)) if isinstance(repairs, list) else frozenset(),
    )


JOB = Job(
    key="load_folder",
    title="Load a folder",
    steps=(
        Step("begin", _begin),
        Step("load", _load),
        Step("tell", _tell, is_one_transaction=True),
    ),
    source="docs/work/load_folder.md",
    permission="facts.load",
)
