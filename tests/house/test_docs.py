"""Documentation that cannot lie: links lead somewhere, commands exist, decisions keep a form."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from scripts import reference
from tests.house.tree import DOCS, PACKAGE, ROOT, commands, files, name

PAGES = [page for page in files("*.md") if "tests" not in page.relative_to(ROOT).parts]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_MADE = reference.pages()
_DECISIONS = sorted(DOCS.glob("decisions/[0-9]*.md"))


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _headings(page: Path) -> set[str]:
    return {_slug(h) for h in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}


def _broken(page: Path) -> Iterator[str]:
    for target in _LINK.findall(page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        where = (page.parent / path).resolve() if path else page
        if not where.exists() or (anchor and anchor not in _headings(where)):
            yield target


@pytest.mark.parametrize("doc", PAGES, ids=name)
def test_every_link_leads_somewhere(doc: Path) -> None:
    assert list(_broken(doc)) == []


# The page made from `wald --help` names a command `make`, of decisions.
@pytest.mark.parametrize("doc", [p for p in PAGES if p.name != "commands.md"], ids=name)
def test_every_make_command_is_in_the_makefile(doc: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = [line.split()[1] for line in commands(doc, "make")]
    assert [target for target in called if target not in targets] == []


@pytest.mark.parametrize("doc", [p for p in PAGES if commands(p, "wald")], ids=name)
def test_every_wald_command_exists_with_its_options(doc: Path) -> None:
    assert [said for line in commands(doc, "wald") for said in _unknown(line)] == []


def _unknown(line: str) -> Iterator[str]:
    """Yield what of a `wald` line the command line does not have."""
    import typer

    from wald.cli import main

    command = typer.main.get_command(main.app)
    said = re.split(r"  +", line)[0]  # what it does may stand beside an example
    words = list(takewhile(lambda word: word not in ("|", ">", "&&"), shlex.split(said)))[1:]
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        if words[0] not in command.commands:
            yield f"{line}: no command {words[0]}"
            return
        command = command.commands[words.pop(0)]
    options = {
        "--help",
        "-h",
        *(word for p in command.params for word in (*p.opts, *p.secondary_opts)),
    }
    amounts = re.compile(r"-\d[\d.]*")
    for word in words:
        if amounts.fullmatch(word):
            continue
        if word.startswith("-") and word.partition("=")[0] not in options:
            yield f"{line}: no option {word}"


@pytest.mark.parametrize("doc", PAGES, ids=name)
def test_prose_stays_free_of_empty_words(doc: Path) -> None:
    assert re.findall(r"\b(?:simply|obviously|successfully)\b", doc.read_text(), re.I) == []


def test_every_page_is_within_reach_of_the_index() -> None:
    """Metric and connector pages are listed by the product itself."""
    reached, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        links = (t.partition("#")[0] for t in _LINK.findall(page.read_text()) if ":" not in t)
        waiting += [(page.parent / link).resolve() for link in links if link]
    lost = {name(page) for page in files("*.md", under=DOCS) if page not in reached}
    assert {page for page in lost if Path(page).parts[1] not in ("metrics", "connectors")} == set()


@pytest.mark.parametrize("doc", _DECISIONS, ids=name)
def test_a_decision_is_one_page_in_four_parts(doc: Path) -> None:
    lines = doc.read_text().splitlines()
    number = doc.name[:4]
    assert re.fullmatch(rf"# {number} \S.*[^.]", lines[0])
    assert re.fullmatch(r"In force\.|Superseded by \[\d{4}\]\(\d{4}-[\w-]+\.md\)\.", lines[2])
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == ["## Context", "## Decision", "## What we gave up"]
    assert len(lines) <= 60


def test_the_list_of_decisions_is_complete() -> None:
    listed = _LINK.findall((DOCS / "decisions" / "README.md").read_text())
    assert [page.name for page in _DECISIONS] == sorted(t for t in listed if t[:4].isdigit())


def test_decisions_have_numbers_of_their_own() -> None:
    numbers = [page.name[:4] for page in _DECISIONS]
    assert len(numbers) == len(set(numbers))


def test_a_change_file_says_its_issue_and_kind() -> None:
    form = re.compile(r"\d+\.(added|changed|fixed|removed|security)(\.\d+)?\.md")
    odd = [f.name for f in (ROOT / "changes").iterdir() if not form.fullmatch(f.name)]
    assert [f for f in odd if f != "README.md"] == []


@pytest.mark.parametrize("doc", _MADE, ids=name)
def test_a_page_made_from_the_code_is_up_to_date(doc: Path) -> None:
    assert doc.read_text() == _MADE[doc], "make reference"


def test_every_variable_of_the_environment_is_documented_and_read() -> None:
    form = re.compile(r"\bWALD_[A-Z_]+\b")
    read = {word for f in files("*.py", under=PACKAGE) for word in form.findall(f.read_text())}
    assert set(form.findall((DOCS / "reference" / "configuration.md").read_text())) == read
