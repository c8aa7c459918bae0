"""Dispute: somebody says that a number, a credit or a payment of theirs is wrong.

Opens    open; due after five business days
Works    whoever has it, or the queue, takes it up and decides
Ends     upheld or declined, with a reason and an outcome; withdrawn by who opened it
Again    its opener may open it again when it was declined
Source   docs/cases/dispute.md
"""

from wald.cases.case import WORKERS, Asks, CaseKind, Move, Part
from wald.kernel.policy import Role

_OPENER = frozenset({Part.OPENER})
_SAID = (Asks.REASON, Asks.OUTCOME)

CASE = CaseKind(
    key="dispute",
    title="Dispute",
    what="A number, a credit or a payment is wrong in somebody's eyes.",
    states=("open", "under_review", "upheld", "declined", "withdrawn"),
    ends=frozenset({"upheld", "declined", "withdrawn"}),
    moves=(
        Move("review", "Take up", ("open",), "under_review", WORKERS),
        Move(
            "uphold", "Uphold", ("open", "under_review"), "upheld", WORKERS, _SAID,
            has_four_eyes=True,
        ),
        Move(
            "decline", "Decline", ("open", "under_review"), "declined", WORKERS, (Asks.REASON,),
        ),
        Move("withdraw", "Withdraw", ("open", "under_review"), "withdrawn", _OPENER),
        Move("reopen", "Open again", ("declined", "withdrawn"), "open", _OPENER, (Asks.REASON,)),
    ),
    queue=Role.SALES_OPERATIONS,
    hours=40,
    source="docs/cases/dispute.md",
)  # fmt: skip
