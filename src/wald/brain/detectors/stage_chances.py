"""Stage chances: what was agreed of a stage is clearly not what its deals do.

Question  Which stage promises more, or less, than its deals keep?
Reads     deals by the stages they entered, and what became of them; chances of the sales process
Measures  in the engine: deals that first entered a stage, by how they ended and after how many
          weeks, by slot of entry
Judges    in Python: the share won in the long run, open deals counted for as long as they were seen
          (Aalen and Johansen 1978, as `wald.brain.agreed_chances`), of the last SLOTS slots; the
          agreed chance and all within MARGIN of it are tested together: a chance that is a little
          off misleads nobody. A stage with fewer than MIN_CLOSED closed deals is not looked at
Money     amount of the open deals in the stage × what is measured beyond what is agreed: by how
          much the weighted pipeline is told too low (or, below zero, too high)
Errors    on 4,000 stages whose chance is exactly MARGIN off: p <= 0.05 in 2.0 %, <= 0.001 in 0.03 %
Source    docs/insights/stage_chances.md; Wilson (1927), JASA 22: 209-212, for the score test
"""

from collections.abc import Iterator, Sequence
from math import erfc, sqrt

from wald.brain.agreed_chances import Chance, Entered, chance_of
from wald.brain.detector import Chart, Cure, Detector, Look, Night, Row, Size
from wald.brain.entered_stages import SUMS, WEEKS, compose_entered_stages
from wald.kernel.unit import Unit

MARGIN = 0.05
MIN_CLOSED = 60


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    for stage, agreed in sorted(night.agreed.stage_chances.items()):
        own = [one for one in rows if one["stage"] == stage and one["deals"] > 0]
        entered = [
            Entered(one["slot"], WEEKS * one["span"], one["outcome"], round(one["deals"]))
            for one in own
        ]
        chance = chance_of(entered)
        if chance is not None and chance.closed >= MIN_CLOSED:
            amount = sum(float(one["open_amount"]) for one in own)
            yield _look(stage, float(agreed), chance, amount)


def _p_value(agreed: float, chance: Chance) -> float:
    """Return the two-sided p-value of the nearest chance that would not be out of line."""
    measured = chance.share.estimate
    away = abs(measured - agreed) - MARGIN
    if away <= 0:
        return 1.0
    nearest = measured - away if measured > agreed else measured + away
    nearest = min(max(nearest, 0.005), 0.995)
    return erfc(away / sqrt(nearest * (1 - nearest) / chance.tries) / sqrt(2))


def _look(stage: str, agreed: float, chance: Chance, amount: float) -> Look:
    share = chance.share
    effect = Size(share.low - agreed, share.estimate - agreed, share.high - agreed)
    claim = (
        f"{stage}: {share.estimate:.0%} of the deals that enter it are won in the end (95 %: "
        f"{share.low:.0%} to {share.high:.0%}); {agreed:.0%} is agreed"
    )
    measured = (round(share.estimate, 6), round(share.low, 6), round(share.high, 6))
    return Look(
        where=(("stage", stage),),
        direction="up" if effect.estimate > 0 else "down",
        p_value=_p_value(agreed, chance),
        effect=effect,
        claim=claim,
        money=Size(effect.low * amount, effect.estimate * amount, effect.high * amount),
        evidence=(
            ("agreed chance", f"{agreed:.4f}"),
            ("measured chance", f"{share.estimate:.4f}"),
            ("deals that entered in a year", f"{chance.deals}"),
            ("of them closed", f"{chance.closed}"),
            ("amount open in the stage", f"{amount:.0f}"),
        ),
        chart=Chart("bars", (("agreed", agreed, None, None), ("measured", *measured))),
    )


DETECTOR = Detector(
    key="stage_chances",
    title="Stage chances out of line",
    question="Which stage promises more, or less, than its deals keep?",
    story="promises",
    metric="stage_conversion",
    unit=Unit.RATIO,
    needs=("opportunity", "opportunity_change"),
    sums=SUMS,
    measure=compose_entered_stages,
    judge=_judge,
    cure=Cure(
        "change_document",
        "Write the measured chance into the sales process; Wald has the draft ready.",
        document="sales_process",
    ),
    source="docs/insights/stage_chances.md",
    least_slots=4,
    documents=("sales_process",),
)
