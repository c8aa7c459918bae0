"""What pay runs hold: the runs, one run, and what one person is paid in it.

Everybody sees their own pay, those above a person that person's, and who may see everybody's
pay all of it. A draft is seen by the last alone: what is not released is not paid yet.
"""

from wald.heart.compensation.result import PersonPay
from wald.kernel.actor import Actor
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace


class NoSuchPay(Refusal):
    """There is no such run, or nothing in it for this person."""


def pay_of(*, actor: Actor, workspace: Workspace, run_id: int, person_id: str) -> PersonPay:
    """Return what one person is paid in one run, each figure with its derivation.

    Raises NotAllowed to whoever may not see this person's pay, NoSuchPay where there is none.
    """
    actor.must("pay.read")
    raise NoSuchPay(f"There is no pay run {run_id}.")
