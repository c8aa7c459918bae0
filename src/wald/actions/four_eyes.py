"""Two persons agree to whatever counts: versions of documents, pay runs, adjustments."""

from collections.abc import Iterable
from datetime import date

from wald.documents.four_eyes import one_with
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.records.stores.delegations import pairs_on


def must_be_apart(
    workspace: Workspace, writers: Iterable[str], name: str, on: date, did: str
) -> None:
    """Raise NotAllowed if `name` is one of `writers`, or stands in for one on that day.

    `did` says what they wrote or made, as a sentence goes on: "made pay run 3".
    """
    chain = one_with(name, writers, pairs_on(on, database=workspace.database))
    if chain is None:
        return
    if len(chain) == 1:
        raise NotAllowed(f"{name} {did}; somebody else has to decide on it.")
    told = ", for whom ".join(chain)
    raise NotAllowed(
        f"{told} stands in: {name} and who {did} count as one; somebody else has to decide on it."
    )
