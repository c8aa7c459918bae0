"""A decision written as a file: YAML, or the JSON that is part of it, one word for each field."""

from collections.abc import Mapping
from pathlib import Path

from wald.kernel.problem import BadInput, Problem
from wald.memory.draft import Draft

_TEXTS = (
    "question", "choice", "why", "kind", "metric", "population", "period", "baseline", "low",
    "estimate", "high", "confidence", "review_on", "design", "unit",
)  # fmt: skip
_LISTS = ("options", "links")
_NUMBERS = {"insight": "insight_id", "supersedes": "supersedes"}
_NAMES = (*_TEXTS, *_LISTS, *_NUMBERS)
_LARGEST = 200_000  # bytes


def read_draft(path: Path) -> Draft:
    """Read a decision from a file. Raises BadInput with every Problem, OSError."""
    told = _mapping(path)
    problems = [
        Problem(str(name), "is no field of a decision", f"choose among {', '.join(_NAMES)}")
        for name in told
        if name not in _NAMES
    ]
    fields: dict[str, object] = {}
    for name, value in told.items():
        if name in _TEXTS and isinstance(value, str):
            fields[name] = value
        elif name in _LISTS and isinstance(value, list) and _all_texts(value):
            fields[name] = tuple(value)
        elif name in _NUMBERS and isinstance(value, str) and value.isdecimal():
            fields[_NUMBERS[name]] = int(value)
        elif name in _NAMES and value not in ("", None):
            form = "a list of texts" if name in _LISTS else "one value"
            problems.append(Problem(str(name), "it has another form", f"write {form}"))
    if problems:
        raise BadInput(f"{path} is no decision.", problems)
    return Draft(**fields)  # type: ignore[arg-type]  # each of the type its name asks for


def _all_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _mapping(path: Path) -> Mapping[str, object]:
    # Slow to import, and most commands read no file.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = path.read_bytes()
    if len(text) > _LARGEST:
        problem = Problem(str(path), f"it has {len(text):,} bytes", "write it in a page or two")
        raise BadInput(f"{path} is no decision.", [problem])
    try:
        told = YAML(typ="base", pure=True).load(text.decode())
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = str(path) if line is None else f"{path} line {line + 1}"
        what = str(getattr(error, "problem", None) or "it cannot be read")
        problem = Problem(where, what, "write `name: value` on each line, in UTF-8")
        raise BadInput(f"{path} is no YAML.", [problem]) from error
    if not isinstance(told, dict):
        problem = Problem(str(path), "it has no fields", "write `question: ...` and so on")
        raise BadInput(f"{path} is no decision.", [problem])
    return told
