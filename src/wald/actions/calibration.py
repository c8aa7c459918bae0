"""What was measured becomes a draft: the sales process with the chances that deals have.

A draft changes nothing by itself: somebody else approves it, as every document.
"""

from datetime import datetime

from wald.actions.documents import Drafted, draft
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.documents import must_write
from wald.queries.stage_calibration import proposed_process

NOTHING = (
    "There is nothing to draft: no stage has a chance that is out of line with what deals do, or "
    "too few deals have closed to tell."
)


def draft_stage_chances(
    *, actor: Actor, workspace: Workspace, at: datetime, engine: str = ""
) -> Drafted | None:
    """Draft the sales process with measured chances, to hold from today on; None where nothing is
    out of line.

    Raises what `documents.draft` raises: Conflict where somebody else has a draft of it.
    """
    must_write(actor, "")
    found = proposed_process(actor=actor, workspace=workspace, starts_on=at.date(), engine=engine)
    if found is None:
        return None
    return draft(actor=actor, workspace=workspace, text=found.text, at=at)
