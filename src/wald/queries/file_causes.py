"""Why a number of a plain file changed: which places explain it, case by case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wald.brain.localise import MOST_DIMENSIONS, Located, Verdict, locate
from wald.engine.plain_tables import read_plain_table
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.queries.file_leaves import Ints, Measured, cases, leaves_of, measured, whole_numbers

_AT = "at"  # the column of moments in a file of moments


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """`value` of `count` is a rate, judged against earlier moments; `value` beside `expected` is a
    sum against its expectation; alone, a sum against earlier moments. "" where not given."""

    table: Path
    value: str
    dimensions: tuple[str, ...]
    count: str = ""
    expected: str = ""
    time: str = ""
    at: str = ""
    each: str = ""
    moments: Path | None = None
    top: int = 3


@dataclass(frozen=True, slots=True)
class FileCause:
    """What was found for one case, "" where the file is one; `at` is the moment, "" where none;
    `numbers` are the dimensions whose values are whole numbers."""

    case: str
    at: str
    found: Located
    numbers: frozenset[str]


def causes_in_file(*, actor: Actor, question: FileQuestion) -> tuple[FileCause, ...]:
    """Return what explains the change, of the whole file or of each case in it.

    Raises BadInput with every fault of the question or the file, and OSError.
    """
    actor.must("facts.read")
    _check(question)
    asked = (question.value, question.count, question.expected, question.time, question.each)
    columns = [name for name in (*asked, *question.dimensions) if name]
    found = measured(
        read_plain_table(question.table, columns),
        value=question.value,
        count=question.count,
        expected=question.expected,
        dimensions=question.dimensions,
        time=question.time,
        each=question.each,
    )
    moments = _moments(question)
    if question.at and question.at not in found.moments:
        where, what = f"--at {question.at}", f"no row of column {question.time} says so"
        fix = f"moments run from {found.moments[0]} to {found.moments[-1]}"
        raise BadInput("There is nothing at that moment.", [Problem(where, what, fix)])
    return tuple(_each(question, found, moments))


def _each(
    question: FileQuestion, found: Measured, moments: Mapping[str, str] | None
) -> Iterator[FileCause]:
    numbers = whole_numbers(found)
    places = {name: place for place, name in enumerate(found.moments)}
    for case, rows in cases(found):
        if moments is not None and case not in moments:
            continue
        at = question.at if moments is None else moments[case]
        yield FileCause(case, *_one(question, found, rows, at, places), numbers)


def _one(
    question: FileQuestion, found: Measured, rows: Ints, at: str, places: Mapping[str, int]
) -> tuple[str, Located]:
    moment: int | None = None
    if question.time:
        moment = places.get(at, -1) if at else int(found.time[rows].max())
        at = at or found.moments[moment]
        if not (found.time[rows] == moment).any():
            note = Problem(at, "no row is of this moment", "name a moment that has rows")
            return at, Located(Verdict.TOO_LITTLE_DATA, (), 0.0, 0.0, (note,))
    leaves, notes = leaves_of(found, rows, moment)
    told = locate(leaves, top=question.top)
    return at, Located(told.verdict, told.causes, told.now, told.before, (*notes, *told.notes))


def _moments(question: FileQuestion) -> Mapping[str, str] | None:
    if question.moments is None:
        return None
    table = read_plain_table(question.moments, (question.each, _AT))
    return {
        str(case): str(at)
        for case, at in zip(table.columns[question.each], table.columns[_AT], strict=True)
    }


def _check(question: FileQuestion) -> None:
    problems = tuple(_faults(question))
    if problems:
        raise BadInput("The question does not say enough, or too much.", problems)


def _faults(question: FileQuestion) -> Iterator[Problem]:
    many = len(question.dimensions)
    if not 1 <= many <= MOST_DIMENSIONS or len(set(question.dimensions)) < many:
        what = f"names {many} dimensions"
        yield Problem("--dimensions", what, f"name 1 to {MOST_DIMENSIONS}, each once, with commas")
    if question.count and question.expected:
        yield Problem("--expected", "stands beside --count", "give one of them: a rate or a sum")
    if not question.time and not question.expected:
        fix = "name the column of moments; a rate is judged against the rows before --at"
        yield Problem("--time", "is missing", fix)
    if question.at and not question.time:
        yield Problem("--at", "stands without --time", "name the column of moments")
    if question.moments and not (question.each and question.time):
        yield Problem("--moments", "stands without --each and --time", "name both columns")
    if question.moments and question.at:
        yield Problem("--at", "stands beside --moments", "give one of them")
