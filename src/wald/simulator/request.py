"""What is asked of the simulator: checked, with every fault named, before anything is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from wald.kernel.problem import BadInput, Problem
from wald.simulator.company import REGIONS, Company, companies
from wald.simulator.days import number
from wald.simulator.planted import SWITCHES

REPS_AT_SCALE_ONE = 30
_WARM_UP_DAYS = 540  # before the first day: deals opened then are still running on it
_MOST_YEARS, _MOST_REPS = 20, 20_000


@dataclass(frozen=True, slots=True)
class Request:
    """Days as numbers: `dawn` first drawn, `first` to `last` told, `cut` the day of the export."""

    company: Company
    seed: int
    years: int
    scale: float
    reps: int
    switches: tuple[str, ...]
    dawn: int
    first: int
    last: int
    cut: int


def requested(
    company: str,
    seed: int,
    years: int,
    scale: float,
    planted: tuple[str, ...] | None,
    until: date | None,
    ends_on: date,
) -> Request:
    """Return what is asked. Raises BadInput with every Problem found."""
    found = list(_problems(company, seed, years, scale, planted or (), ends_on))
    if not found:
        found = list(_until_problems(until, _first_day(years, ends_on), ends_on))
    if found:
        raise BadInput("The simulator cannot make this: " + "; ".join(map(str, found)), found)
    chosen = next(known for known in companies() if known.key == company)
    first = number(_first_day(years, ends_on))
    return Request(
        chosen,
        seed,
        years,
        scale,
        max(len(REGIONS), round(REPS_AT_SCALE_ONE * scale)),
        chosen.planted if planted is None else tuple(dict.fromkeys(planted)),
        first - _WARM_UP_DAYS,
        first,
        number(ends_on),
        number(ends_on if until is None else until),
    )


def _problems(
    company: str, seed: int, years: int, scale: float, planted: tuple[str, ...], ends_on: date
) -> Iterator[Problem]:
    names = [known.key for known in companies()]
    if company not in names:
        yield Problem("company", f"there is no company {company!r}", _fix(company, names))
    for name in planted:
        if name not in SWITCHES:
            yield Problem("planted", f"there is no problem {name!r}", _fix(name, list(SWITCHES)))
    if seed < 0:
        yield Problem("seed", f"{seed} is negative", "give 0 or more")
    if not 1 <= years <= _MOST_YEARS:
        yield Problem("years", f"{years} years were asked", f"give 1 to {_MOST_YEARS}")
    if not 0 < scale * REPS_AT_SCALE_ONE <= _MOST_REPS:
        most = f"{_MOST_REPS / REPS_AT_SCALE_ONE:.0f}"
        yield Problem("scale", f"{scale} was asked", f"give more than 0, at most {most}")
    if not 2000 <= ends_on.year <= 2200:
        yield Problem("ends_on", f"{ends_on} is far from our time", "give a year 2000 to 2200")


def _until_problems(until: date | None, first: date, last: date) -> Iterator[Problem]:
    if until is not None and not first <= until <= last:
        what = f"{until} is outside the history, which runs from {first} to {last}"
        yield Problem("until", what, "give a day inside it")


def _first_day(years: int, ends_on: date) -> date:
    after = ends_on + timedelta(days=1)
    if (after.month, after.day) == (2, 29):
        after += timedelta(days=1)
    return after.replace(year=after.year - years)


def _fix(given: str, known: list[str]) -> str:
    near = get_close_matches(given, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return "known are " + ", ".join(known)
