"""The worked example of a metric's page, written from one of the cases worked out by hand.

A page names its case in a comment under the heading Example; `make reference` writes the rest
of that section from tests/golden/metrics, so that the page and the test tell one story.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_SECTION = re.compile(r"## Example\n\n<!-- Made from the worked case `(\w+)`.*?(?=\n## |\Z)", re.S)
_MADE = "<!-- Made from the worked case `{name}` by `make reference`; change it there. -->"
_CASES = "../../tests/golden/metrics"
_OPTIONS = {"by": "--by", "where": "--where", "period": "--period", "as_of": "--as-of"}


def with_example(page: Path, cases: Path) -> str:
    """Return the text of `page` with its example as the file `cases` has it now."""
    text = tomllib.loads(cases.read_text())

    def write(found: re.Match[str]) -> str:
        return "\n".join(_example(page.stem, found[1], text)) + "\n"

    return _SECTION.sub(write, page.read_text())


def _example(metric: str, name: str, text: Mapping[str, Any]) -> Iterator[str]:
    worlds, case = text["worlds"], text["cases"][name]
    yield from ("## Example", "", _MADE.format(name=name), "")
    for table, rows in worlds[case["world"]].items():
        yield from (f"Rows of `{table}`:", "", *_table(rows), "")
    yield from (f"    wald measure {metric} {_options(case['ask'])}", "")
    if "|" in case["gives"]:
        yield from (*_table(case["gives"]), "")
    else:
        yield from (f"gives **{case['gives']}**.", "")
    yield from _folded(case["why"])
    yield from ("", f"More cases worked out by hand: [{metric}.toml]({_CASES}/{metric}.toml).")


def _options(ask: Mapping[str, object]) -> str:
    """Return what is asked as the command takes it."""
    words = []
    for key, option in _OPTIONS.items():
        given = ask.get(key, [])
        for value in given if isinstance(given, list) else [given]:
            words += [option, shlex.quote(str(value))]
    return " ".join(words)


def _table(text: str) -> Iterator[str]:
    header, *rows = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _folded(sentence: str, width: int = 100) -> Iterator[str]:
    line = ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line
