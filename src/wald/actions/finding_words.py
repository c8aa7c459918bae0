"""What fixes say on the cases about the findings that they cure; said by Wald itself."""

from collections.abc import Iterable
from datetime import datetime

from wald.actions.case_moves import move_case
from wald.actions.cases import comment
from wald.actions.work.schedule import WALD
from wald.heart.deal_fix import Line
from wald.heart.hygiene.rule import hygiene_rules
from wald.kernel.workspace import Workspace
from wald.records.stores import fixes as store


def tell_cases(
    workspace: Workspace, lines: Iterable[Line], text: str, at: datetime, *, begins: bool = False
) -> None:
    """Say something on the open cases about what these lines cure; `begins`: work on it began."""
    cured = {(one.opportunity_id, one.field) for one in lines if not one.follows}
    named = {(one.opportunity_id, one.rule) for one in lines}
    for case in store.cases(database=workspace.database):
        rule = hygiene_rules().get(case.rule)
        is_cured = rule is not None and (case.opportunity_id, rule.column) in cured
        if not case.is_open or not (is_cured or (case.opportunity_id, case.rule) in named):
            continue
        if begins and case.state == "open":
            move_case(
                actor=WALD,
                workspace=workspace,
                case_id=case.case_id,
                move="begin",
                at=at,
                reason=text,
            )
        else:
            comment(actor=WALD, workspace=workspace, case_id=case.case_id, text=text, at=at)
