"""Sales process: the stages of a deal, what each asks for before a deal leaves it, and its chance.

Holds     stages in order: name, label, outcome, expected chance, exit criteria with their evidence,
          which may be skipped; what segments have otherwise
In force  the version valid on the day that is looked at, as it was known then
Checks    names and keys once, open stages first, chances between 0 and 1, evidence that can be
Used by   heart.pipeline.sales_process
Source    docs/agreements/sales_process.md
"""

from collections.abc import Iterator
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.documents.plain import percent, shown
from wald.heart.pipeline import sales_process as heart
from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Outcome, Since, StageRule
from wald.heart.pipeline.sales_process import SegmentRules, StageChange
from wald.kernel.problem import Problem


class SalesProcess(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    stages: tuple[StageRule, ...] = Field(min_length=1, max_length=50)
    segments: tuple[SegmentRules, ...] = Field((), max_length=50)


def rules_of(content: SalesProcess) -> heart.SalesProcess:
    """Return what the document says as the heart takes it."""
    return heart.SalesProcess(content.stages, content.segments)


def check(content: SalesProcess) -> Iterator[Problem]:
    yield from heart.problems_of(rules_of(content))


def warnings(content: SalesProcess) -> Iterator[Problem]:
    yield from heart.warnings_of(rules_of(content))


def summary(content: SalesProcess) -> str:
    steps = [one for one in content.stages if one.is_open]
    asked = sum(len(one.exit_criteria) for one in steps)
    criteria = "1 exit criterion" if asked == 1 else f"{asked} exit criteria"
    names = " – ".join(one.title for one in steps)
    return f"{names}; {criteria}"


_WORDS = {
    "stage": "is called, as deals carry it,",
    "label": "is shown as",
    "outcome": "holds deals that are",
    "probability": "is expected to be won by",
    "may_skip": "may be skipped:",
    "segment": "is the segment",
    "words": "asks that",
    "evidence": "is proved by",
    "like": "looks for",
    "since": "counts activities since",
}
_SAID = {
    Evidence.ACTIVITY: "an activity",
    Evidence.CONTACT: "a contact met",
    Evidence.AMOUNT: "an amount",
    Evidence.LINE: "a product on the deal",
    Evidence.CLOSE_ON: "a closing day ahead",
    Evidence.ATTESTED: "somebody's word",
    Since.STAGE: "the stage began",
    Since.OPENING: "the deal was opened",
    Outcome.OPEN: "open",
    Outcome.WON: "won",
    Outcome.LOST: "lost",
}


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("discovery is expected to be won by", "30 %")."""
    *above, field = path.split(".")
    name = ", ".join(part for part in above[1::2])
    label = _WORDS.get(field, f"{field}:")
    if isinstance(value, Decimal):
        return f"{name} {label}", percent(value)
    if isinstance(value, Evidence | Since | Outcome):
        return f"{name} {label}", _SAID[value]
    return f"{name} {label}", shown(value) or "nothing"


_MEETING = Criterion("met", "we met the customer", Evidence.ACTIVITY, "meeting")
_BUYER = Criterion(
    "buyer", "we know who pays", Evidence.CONTACT, "finance, chief, purchasing", Since.OPENING
)

DOCUMENT = DocumentType(
    key="sales_process",
    title="Sales process",
    shape=SalesProcess,
    check=check,
    warnings=warnings,
    summary=summary,
    tell=tell,
    example=SalesProcess(
        stages=(
            StageRule(
                "discovery",
                "Discovery",
                probability=Decimal("0.3"),
                exit_criteria=(_MEETING, _BUYER),
            ),
            StageRule(
                "proposal",
                "Proposal",
                probability=Decimal("0.5"),
                exit_criteria=(Criterion("priced", "it has a price", Evidence.AMOUNT),),
            ),
            StageRule(
                "negotiation",
                "Negotiation",
                probability=Decimal("0.75"),
                may_skip=True,
                exit_criteria=(Criterion("agreed", "the customer said yes", Evidence.ATTESTED),),
            ),
            StageRule("won", "Closed Won", outcome=Outcome.WON),
            StageRule("lost", "Closed Lost", outcome=Outcome.LOST),
        ),
        segments=(
            SegmentRules(
                "smb", "SMB", (StageChange("discovery", Decimal("0.2"), exit_criteria=()),)
            ),
        ),
    ),
    source="docs/agreements/sales_process.md",
)
