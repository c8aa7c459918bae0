"""What the style says about code and no linter checks: lengths, names, empty package files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import EXTENSIONS, PACKAGE, ROOT, extension_files, files, name

# Words that say neither what a thing is nor what it does. In sales a manager is a person and
# a process may break, so those two are empty only as a class's kind and as a function's verb.
_EMPTY_WORDS = {"helper", "helpers", "util", "utils", "base", "service", "data", "info"}
_EMPTY_VERBS = {"process", "handle"}
# Django's name for a hook, and the page that people know as Data.
_ASKED_FOR = {"process_exception", "data"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _empty_words(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    words = [word.lower() for word in _WORD.findall(node.name)]
    if isinstance(node, ast.ClassDef):
        return {*words} & _EMPTY_WORDS | {*words[-1:]} & {"manager", "handler", "processor"}
    return {*words} & _EMPTY_WORDS | {*words[:1]} & _EMPTY_VERBS


def _empty_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if (found := _empty_words(node)) and node.name not in _ASKED_FOR:
            yield f"{name(path)}:{node.lineno} {node.name}: {', '.join(found)}"


def test_files_stay_under_400_lines() -> None:
    written = [f for f in files("*.py") if "migrations" not in f.parts]  # Django writes those
    long = {name(f): n for f in written if (n := len(f.read_text().splitlines())) >= 400}
    assert long == {}, "split by meaning"


@pytest.mark.parametrize("package", [package for package, _, _ in EXTENSIONS])
def test_extensions_stay_under_150_lines(package: str) -> None:
    long = {
        name(f): n
        for f in extension_files(package)
        if (n := len(f.read_text().splitlines())) >= 150
    }
    assert long == {}, "an extension this long is more than one thing"


def test_names_say_what_a_thing_is_or_does() -> None:
    assert [found for f in files("*.py", under=PACKAGE) for found in _empty_names(f)] == []


def test_modules_are_named_by_what_they_hold() -> None:
    empty = _EMPTY_WORDS | _EMPTY_VERBS
    parts = {name(f): set(f.relative_to(PACKAGE).with_suffix("").parts) for f in
             files("*.py", under=PACKAGE)}  # fmt: skip
    parts.pop("src/wald/web/pages/data.py", None)  # the page that people know as Data
    assert [path for path, words in parts.items() if words & empty] == []


def test_package_files_are_empty() -> None:
    # `import wald` is a door; Django is set up by, and finds tables in, the other two.
    may_speak = {
        "src/wald/__init__.py",
        "src/wald/records/__init__.py",
        "src/wald/records/models/__init__.py",
    }
    speaking = {name(f) for f in files("__init__.py", under=PACKAGE) if f.read_text().strip()}
    assert speaking <= may_speak


def test_a_todo_carries_its_issue() -> None:
    bare = re.compile(r"#\s*(?:TODO|FIXME|XXX)\b(?!.*#\d+)")
    found = [
        f"{name(f)}:{number}"
        for f in files("*.py", under=PACKAGE) + files("*.py", under=ROOT / "tests")
        for number, line in enumerate(f.read_text().splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []


def test_an_ignore_carries_its_code_and_its_reason() -> None:
    silent = re.compile(r"#\s*type:\s*ignore(?!\[[\w-]+(?:, ?[\w-]+)*\]\s+#\s*\S)")
    unnamed = re.compile(r"#\s*noqa(?!:\s*[A-Z]+\d+)")
    found = [
        f"{name(f)}:{number}"
        for f in files("*.py", under=PACKAGE)
        for number, line in enumerate(f.read_text().splitlines(), start=1)
        if silent.search(line) or unnamed.search(line)
    ]
    assert found == [], "write: # type: ignore[code]  # reason"
