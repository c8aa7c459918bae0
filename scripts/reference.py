"""Write the reference pages that are made from the code: tables, metrics, connectors, commands."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import typer
from typer.testing import CliRunner

from scripts.examples import with_example
from wald.cli.main import app
from wald.connectors.connector import PROMISES, Connector, connectors
from wald.facts.metric import Metric, metrics
from wald.facts.table import STORAGE, Column, Table
from wald.facts.tables import TABLES

ROOT = Path(__file__).parents[1]
_MADE = "<!-- Made from the code by `make reference`; change it there. -->\n"

_TABLES = """\
# Tables

{made}
The tables that Wald keeps, and the files it takes as they are: a file named like a table,
`opportunity.csv`, `opportunity.csv.gz`, `opportunity.parquet` or `opportunity.xlsx`, whose
header holds these column names in any order. A column that is missing is empty.

Every stored row also says which load brought it (`load_id`) and whether the source took it
back (`is_deleted`). Why nothing is overwritten: [two dates](../concepts/two-dates.md).

| Type | Kept as |
| --- | --- |
{types}

An amount is money in one currency, a price is money for one unit, a share is 1 for 100 %.
Timestamps are UTC.
{tables}"""

_METRICS = """\
# Metrics

{made}
Every number that Wald gives, with its one definition. `wald measure win_rate` gives one of
them in the terminal, and [add a metric](../how-to/add-a-metric.md) says how to add yours.

| Metric | Key | Unit | Definition |
| --- | --- | --- | --- |
{metrics}
"""

_CONNECTORS = """\
# Connectors

{made}
What Wald recognises by itself when it is shown a folder, and what each connector promises.
[Add a connector](../how-to/add-a-connector.md) says how to add yours.

| Promise | {titles} |
| --- |{rules}
{promises}
{exempt}"""

_COMMANDS = """\
# Commands

{made}
What `wald --help` says, command by command. [Exit codes](exit-codes.md) have a page of their own.
{commands}"""


def tables_page() -> str:
    types = "\n".join(f"| {type.value} | `{storage}` |" for type, storage in STORAGE.items())
    tables = "\n".join(line for table in TABLES.values() for line in _table(table))
    return _TABLES.format(made=_MADE, types=types, tables=tables + "\n")


def _table(table: Table) -> Iterator[str]:
    keys = ", ".join(f"`{name}`" for name in table.key)
    dated = f"True from `{table.happened}` on." if table.happened else "Always true."
    meaning = table.meaning[0].upper() + table.meaning[1:]
    yield from ("", f"## {table.name}", "", f"{meaning}.", f"Key: {keys}. {dated}", "")
    yield from ("| Column | Type | Meaning |", "| --- | --- | --- |")
    for column in table.columns:
        yield f"| `{column.name}` | {column.type.value} | {_meaning(column)} |"


def _meaning(column: Column) -> str:
    refers = f"; a key of [{column.refers}](#{column.refers})" if column.refers else ""
    return f"{column.meaning}{refers}{'; required' if column.required else ''}"


def metrics_page(found: Mapping[str, Metric]) -> str:
    lines = [
        f"| [{metric.title}]({metric.key}.md) | `{metric.key}` | {metric.unit.value} "
        f"| {metric.definition} |"
        for metric in sorted(found.values(), key=lambda metric: metric.title)
    ]
    return _METRICS.format(made=_MADE, metrics="\n".join(lines))


def connectors_page(found: Mapping[str, Connector]) -> str:
    """Return the list of connectors and, for each promise, whether it is kept or why not."""
    shown = sorted(found.values(), key=lambda connector: connector.title)
    promises = [
        f"| {promise} | {' | '.join(_kept(one.promises[promise]) for one in shown)} |"
        for promise in PROMISES
    ]
    exempt = [
        f"- {one.title}, {promise}: {one.promises[promise].removeprefix('exempt: ')}."
        for one in shown
        for promise in PROMISES
        if _kept(one.promises[promise]) == "exempt"
    ]
    return _CONNECTORS.format(
        made=_MADE,
        titles=" | ".join(f"[{one.title}]({one.key}.md)" for one in shown),
        rules=" --- |" * len(shown),
        promises="\n".join(promises),
        exempt="\n".join(["", "Where a promise does not hold:", "", *exempt, ""] if exempt else []),
    )


def _kept(promise: str) -> str:
    return "done" if promise == "done" else "exempt"


def commands_page() -> str:
    names = _names(typer.main.get_command(app), ())
    shown = "\n".join(
        f"\n## {' '.join(('wald', *name))}\n\n```text\n{_help(name)}\n```" for name in names
    )
    return _COMMANDS.format(made=_MADE, commands=shown + "\n")


def _names(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from _names(below, (*path, name))


def _help(name: tuple[str, ...]) -> str:
    """Return the help of one command as a terminal 80 characters wide shows it."""
    result = CliRunner().invoke(app, [*name, "--help"], prog_name="wald", env={"COLUMNS": "80"})
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def _examples() -> dict[Path, str]:
    """Return the page of each metric with its example as the worked cases have it."""
    cases = ROOT / "tests/golden/metrics"
    pages = {key: ROOT / metric.source for key, metric in metrics().items()}
    return {page: with_example(page, cases / f"{key}.toml") for key, page in pages.items()}


def pages() -> dict[Path, str]:
    """Return every made page with its text as the code has it now."""
    return _examples() | {
        ROOT / "docs/reference/tables.md": tables_page(),
        ROOT / "docs/reference/commands.md": commands_page(),
        ROOT / "docs/metrics/README.md": metrics_page(metrics()),
        ROOT / "docs/connectors/README.md": connectors_page(connectors()),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(path.relative_to(ROOT), file=sys.stderr)
