"""A load report as people read it: what came of every row, and what to look at."""

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

from rich.table import Table
from rich.text import Text

from wald.cli.output import console, table
from wald.facts.load_report import Counts, FileReport, LoadReport

_COUNTS = ("Read", "New", "Changed", "Same", "Rejected", "Duplicate")


def put_report(report: LoadReport, home: Path) -> None:
    """Print `report` on standard output; reject files are named below `home`."""
    out = console()
    out.print(_sentence(report))
    out.print()
    out.print(_accounts(report))
    for title, lines in (
        ("Files", _files(report)),
        ("Deleted in the source, so they do not count", list(_taken_back(report))),
        ("Repairs", list(_repairs(report))),
        ("Look at this", [str(problem) for problem in report.problems]),
        ("Rejected rows, each with its reason", [str(home / one) for one in report.reject_files]),
    ):
        if lines:
            out.print()
            out.print(Text(title, style="bold"))
            for line in lines:
                out.print(f"  {line}")


def _sentence(report: LoadReport) -> str:
    said = f"{report.folder}, read as {report.connector}"
    if report.dry_run:
        said += ": a dry run, nothing is stored."
    elif report.load_id is None:
        said += ": nothing new, nothing is stored."
    else:
        said += f": load {report.load_id}, known from {report.loaded_at:%Y-%m-%d %H:%M:%S} UTC."
    if report.reaches is not None:
        said += f" The data reach to {report.reaches}."
    if report.decides_currency:
        said += f" Numbers are given in {report.reporting_currency}, which most amounts are in."
    return said


def _taken_back(report: LoadReport) -> Iterator[str]:
    for line in report.lines:
        if line.taken_back and not line.derived:
            yield f"{line.file}: {line.taken_back:,} rows of {line.table}"


def _accounts(report: LoadReport) -> Table:
    shown = table("File", "Table", *_COUNTS, right=_COUNTS)
    for line in report.lines:
        name = f"{line.table} (made)" if line.derived else line.table
        shown.add_row(Text(line.file), name, *_counts(line.counts))
    if len(report.lines) > 1:
        shown.add_section()
        shown.add_row("Together", "", *_counts(report.totals))
    return shown


def _counts(counts: Counts) -> list[Text]:
    """Zeros are quiet, so that what happened stands out."""
    bad = counts.rejected
    return [
        Text(f"{n:,}", style="dim" if not n else "bold red" if i == 4 and bad else "")
        for i, n in enumerate(astuple(counts))
    ]


def _files(report: LoadReport) -> list[str]:
    """Say how files were read, those that were read alike in one line."""
    alike: dict[str, list[str]] = {}
    for file in report.files:
        alike.setdefault(_how(file), []).append(file.file)
    return [f"{', '.join(names)}: {how}" for how, names in alike.items()]


def _how(file: FileReport) -> str:
    if file.sheet is None:
        return f"not used; {file.note}"
    forms = {
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "decimal": file.decimal,
        "dates": file.dates,
    }
    told = [
        f"{name} {value!r}{' as given' if name in file.given else ''}"
        for name, value in forms.items()
        if value is not None
    ]
    return "; ".join(part for part in (", ".join(told) or "read", file.note) if part)


def _repairs(report: LoadReport) -> Iterator[str]:
    for repair in report.repairs:
        state = f"{repair.rows:,} rows" if repair.on else "switched off"
        yield f"{repair.key}: {state}; {repair.title}"
