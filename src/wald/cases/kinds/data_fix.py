"""Data fix: a record in a source system is wrong and has to be put right there.

Opens    open; due after three business days
Works    whoever has it, or the queue; the source is put right, and the next load brings it
Ends     fixed, with what was done; left as it is, with a reason
Again    it is opened again when the next load shows that it is not fixed
Source   docs/cases/data_fix.md
"""

from wald.cases.case import INVOLVED, WORKERS, Asks, CaseKind, Move
from wald.kernel.policy import Role

CASE = CaseKind(
    key="data_fix",
    title="Data fix",
    what="A record is wrong at its source and has to be put right there.",
    states=("open", "in_work", "fixed", "left"),
    ends=frozenset({"fixed", "left"}),
    moves=(
        Move("begin", "Begin", ("open",), "in_work", WORKERS),
        Move("fix", "Fixed", ("open", "in_work"), "fixed", WORKERS, (Asks.OUTCOME,)),
        Move("leave", "Leave as it is", ("open", "in_work"), "left", WORKERS, (Asks.REASON,)),
        Move("reopen", "Open again", ("fixed", "left"), "open", INVOLVED, (Asks.REASON,)),
    ),
    queue=Role.SALES_OPERATIONS,
    hours=24,
    source="docs/cases/data_fix.md",
)
