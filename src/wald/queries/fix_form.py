"""What a person may fill in to fix deals: a line for each value that a finding says is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wald.heart.deal_fix import CATEGORIES, FIELDS, OPEN, DealNow, text_of
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.fix_ground import deal_rows, ground_of
from wald.queries.hygiene import FindingLine, HygieneAsk, hygiene
from wald.queries.hygiene_fixes import FIX
from wald.queries.measure import view

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class FormRow:
    """A value of a deal that may be given anew. `seen` is the one there now, "" for none;
    `proposed`: what a finding proposes, "" for nothing, and `because`."""

    deal: DealNow
    field: str
    seen: str
    rule: str = ""
    words: str = ""
    proposed: str = ""
    because: str = ""

    @property
    def title(self) -> str:
        return FIELDS[self.field]


@dataclass(frozen=True, slots=True)
class FixForm:
    """`choices`: per field with a list of values, their keys and titles. `more`: findings beyond
    those that are shown; `without`: findings that no value cures."""

    on: date
    rows: tuple[FormRow, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]
    more: int = 0
    without: int = 0


def fix_form(*, actor: Actor, workspace: Workspace, ask: HygieneAsk) -> FixForm | None:
    """Return what may be filled in for the findings asked for, None where no deals are loaded.

    One deal without a rule has a line for every field. Raises BadInput for filters that cannot be.
    """
    actor.must(FIX)
    page = hygiene(actor=actor, workspace=workspace, ask=ask, limit=None)
    if page is None:
        return None
    seen = view(actor=actor, workspace=workspace)
    ground = ground_of(actor, seen)
    fields = [name for name in FIELDS if name != "owner_id" or ground.persons is not None]
    curable = [one for one in page.lines if one.finding.column in fields]
    shown = curable[:MOST_ROWS]
    keys = {one.deal.deal_id for one in shown} | ({ask.deal} if ask.deal else set())
    deals = deal_rows(seen, keys).deals
    if ask.deal and not ask.rule:
        deal = deals.get(ask.deal)
        rows = tuple(_of_deal(deal, fields, shown)) if deal and deal.outcome == OPEN else ()
    else:
        rows = tuple(_of_findings(shown, deals))
    choices = {
        "stage": tuple((k, s.title) for k, s in ground.stages.items() if s.outcome == OPEN),
        "forecast_category": tuple((key, key.replace("_", " ").capitalize()) for key in CATEGORIES),
        "owner_id": tuple((ground.persons or {}).items()),
    }
    found = {name: values for name, values in choices.items() if values}
    without = len(page.lines) - len(curable)
    return FixForm(page.on, rows, found, len(curable) - len(shown), without)


def _of_findings(lines: Iterable[FindingLine], deals: Mapping[str, DealNow]) -> Iterable[FormRow]:
    """Yield a row for each deal and field: of several findings of one, the worst."""
    taken: set[tuple[str, str]] = set()
    for one in lines:
        field, deal = one.finding.column or "", deals.get(one.deal.deal_id)
        if deal is not None and (deal.opportunity_id, field) not in taken:
            taken.add((deal.opportunity_id, field))
            yield _row(deal, field, one)


def _of_deal(
    deal: DealNow, fields: Iterable[str], lines: Iterable[FindingLine]
) -> Iterable[FormRow]:
    worst = {one.finding.column: one for one in reversed(tuple(lines))}
    for field in fields:
        yield _row(deal, field, worst.get(field))


def _row(deal: DealNow, field: str, line: FindingLine | None) -> FormRow:
    seen = deal.values.get(field) or ""
    if line is None:
        return FormRow(deal, field, seen)
    proposal = line.finding.proposal
    return FormRow(
        deal,
        field,
        seen,
        line.finding.rule,
        line.finding.words,
        "" if proposal is None else text_of(proposal.value) or "",
        "" if proposal is None else proposal.why,
    )
