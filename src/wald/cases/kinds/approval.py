"""Approval: somebody asks, somebody else agrees or refuses.

Opens    waiting; due after two business days
Asks     those named as approvers, all of them or any one; nobody named: anybody of the queue
Holds    four eyes: whoever wrote or changed what is asked for neither approves nor is stood
         in for; one person counts once; a change makes every approval so far void
Ends     approved, rejected or withdrawn, for good: what changes afterwards is asked anew
Source   docs/cases/approval.md, ADR 0019
"""

from wald.cases.case import Asks, CaseKind, Move, Part
from wald.kernel.policy import Role

_ASKED = frozenset({Part.ASKED})

CASE = CaseKind(
    key="approval",
    title="Approval",
    what="Somebody else has to agree before something is done.",
    states=("waiting", "approved", "rejected", "withdrawn"),
    ends=frozenset({"approved", "rejected", "withdrawn"}),
    moves=(
        Move(
            "approve",
            "Approve",
            ("waiting",),
            "approved",
            _ASKED,
            is_vote=True,
            has_four_eyes=True,
        ),
        Move(
            "reject",
            "Reject",
            ("waiting",),
            "rejected",
            _ASKED,
            (Asks.REASON,),
            has_four_eyes=True,
        ),
        Move("withdraw", "Withdraw", ("waiting",), "withdrawn", frozenset({Part.OPENER})),
    ),
    queue=Role.SALES_OPERATIONS,
    hours=16,
    source="docs/cases/approval.md",
)
