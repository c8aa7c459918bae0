"""What every metric and every connector brings: its constant, its table, its page, its test."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tests.house.tree import DOCS, EXTENSIONS, ROOT, extension_files, files, name

_ALL = [
    pytest.param(path, f"{package}.{path.stem}", constant, folder, id=name(path))
    for package, constant, folder in EXTENSIONS
    for path in extension_files(package)
]


# Pages of a folder that tell of the whole, not of one extension.
_OF_THE_WHOLE = {
    "compensation": set(
        "accounting credits lint measures payroll plain-files plans quotas runs statements what-if"
        " adjustments disputes estimates published".split()
    ),
    "hygiene": {"fixes"},
    "forecast": set("reconciled roll-up submissions value_of_fix win_chance".split()),
}


@cache
def _test_texts() -> tuple[str, ...]:
    found = files("*.py", "*.toml", "*.json", under=ROOT / "tests")
    return tuple(f.stem + "\n" + f.read_text() for f in found if f.parent.name != "house")


@pytest.mark.parametrize(("path", "module", "constant", "folder"), _ALL)
def test_defines_the_constant_its_folder_asks_for(
    path: Path, module: str, constant: str, folder: str
) -> None:
    assert getattr(import_module(module), constant).key == path.stem


@pytest.mark.parametrize(("path", "module", "constant", "folder"), _ALL)
def test_opens_with_a_sentence_and_a_table_that_names_its_source(
    path: Path, module: str, constant: str, folder: str
) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    first, _, table = docstring.partition("\n\n")
    assert first.endswith("."), "the first sentence is the definition"
    assert re.search(rf"^Source  +docs/{folder}/{path.stem}\.md\b", table, re.MULTILINE)


@pytest.mark.parametrize(("path", "module", "constant", "folder"), _ALL)
def test_has_the_doc_page_it_names(path: Path, module: str, constant: str, folder: str) -> None:
    thing = getattr(import_module(module), constant)
    assert thing.source == f"docs/{folder}/{path.stem}.md"
    page = (ROOT / thing.source).read_text()
    assert page.startswith(f"# {thing.title}\n")


@pytest.mark.parametrize(("path", "module", "constant", "folder"), _ALL)
def test_is_named_by_a_test(path: Path, module: str, constant: str, folder: str) -> None:
    word = re.compile(rf"\b{path.stem}\b")
    assert any(word.search(text) for text in _test_texts()), f"no test names {path.stem}"


@pytest.mark.parametrize(("package", "constant", "folder"), EXTENSIONS)
def test_no_page_outlives_its_extension(package: str, constant: str, folder: str) -> None:
    keys = {path.stem for path in extension_files(package)}
    pages = {page.stem for page in (DOCS / folder).glob("*.md")} - {"README"}
    assert pages - keys - _OF_THE_WHOLE.get(folder, set()) == set()
