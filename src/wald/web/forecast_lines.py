"""Which lines of a roll-up a page shows: as many levels as stay readable; a lead opens the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.queries.rollup import Line, RollUpPage
from wald.queries.rollup_model import Figures

MOST = 60  # lines on a page that nobody asked all of
OWN = 1  # the depth that a telephone shows: whoever is at the top, and those directly below


@dataclass(frozen=True, slots=True)
class ShownLine:
    """`below` counts the people below somebody; `is_folded`: their lines are not on the page;
    `is_deep`: the line is not on a telephone's."""

    line: Line
    chance: Decimal | None
    below: int
    is_folded: bool
    is_deep: bool


@dataclass(frozen=True, slots=True)
class Way:
    """How far off a way of adding up was at each level, and over how many earlier periods."""

    title: str
    is_used: bool
    errors: tuple[Decimal | None, ...]


def levels_shown(lines: Sequence[Line]) -> int:
    """Return down to which depth lines are shown: at least those directly below the top."""
    depths = [one.node.depth for one in lines]
    deepest = max(depths, default=0)
    fits = [depth for depth in range(deepest + 1) if sum(d <= depth for d in depths) <= MOST]
    return max(fits[-1] if fits else 0, min(OWN, deepest))


def shown_lines(lines: Sequence[Line], levels: int) -> tuple[ShownLine, ...]:
    """Return the lines down to a depth, in their order."""
    below = _below(lines)
    return tuple(
        ShownLine(
            line=one,
            chance=None if one.chance is None else Decimal(repr(one.chance)),
            below=below[one.node.person_id],
            is_folded=one.node.depth == levels and below[one.node.person_id] > 0,
            is_deep=one.node.depth > OWN,
        )
        for one in lines
        if one.node.depth <= levels
    )


def _below(lines: Sequence[Line]) -> dict[str, int]:
    found = {one.node.person_id: 0 for one in lines}
    for one in reversed(lines):  # parents come first
        if one.node.parent in found:
            found[one.node.parent] += 1 + found[one.node.person_id]
    return found


def whole_chance(page: RollUpPage) -> Decimal | None:
    """Return the chance that everybody makes the quota, None where that is not seen."""
    everybody: Figures | None = page.everybody
    if everybody is None or everybody.level is None or page.total is None:
        return None
    found = everybody.level.chance(page.total.quota)
    return None if found is None else Decimal(repr(found))


def ways(page: RollUpPage, titles: dict[str, str]) -> tuple[tuple[str, ...], tuple[Way, ...], int]:
    """Return the levels, how far off each way was at them, and over how many periods."""
    if page.adding is None or not page.adding.errors:
        return (), (), 0
    errors = page.adding.errors
    levels = tuple(dict.fromkeys(one.level for one in errors))
    by = {(one.way, one.level): one.error for one in errors}
    return levels, tuple(_ways(by, levels, titles, page.adding.method)), errors[0].periods


def _ways(
    by: dict[tuple[str, str], float], levels: Sequence[str], titles: dict[str, str], used: str
) -> Iterator[Way]:
    for way in dict.fromkeys(way for way, _ in by):
        found = (by.get((way, level)) for level in levels)
        told = tuple(None if one is None else Decimal(repr(one)) for one in found)
        title = titles.get(way, way)
        yield Way(title[0].upper() + title[1:], way == used, told)
