"""Deal review: a deal is looked at together before it goes on.

Opens    asked for; due after one business day
Works    whoever has it, usually the manager, holds the review
Ends     go on, rework or walk away, each with what was agreed; cancelled, with a reason
Again    a deal to be reworked may come back to its review
Source   docs/cases/deal_review.md
"""

from wald.cases.case import INVOLVED, WORKERS, Asks, CaseKind, Move
from wald.kernel.policy import Role

_OPEN = ("asked", "under_review")
_SAID = (Asks.OUTCOME,)

CASE = CaseKind(
    key="deal_review",
    title="Deal review",
    what="A deal is to be looked at together before it goes on.",
    states=("asked", "under_review", "go_on", "rework", "walk_away", "cancelled"),
    ends=frozenset({"go_on", "rework", "walk_away", "cancelled"}),
    moves=(
        Move("hold", "Begin the review", ("asked",), "under_review", WORKERS),
        Move("go_on", "Go on", _OPEN, "go_on", WORKERS, _SAID, has_four_eyes=True),
        Move("rework", "Rework", _OPEN, "rework", WORKERS, _SAID),
        Move("walk_away", "Walk away", _OPEN, "walk_away", WORKERS, _SAID),
        Move("cancel", "Cancel", _OPEN, "cancelled", INVOLVED, (Asks.REASON,)),
        Move("reopen", "Review again", ("rework", "cancelled"), "asked", INVOLVED, (Asks.REASON,)),
    ),
    queue=Role.MANAGER,
    hours=8,
    source="docs/cases/deal_review.md",
)
