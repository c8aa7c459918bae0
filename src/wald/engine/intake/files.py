"""What lies in a folder: each table-like file with its headers, before any row is read."""

import csv
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow.parquet
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from wald.engine.intake import encoding
from wald.kernel.problem import BadInput, Problem

DELIMITERS = ",;\t|^"
_ENDINGS = {
    ".csv.gz": "text",
    ".csv": "text",
    ".tsv": "text",
    ".parquet": "parquet",
    ".xlsx": "workbook",
}
_LINES_TO_LOOK_AT = 200


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One table of rows in a folder: a text file, a Parquet file, or a sheet of a workbook."""

    path: Path
    name: str  # as people know it: "deals.csv", "book.xlsx/Deals"
    stem: str  # the name without its ending
    kind: str  # text, parquet or workbook
    headers: tuple[str, ...]
    delimiter: str = ""
    worksheet: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    files: tuple[SourceFile, ...]
    others: tuple[tuple[str, str], ...]  # name and why it is not a table
    folders: tuple[str, ...]


def look(folder: Path, *, given_encoding: str | None, delimiter: str | None) -> Found:
    """List the tables in `folder` (or the one file it names), in the order of their names.

    Raises BadInput when there is nothing to read, or a file cannot be read at all.
    """
    files: list[SourceFile] = []
    others: list[tuple[str, str]] = []
    problems: list[Problem] = []
    paths = _paths(folder)
    for path in paths:
        kind = _kind(path)
        if path.is_dir() or path.name.startswith((".", "~$")):
            continue
        if kind is None:
            others.append((path.name, f"not one of {', '.join(_ENDINGS)}"))
            continue
        try:
            files += _READ[kind](path, given_encoding, delimiter)
        except BadInput as refusal:
            problems += refusal.problems
    if problems:
        raise BadInput(f"{len(problems)} of the files in {folder} cannot be read.", problems)
    folders = tuple(path.name for path in paths if path.is_dir() and path.name[0] != ".")
    return Found(tuple(files), tuple(others), folders)


def _paths(folder: Path) -> list[Path]:
    if not folder.exists():
        what = "does not exist"
        fix = "check the spelling, or give the folder that holds the export"
        raise BadInput(f"There is no folder {folder}.", [Problem(str(folder), what, fix)])
    paths = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    if not paths:
        problem = Problem(str(folder), "is empty", "put the export's CSV, Parquet or XLSX files in")
        raise BadInput(f"The folder {folder} is empty.", [problem])
    return paths


def _kind(path: Path) -> str | None:
    lower = path.name.lower()
    return next((kind for ending, kind in _ENDINGS.items() if lower.endswith(ending)), None)


def _stem(path: Path) -> str:
    lower = path.name.lower()
    ending = next(ending for ending in _ENDINGS if lower.endswith(ending))
    return path.name[: -len(ending)]


def _unreadable(path: Path, what: str, fix: str) -> BadInput:
    return BadInput(f"{path.name} {what}.", [Problem(path.name, what, fix)])


def _text(path: Path, given_encoding: str | None, delimiter: str | None) -> list[SourceFile]:
    start = _beginning(path, given_encoding)
    if not start.strip():
        raise _unreadable(path, "is empty", "export it again, or take it out of the folder")
    if "\0" in start:
        raise _unreadable(path, "is not a text file", "export it as CSV")
    separator = delimiter or sniff(start)
    headers = next(csv.reader(start.splitlines(keepends=True), delimiter=separator))
    return [SourceFile(path, path.name, _stem(path), "text", tuple(headers), separator)]


def _beginning(path: Path, given_encoding: str | None) -> str:
    try:
        start = encoding.sample(path)
    except (EOFError, OSError) as error:
        raise _unreadable(path, f"cannot be read: {error}", "copy the file again") from error
    name = given_encoding or encoding.guess(start)
    try:
        return start.decode(name, errors="replace").lstrip("\ufeff")
    except LookupError as error:
        what = f"cannot be read as {name}: there is no such encoding"
        raise _unreadable(path, what, "name one such as utf-8, cp1252 or utf-16") from error


def sniff(start: str) -> str:
    """Return the delimiter that cuts the first lines into the same number of cells, most of all."""
    lines = list(islice(start.splitlines(keepends=True), _LINES_TO_LOOK_AT))
    if len(start) >= 1000 and len(lines) > 1:
        lines = lines[:-1]  # the sample may have cut it

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if not widths or widths[0] < 2:
            return (0.0, 0)
        return (sum(width == widths[0] for width in widths) / len(widths), widths[0])

    best = max(DELIMITERS, key=evenness)
    return best if evenness(best)[1] else ","


def _parquet(path: Path, given_encoding: str | None, delimiter: str | None) -> list[SourceFile]:
    try:
        schema = pyarrow.parquet.read_schema(path)
    except (pyarrow.ArrowInvalid, OSError) as error:
        what = "is not a Parquet file that can be read"
        raise _unreadable(path, what, "copy or export it again") from error
    return [SourceFile(path, path.name, _stem(path), "parquet", tuple(schema.names))]


def _workbook(path: Path, given_encoding: str | None, delimiter: str | None) -> list[SourceFile]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
    except PasswordError as error:
        raise _unreadable(path, "is locked by a password", "save it without one") from error
    except (CalamineError, ZipError, OSError) as error:
        what = "is not a workbook that can be read"
        raise _unreadable(path, what, "save it again as .xlsx, or as CSV") from error
    found = []
    for name, sheet in sheets:
        first = next((row for row in sheet.iter_rows() if any(str(cell) for cell in row)), None)
        if first is None:
            continue  # a blank sheet is no table
        headers = tuple(str(cell) for cell in first)
        shown = path.name if len(sheets) == 1 else f"{path.name}/{name}"
        stem = _stem(path) if len(sheets) == 1 else name
        found.append(SourceFile(path, shown, stem, "workbook", headers, worksheet=name))
    if not found:
        raise _unreadable(path, "is empty", "export it again, or take it out of the folder")
    return found


_READ = {"text": _text, "parquet": _parquet, "workbook": _workbook}
