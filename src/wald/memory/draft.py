"""A decision as somebody writes it, and the check that makes a Decision of it: every Problem."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from wald.kernel.instant import read_day
from wald.kernel.period import Calendar, Period, read_period
from wald.kernel.problem import Problem
from wald.kernel.unit import Unit
from wald.kernel.words import is_unwritable
from wald.language.parse import read_condition
from wald.language.types import SqlType
from wald.memory.change import Change
from wald.memory.decision import KINDS, Decision, usual_baseline
from wald.memory.design import DESIGNS, PROPOSED

LONGEST_TEXT = 500
LONGEST_WHY = 20_000
MOST_OPTIONS = 20
MOST_LINKS = 50
SOMEBODY = "?"  # as a person: it names one or more, and nobody checked whom
_OF_PERSONS = frozenset({"rep", "rep_id", "manager", "owner_id", "person_id", "manager_id"})
_LONGEST_NUMBER = 40  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a form, a file or a request; "" where nothing was written."""

    question: str = ""
    options: tuple[str, ...] = ()
    choice: str = ""
    why: str = ""
    kind: str = "other"
    metric: str = ""
    population: str = ""
    period: str = ""
    baseline: str = ""  # "": the last period as long that was over
    low: str = ""
    estimate: str = ""
    high: str = ""
    confidence: str = ""
    review_on: str = ""
    insight_id: int | None = None
    supersedes: int | None = None
    links: tuple[str, ...] = ()
    design: str = ""  # one of DESIGNS, or PROPOSED; "": as read
    unit: str = ""  # a dimension whose values are compared; "": Wald chooses


@dataclass(frozen=True, slots=True)
class Terms:
    """What the check must know of the metric and the workspace.

    `day` is as far as the data reach, on the day of the decision; `today` is that day.
    """

    unit: Unit
    is_level: bool
    columns: Mapping[str, SqlType]
    parameters: Mapping[str, SqlType]
    calendar: Calendar
    day: date
    today: date


def checked(draft: Draft, terms: Terms) -> tuple[Decision | None, tuple[Problem, ...]]:
    """Return the decision, or None and everything that is wrong with the draft."""
    problems = [*draft_problems(draft)]
    person = _population(draft, terms, problems)
    period, baseline = _periods(draft, terms, problems)
    expected = _expected(draft, terms.unit, problems)
    confidence = _confidence(draft.confidence, problems)
    review_on = _review(draft, terms, period, problems)
    if problems or expected is None or confidence is None or review_on is None:
        return None, tuple(problems)
    decision = Decision(
        question=draft.question.strip(),
        options=_options(draft),
        choice=draft.choice.strip(),
        why=draft.why.strip(),
        kind=draft.kind,
        metric=draft.metric,
        unit=terms.unit,
        population=draft.population.strip(),
        period=period,
        baseline=baseline,
        expected=expected,
        confidence=confidence,
        review_on=review_on,
        insight_id=draft.insight_id,
        supersedes=draft.supersedes,
        links=tuple(dict.fromkeys(link.strip() for link in draft.links if link.strip())),
        person_id=person,
    )
    return decision, ()


def draft_problems(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with the words alone, for which no metric need be known."""
    texts = (("question", draft.question, LONGEST_TEXT, "ask what is to be decided"),
             ("choice", draft.choice, LONGEST_TEXT, "name the option you take"),
             ("why", draft.why, LONGEST_WHY, "the reason is what we learn from later"))  # fmt: skip
    for where, text, most, cure in texts:
        if not text.strip():
            yield Problem(where, "it is empty", cure)
        elif len(text) > most:
            yield Problem(where, f"it has {len(text)} characters", f"use {most} at most")
    yield from _option_problems(draft)
    yield from _unwritable_problems(draft)
    yield from _choice_problems(draft)
    if len(draft.links) > MOST_LINKS:
        yield Problem("links", f"there are {len(draft.links)}", f"give {MOST_LINKS} at most")
    for link in draft.links:
        if not link.partition(":")[2] or len(link) > LONGEST_TEXT:
            fix = "write its kind and its key, such as opportunity:O1 or load:3"
            yield Problem("links", f"{link[:80]!r} is no link", fix)


def _choice_problems(draft: Draft) -> Iterator[Problem]:
    for name, known in (("kind", tuple(KINDS)), ("design", ("", PROPOSED, *DESIGNS))):
        given = getattr(draft, name)
        if given not in known:
            fix = f"choose among {', '.join(filter(None, known))}"
            yield Problem(name, f"{given!r} is not one", fix)


def _unwritable_problems(draft: Draft) -> Iterator[Problem]:
    for field in fields(draft):
        value = getattr(draft, field.name)
        texts = [value] if isinstance(value, str) else value if isinstance(value, tuple) else []
        if any(is_unwritable(text) for text in texts):
            fix = "write it anew, by hand"
            yield Problem(field.name, "it holds a sign that is no letter and cannot be kept", fix)


def _option_problems(draft: Draft) -> Iterator[Problem]:
    options = _options(draft)
    if len(options) < 2:
        fix = "give two or more; doing nothing is one"
        yield Problem("options", "there is nothing to choose between", fix)
    if len(options) > MOST_OPTIONS:
        yield Problem("options", f"there are {len(options)}", f"give {MOST_OPTIONS} at most")
    if any(len(option) > LONGEST_TEXT for option in options):
        yield Problem("options", "one is too long", f"use {LONGEST_TEXT} characters at most")
    if draft.choice.strip() and options and draft.choice.strip() not in options:
        fix = "write it as it stands among the options, or add it there"
        yield Problem("choice", "it is not among the options", fix)


def _options(draft: Draft) -> tuple[str, ...]:
    return tuple(dict.fromkeys(option.strip() for option in draft.options if option.strip()))


def _population(draft: Draft, terms: Terms, problems: list[Problem]) -> str:
    """Check the population; return the one person it is about, SOMEBODY, or ""."""
    if not draft.population.strip():
        return ""
    found = read_condition(draft.population, terms.columns, terms.parameters)
    problems += [replace(p, where=f"population, {p.where}") for p in found.problems]
    return "" if found.tree is None else person_in(found.tree)


def person_in(tree: exp.Expr) -> str:
    """Return the key of the one person a condition is about, SOMEBODY where it names people."""
    named = [column for column in tree.find_all(exp.Column) if column.name in _OF_PERSONS]
    if not named:
        return ""
    whole = tree.unnest()
    if isinstance(whole, exp.EQ) and whole.left.name == "rep_id" and whole.right.is_string:
        return str(whole.right.name)
    return SOMEBODY


def _periods(
    draft: Draft, terms: Terms, problems: list[Problem]
) -> tuple[Period | None, Period | None]:
    """Read the period it will be measured over, and the one that is compared with."""
    if terms.is_level:
        for name, text in (("period", draft.period), ("baseline", draft.baseline)):
            if text.strip():
                fix = "leave it empty: it is read as of the day before the review"
                problems.append(Problem(name, "this metric is a state and has no period", fix))
        return None, None
    if not draft.period.strip():
        fix = "say over which period the effect is to be seen, such as 2027-Q1"
        problems.append(Problem("period", "it is empty", fix))
        return None, None
    period = _read_period("period", draft.period, terms, problems)
    if period is None:
        return None, None
    if period.end <= terms.today:
        what = f"{period.label} is over already"
        problems.append(Problem("period", what, "take one in which the effect can still come"))
    return period, _baseline(draft, terms, period, problems)


def _baseline(draft: Draft, terms: Terms, period: Period, problems: list[Problem]) -> Period | None:
    if not draft.baseline.strip():
        return usual_baseline(period, terms.calendar, terms.day)
    found = _read_period("baseline", draft.baseline, terms, problems)
    if found is not None and found.end > min(period.start, terms.today + timedelta(days=1)):
        what = f"{found.label} is not over, or reaches into the period"
        problems.append(Problem("baseline", what, "take one that was over before"))
    return found


def _read_period(where: str, text: str, terms: Terms, problems: list[Problem]) -> Period | None:
    found = read_period(text, terms.calendar)
    if isinstance(found, Problem):
        problems.append(replace(found, where=where))
        return None
    return found


def _expected(draft: Draft, unit: Unit, problems: list[Problem]) -> Change | None:
    read = {
        name: read_change(name, getattr(draft, name), unit, problems)
        for name in ("low", "estimate", "high")
    }
    low, estimate, high = read["low"], read["estimate"], read["high"]
    if low is None or estimate is None or high is None:
        return None
    if not low <= estimate <= high:
        what = "low, estimate and high are not in this order"
        problems.append(Problem("estimate", what, "a fall is negative, so its low is the furthest"))
    return Change(low, estimate, high)


def read_change(where: str, text: str, unit: Unit, problems: list[Problem]) -> Decimal | None:
    """Read `0.05`, or of a ratio also `5 %` and `5 points`; what cannot be read is a Problem."""
    plain = text.strip().lower().replace("\N{MINUS SIGN}", "-")
    for ending in ("%", "points", "pts"):
        if plain.endswith(ending) and unit is Unit.RATIO:
            found = _decimal(plain.removesuffix(ending))
            if found is not None:
                return found / 100
    found = _decimal(plain)
    if found is None:
        fix = "write 0.05 or 5 points" if unit is Unit.RATIO else "write a number such as -3.5"
        what = f"{text[:40]!r} is no change of the metric" if text.strip() else "it is empty"
        problems.append(Problem(where, what, fix))
    elif unit is Unit.RATIO and abs(found) > 1:
        fix = "write 5 points or 0.05 for a change from 20 % to 25 %"
        problems.append(Problem(where, f"{found} is more than a hundred points", fix))
    return found


def _confidence(text: str, problems: list[Problem]) -> Decimal | None:
    plain = text.strip()
    found = _decimal(plain.removesuffix("%"))
    if found is not None and plain.endswith("%"):
        found /= 100
    if found is None or not 0 < found < 1:
        what = f"{text[:40]!r} is no chance between 0 and 1" if plain else "it is empty"
        fix = "write 0.7 or 70 %; nobody is sure before it is known"
        problems.append(Problem("confidence", what, fix))
        return None
    return found


def _decimal(text: str) -> Decimal | None:
    """Read a number of at most 24 digits before the point and 12 after it."""
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    exponent = found.as_tuple().exponent
    # Its size is looked at before anything is computed: 1e999999999 overflows.
    if not isinstance(exponent, int) or exponent < -12 or found.adjusted() > 24:
        return None
    return found


def _review(
    draft: Draft, terms: Terms, period: Period | None, problems: list[Problem]
) -> date | None:
    if not draft.review_on.strip():
        fix = "say on which day Wald shall measure what came of it"
        problems.append(Problem("review_on", "it is empty", fix))
        return None
    found = read_day(draft.review_on, "review_on")
    if isinstance(found, Problem):
        problems.append(found)
        return None
    if found <= terms.today:
        what = f"{found} is not after the decision, {terms.today}"
        problems.append(Problem("review_on", what, "take a later day"))
    elif period is not None and found < period.end:
        what = f"{found} comes before {period.label} is over"
        problems.append(Problem("review_on", what, f"take {period.end} or a later day"))
    return found
