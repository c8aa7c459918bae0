"""Alert: something was noticed, by Wald or by a person, that somebody should look at.

Opens    new; due after one business day; once for the same finding, by its fingerprint
Works    whoever has it, or the queue, looks and says what it was
Ends     resolved, with an outcome; dismissed, with a reason
Again    it may be opened again: what was dismissed may come back
Source   docs/cases/alert.md
"""

from wald.cases.case import INVOLVED, WORKERS, Asks, CaseKind, Move
from wald.kernel.policy import Role

CASE = CaseKind(
    key="alert",
    title="Alert",
    what="Something was noticed that somebody should look at.",
    states=("new", "looked_at", "resolved", "dismissed"),
    ends=frozenset({"resolved", "dismissed"}),
    moves=(
        Move("look", "I am looking", ("new",), "looked_at", WORKERS),
        Move("resolve", "Resolve", ("new", "looked_at"), "resolved", WORKERS, (Asks.OUTCOME,)),
        Move("dismiss", "Dismiss", ("new", "looked_at"), "dismissed", WORKERS, (Asks.REASON,)),
        Move("reopen", "Open again", ("resolved", "dismissed"), "new", INVOLVED, (Asks.REASON,)),
    ),
    queue=Role.SALES_OPERATIONS,
    hours=8,
    source="docs/cases/alert.md",
)
