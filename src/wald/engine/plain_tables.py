"""Some columns of one plain file, as text: what a question about a file needs of it."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wald.engine.intake import sql
from wald.engine.intake.fetching import fetch
from wald.engine.intake.files import look
from wald.kernel.problem import BadInput, Problem

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Cells by column, stripped, "" where empty; `rows` are the lines they stand in."""

    name: str
    columns: Mapping[str, Texts]
    rows: NDArray[np.int64]


def read_plain_table(path: Path, columns: Sequence[str]) -> PlainTable:
    """Read columns of a CSV (also .gz), TSV, Parquet or XLSX file.

    Raises BadInput where the file cannot be read, holds several sheets, or lacks a column.
    """
    if path.is_dir():
        raise BadInput(f"{path} is a folder.", [Problem(str(path), "is a folder", "name a file")])
    found = look(path, given_encoding=None, delimiter=None)
    if len(found.files) != 1:
        what = f"holds {len(found.files)} tables" if found.files else "is no table"
        fix = "give a .csv, .csv.gz, .tsv, .parquet or .xlsx file with one sheet"
        raise BadInput(f"{path.name} {what}.", [Problem(path.name, what, fix)])
    file = found.files[0]
    headers = [header.strip() for header in file.headers]
    problems = [_lacking(path.name, column, headers) for column in columns if column not in headers]
    if problems:
        raise BadInput(f"{path.name} lacks {len(problems)} of the columns asked for.", problems)
    with tempfile.TemporaryDirectory() as folder:
        connection = sql.connect(Path(folder))
        try:
            asked = {column: headers.index(column) for column in dict.fromkeys(columns)}
            fetched = fetch(connection, file, asked, Path(folder), None)
            shown = ", ".join(
                f"trim(coalesce(CAST({sql.name(fetched.columns[column])} AS VARCHAR), ''))"
                for column in asked
            )
            # Names of columns are quoted by sql.name; the rest is the reader's own.
            text = f"SELECT {shown}, CAST({fetched.row} AS BIGINT) FROM {fetched.source}"  # noqa: S608
            read = connection.execute(text).to_arrow_table()
        finally:
            connection.close()
    if fetched.bad_lines:
        bad = [
            Problem(f"{path.name}, row {one.line}", one.what, "mend the row")
            for one in fetched.bad_lines
        ]
        raise BadInput(f"{len(bad)} rows of {path.name} cannot be read.", bad)
    cells = {
        column: np.array(read.column(place).to_pylist(), dtype=object)
        for place, column in enumerate(asked)
    }
    return PlainTable(path.name, cells, np.asarray(read.column(len(asked)).to_numpy()))


def _lacking(name: str, column: str, headers: Sequence[str]) -> Problem:
    return Problem(name, f"has no column {column}", f"its columns are {', '.join(headers)}")
