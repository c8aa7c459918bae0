"""Task: somebody has something to do.

Opens    open; due after three business days, unless a day is given
Works    whoever has it, or the queue
Ends     done; dropped, with a reason
Again    it may be opened again
Source   docs/cases/task.md
"""

from wald.cases.case import INVOLVED, Asks, CaseKind, Move
from wald.kernel.policy import Role

CASE = CaseKind(
    key="task",
    title="Task",
    what="Somebody has something to do.",
    states=("open", "done", "dropped"),
    ends=frozenset({"done", "dropped"}),
    moves=(
        Move("finish", "Done", ("open",), "done", INVOLVED),
        Move("drop", "Drop", ("open",), "dropped", INVOLVED, (Asks.REASON,)),
        Move("reopen", "Open again", ("done", "dropped"), "open", INVOLVED, (Asks.REASON,)),
    ),
    queue=Role.SALES_OPERATIONS,
    hours=24,
    source="docs/cases/task.md",
)
