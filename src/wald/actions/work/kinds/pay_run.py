"""Pay run: computes everybody's pay of a period as a draft, while nobody waits for it.

Asked    on the page Pay, by the API, by command with --background
Steps    compute: the draft, all of it or nothing; tell: a notice to whoever asked
Repeats  a draft that was published and not yet noted is found again by its job
Errors   the refusals of a run; while another run is computed, it waits for its turn
Source   docs/work/pay_run.md
"""

from wald.actions import pay
from wald.actions.act import act
from wald.actions.work.job import Job, Run, Step
from wald.actions.work.schedule import WALD
from wald.kernel.problem import BadInput, Problem
from wald.records.stores.pay import of_job


def _compute(run: Run) -> object:
    run.actor.must("pay.run")
    made = of_job(run.job_id, database=run.workspace.database)
    if made is None:
        made = pay.run(
            actor=run.actor,
            workspace=run.workspace,
            period=_period(run),
            at=run.at,
            how=pay.How(job_id=run.job_id),
            progress=run.told,
        )
    return {"run": made.run_id, "period": made.period, "left_out": len(made.problems)}


def _tell(run: Run) -> object:
    made = run.kept["compute"]
    if not isinstance(made, dict):
        return None
    with act(
        actor=WALD,  # who asked is the one to be told
        workspace=run.workspace,
        at=run.at,
        permission="pay.run",
        action="pay.tell",
        about=f"pay:{made['run']}",
    ) as entry:
        entry.after = {"run": made["run"]}
        words = f"Pay of {made['period']} is computed"
        if made["left_out"]:
            words += f"; {made['left_out']} to look at"
        entry.tell([run.actor.name], words, pay.address_of(int(made["run"])))
    return None


def _period(run: Run) -> str:
    """Read the arguments. Raises BadInput where there is no period."""
    found = run.arguments.get("period")
    if not isinstance(found, str) or not found:
        problem = Problem("period", "none is given", "write 2026-Q1, 2026-01 or 2026")
        raise BadInput("There is no period to pay.", [problem])
    return found


JOB = Job(
    key="pay_run",
    title="Compute pay",
    steps=(Step("compute", _compute), Step("tell", _tell, is_one_transaction=True)),
    source="docs/work/pay_run.md",
    permission="pay.run",
)
