"""A night as plain values: JSON of the command, the API, and the record that is kept of it."""

from collections.abc import Mapping

from wald.brain.detector import Detector, Look, Size, detectors
from wald.brain.patterns import LEVEL, Finding
from wald.brain.verdict import WORDS, Kind
from wald.queries.night import NightFound

SOMEBODY = "somebody"  # in place of a person, where a night is told to many


def night_json(
    found: NightFound, numbers: Mapping[Finding, int] | None = None
) -> dict[str, object]:
    """Return a night; `numbers` are those of the insights that its findings became."""
    judged = found.judged
    silent = {one.key: one.why for one in judged.silent}
    return {
        "day": found.day.isoformat(),
        "slots": found.slots,
        "currency": found.currency,
        "booked_in_a_quarter": round(found.booked),
        "level": LEVEL,
        "looks": judged.all_looks,
        "findings": [
            {**finding_json(one), "insight": (numbers or {}).get(one)} for one in judged.findings
        ],
        "suppressed": [{**finding_json(one.finding), "why": one.why} for one in judged.suppressed],
        "detectors": [
            {
                "detector": key,
                "title": detectors()[key].title,
                "question": detectors()[key].question,
                "looks": judged.looks.get(key),
                "silent": silent.get(key, ""),
            }
            for key in sorted({*judged.looks, *silent})
        ],
    }


def finding_json(finding: Finding) -> dict[str, object]:
    """Return a finding; one about a person names nobody."""
    look, detector = finding.look, finding.detector
    is_open = not look.person_id
    return {
        "detector": detector.key,
        "title": detector.title,
        "story": detector.story,
        "metric": detector.metric,
        "subject": look.subject if is_open else SOMEBODY,
        "where": dict(look.where) if is_open else {},
        "direction": look.direction,
        "claim": look.claim if is_open else f"{detector.title}: {SOMEBODY} stands apart",
        "p_value": look.p_value,
        "q_value": finding.q_value,
        "stands": finding.stands,
        "unit": detector.unit.value,
        "effect": _size(look.effect),
        "money": None if look.money is None else _size(look.money),
        "also": [{"detector": key, "subject": subject} for key, subject in finding.also],
    }


def _size(size: Size) -> dict[str, float]:
    return {"low": size.low, "estimate": size.estimate, "high": size.high}


def evidence_of(detector: Detector, look: Look, finding: Finding) -> dict[str, object]:
    """Return what an insight keeps of a finding: figures by name, and its chart."""
    told: dict[str, object] = dict(look.evidence)
    told["effect"] = look.effect.estimate
    told["effect_low"], told["effect_high"] = look.effect.low, look.effect.high
    told["effect_unit"] = detector.unit.value
    told["q_value"] = float(f"{finding.q_value:.3g}")
    told["stands in resamples"] = f"{finding.stands:.0%}"
    if finding.also:
        told["also seen in"] = "; ".join(
            f"{detectors()[key].title}, {subject}" for key, subject in finding.also[:8]
        )
    if look.person_id:
        told["verdict"] = WORDS[Kind.PERSON]  # without it nobody is told of a person
    if look.chart is not None:
        points = [list(point) for point in look.chart.points]
        told["chart"] = {"kind": look.chart.kind, "points": points}
    return told
