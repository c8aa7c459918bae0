"""A verdict in plain words: the sentence, and what stands behind it.

Names are told of those who stand out, and of nobody else.
"""

from dataclasses import dataclass

from wald.brain.stats import Interval
from wald.brain.verdict import Found, Kind, Standing, Verdict
from wald.facts.dimension import DIMENSIONS
from wald.kernel.unit import Unit
from wald.queries.verdict import PERSON, VerdictPage

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Words:
    """`headline` is the verdict in a sentence; `also` what else was found; `behind` why."""

    headline: str
    also: tuple[str, ...]
    behind: tuple[str, ...]


def words_of(page: VerdictPage) -> Words:
    """Return the verdict as people read it."""
    if page.verdict is None:
        return Words(f"Nothing is loaded for {', '.join(page.lacks)}.", (), ())
    found = page.verdict
    told = [_said(page, one) for one in _once(found)]
    if not told:
        told = [_nothing(page, found)]
    return Words(told[0], tuple(told[1:]), tuple(_behind(page, found)))


def amount(page: VerdictPage, value: float) -> str:
    """Return a figure of the metric: `41 %`, `86 days`, `12,300 EUR`."""
    if page.metric.unit is Unit.RATIO:
        return f"{value * 100:.0f} %"
    if page.metric.unit is Unit.MONEY:
        return f"{value:,.0f} {page.currency}"
    return f"{value:,.0f} {page.metric.unit.value}"


def apart(page: VerdictPage, value: float) -> str:
    """Return a difference of two figures, without its sign: `6 points`, `9 days`."""
    if page.metric.unit is Unit.RATIO:
        points = abs(value) * 100
        return f"{points:.1f} points" if points < 3 else f"{points:.0f} points"
    return amount(page, abs(value))


def between(page: VerdictPage, one: Interval) -> str:
    """Return the interval of a difference, `95 %: 3 to 9 points`."""
    low, high = sorted((one.low, one.high), key=abs)
    if one.low < 0 < one.high:
        return f"95 %: {apart(page, one.low)} less to {apart(page, one.high)} more"
    if page.metric.unit is Unit.RATIO:
        return f"95 %: {abs(low) * 100:.0f} to {apart(page, high)}"
    return f"95 %: {apart(page, low)} to {apart(page, high)}"


def _once(found: Verdict) -> list[Found]:
    """Return what was found, of segments the surest alone: others often tell the same story."""
    first = next((one for one in found.found if one.kind is Kind.SEGMENT), None)
    return [one for one in found.found if one.kind is not Kind.SEGMENT or one is first]


def _said(page: VerdictPage, one: Found) -> str:
    if one.kind in (Kind.PERSON, Kind.PLACE):
        return _stands_out(page, one)
    effect = one.effect or Interval(0.0, 0.0, 0.0)
    rose = "rose" if effect.estimate > 0 else "fell"
    since = f"{page.months[one.since or 0]:%B %Y}"
    moved = f"{apart(page, effect.estimate)} since {since} ({between(page, effect)})"
    title = page.metric.title.lower()
    if one.kind is Kind.SYSTEM:
        return f"The system shifted: {title} {rose} by {moved}, for everybody."
    where = _place(one.who[0])
    return f"A segment shifted: in {where} {title} {rose} by {moved}, beside all others."


def _place(key: str) -> str:
    name, _, value = key.partition(":")
    return f"{DIMENSIONS[name].title.lower()} {value}" if name in DIMENSIONS else value


def _stands_out(page: VerdictPage, one: Found) -> str:
    found = page.verdict
    named = [each for each in (found.named if found else ()) if each.key in one.who]
    who = "a person" if page.by == PERSON else f"a {page.title.lower()}"
    judged = [each for each in (found.standings if found else ()) if each.p_value is not None]
    overall = amount(page, found.overall if found else 0.0)
    told = ", ".join(_name(page, each) for each in named[:_MOST_NAMES])
    if len(judged) == 2:
        return (
            f"The two differ from each other beyond luck: {told}. "
            "Which of them is the exception, two cannot tell."
        )
    more = f", and {len(named) - _MOST_NAMES} more" if len(named) > _MOST_NAMES else ""
    verb = "stand" if len(named) > 1 else "stands"
    which = f"{len(named)} {page.title.lower()}s" if len(named) > 1 else who
    start = which[0].upper() + which[1:]
    return f"{start} {verb} out: {told}{more}, where {overall} is usual of the same mix."


def _name(page: VerdictPage, one: Standing) -> str:
    at = one.adjusted
    low, high = amount(page, at.low), amount(page, at.high)
    return f"{one.title} with {amount(page, at.estimate)} (95 %: {low} to {high})"


def _nothing(page: VerdictPage, found: Verdict) -> str:
    who = "person" if page.by == PERSON else page.title.lower()
    if found.kind is Kind.TOO_LITTLE:
        return f"Too little data: {page.rows:,} rows cannot tell luck from anything else, by {who}."
    looked = "No month, no segment and no" if found.shifts else "No"
    return f"No signal: {looked.lower()} {who} is beyond what luck and usual differences explain."


def _behind(page: VerdictPage, found: Verdict) -> list[str]:
    """Return what stands behind it, in sentences."""
    whom = "people" if page.by == PERSON else f"{page.title.lower()}s"
    told = []
    judged = sum(1 for one in found.standings if one.p_value is not None)
    if judged > 1:
        chance = f"{found.differ_p * 100:.0f} %" if found.differ_p >= 0.01 else "under 1 %"
        if found.differ:
            told.append(
                f"The {judged:,} {whom} differ beyond luck, by {apart(page, found.spread)} around "
                f"the mean where mix and luck are taken out (luck alone: {chance})."
            )
        else:
            told.append(
                f"No evidence that the {judged:,} {whom} differ: luck alone makes them differ as "
                f"much in {chance} of such worlds. Nobody can be told apart."
            )
    if found.shares is not None and found.differ:
        icc = found.shares.icc
        told.append(
            f"Of what single rows differ by beyond their mix, {icc.estimate * 100:.1f} % lies "
            f"between {whom} (95 %: {icc.low * 100:.1f} to {icc.high * 100:.1f} %)."
        )
    if found.detectable is not None:
        told.append(
            f"With so many rows, one has to be {apart(page, found.detectable)} away to be named "
            "four times of five."
        )
    return told
