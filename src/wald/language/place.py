"""Where in a text something stands: `character 17`, counted from 1, found again in the tree."""

from collections.abc import Iterable
from difflib import get_close_matches

from sqlglot import exp

from wald.kernel.problem import Problem


def character(offset: int) -> str:
    """Name the place of an offset counted from 0."""
    return f"character {offset + 1}"


def place(node: exp.Expr) -> str:
    """Name the place where `node` starts, as far as the tree knows it."""
    here: exp.Expr | None = node
    while here is not None:  # NULL and * carry no place of their own
        starts = [part.meta["start"] for part in here.walk() if "start" in part.meta]
        if starts:
            return character(min(starts))
        here = here.parent
    return character(0)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems in the order of their places, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=_offset))


def unknown_column(name: str, where: str, columns: Iterable[str]) -> Problem:
    return Problem(where, f"there is no column {name}", _cure("column", name, columns))


def unknown_function(name: str, where: str, functions: Iterable[str]) -> Problem:
    what = f"{name.upper()} is not a function of this language"
    return Problem(where, what, _cure("function", name.upper(), functions))


def unknown_parameter(name: str, where: str, parameters: Iterable[str]) -> Problem:
    what = f"there is no parameter :{name}"
    return Problem(where, what, _cure("parameter", name, parameters))


def _cure(noun: str, name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    near = get_close_matches(name.lower(), [n.lower() for n in known], n=1, cutoff=0.6)
    if near:
        return f"did you mean {next(n for n in known if n.lower() == near[0])}?"
    if not known:
        return f"use no {noun} here"
    return f"use one of {', '.join(known)}"


def _offset(problem: Problem) -> tuple[int, str]:
    number = problem.where.removeprefix("character ")
    return (int(number), problem.what) if number.isdecimal() else (0, problem.what)
