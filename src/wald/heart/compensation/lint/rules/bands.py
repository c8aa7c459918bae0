"""Bands: what is sold is paid from zero to infinity, without a gap in which nothing is paid.

Asks    whether a stretch that pays nothing lies between two that pay
Method  the curve of pay; overlaps and gaps as written are Problems of the text
Proves  for every attainment, where pay can be followed
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from decimal import Decimal

from wald.heart.compensation.lint.curve import Curve, Piece
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, by, percent, points_of, reach

_WIDE = Decimal("0.001")  # of attainment; where points are tried narrower ones are ends of others


def judge(tested: Tested) -> Iterator[Finding]:
    if not tested.bench.measures():
        yield Finding("bands", Verdict.NOT_ASKED, "No component pays on a measure.")
        return
    for measure, curve in tested.curves().items():
        for piece in () if tested.bench.slows_down else _gaps(curve):
            from_, to = tested.sold(piece.start, measure), tested.sold(piece.end, measure)
            yield Finding(
                "bands",
                Verdict.REFUTED,
                f"A gap: {by(measure)} from {amount(from_)} to {amount(to)} "
                f"({percent(piece.start)} to {percent(piece.end)}) pay nothing more, "
                "and sales before and after it do.",
                "components",
                {"from": amount(from_), "to": amount(to), "pay": amount(piece.at_start),
                 "pay_at_the_end": amount(piece.at_end)},
                "give the stretch a rate, or declare a decelerator",
            )  # fmt: skip
            return
    points = points_of(tested.curves().values())
    verdict = Verdict.TRIED if points else Verdict.PROVED
    sentence = f"Every sale from zero on falls into a band{reach(points)}."
    yield Finding("bands", verdict, sentence, points=points)


def _gaps(curve: Curve) -> Iterator[Piece]:
    """Yield flat pieces with a rising one somewhere before and after them."""
    rising = [one for one in curve.pieces if one.at_end > one.at_start]
    for piece in curve.pieces:
        is_wide = curve.is_proved or piece.end - piece.start > _WIDE
        is_flat = piece.at_end == piece.at_start and is_wide
        if is_flat and rising and rising[0].end <= piece.start and piece.end <= rising[-1].start:
            yield piece


RULE = LintRule("bands", "Bands cover everything", judge)
