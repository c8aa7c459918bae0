"""Hostile cells through CSV and XLSX and back through Wald's own loader: none is a formula, and
each is the same text afterwards.

What counts as a formula is looked for in another way than the export avoids it: the file is cut
at every delimiter that a spreadsheet may be told of, with and without its quotes.
"""

import csv
import random
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from tests.reliability.desk import prepared
from tests.reliability.result import Result

_COLUMNS = ("name", "segment", "industry", "country")
_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
_MARGINS = "\t\r\n"
_BLANKS = " \u00a0\u3000\ufeff\u200b"
_DELIMITERS = ",;\t|"
_PAYLOADS = (
    "=1+1", "+1", "-1+1", "@SUM(A1:A9)", "=cmd|'/C calc'!A0", '=HYPERLINK("http://x","y")',
    "\t=1", "\r=1", "\n=1", "\r\n=1", " =1", "'=1", "''=1", "'", "\uff1d1+1", "\uff20SUM(A1)",
    "a,=1", "a;=1;b", "a\t=1", "a|=1", 'a"=1', '"=1', '",=1,"', '";=1;"', "a\n=1\nb", "a\r\n-1",
    "x, ' =1", "DDE(\"a\";\"b\")", "%0A=1", "_x003D_1", "_x000D_", "&#61;1", "<f>1</f>", "\\=1",
    "=", "-", "a - b", "1-1", "O'Neill", "x" * 3000, "=" * 3000, "\u202e=1", "\U0001f600=1",
)  # fmt: skip
_PIECES = ("=", "+", "-", "@", "'", '"', ",", ";", "\t", "|", "\r", "\n", " ", "a", "1", "\u00a0",
           "\uff1d", "\u3000", "_x000A_", "\\", "\u00e9", "\u2028", "0")  # fmt: skip


def run(count: int, seed: int) -> Result:
    """Send `count` cells through each of the two forms and back."""
    prepared()
    started, failures = time.monotonic(), []
    table = _hostile(count, random.Random(seed))  # noqa: S311  # a seed
    for form in ("csv", "xlsx"):
        with TemporaryDirectory(prefix="wald-exports-") as folder:
            content = _written(table, form)
            failures += [f"{form}: {one}" for one in _live(content, form)]
            failures += [f"{form}: {one}" for one in _changed(table, content, form, Path(folder))]
    words = "; ".join(["live formulas, and texts that came back otherwise", *failures[:5]])
    tried = table.num_rows * len(_COLUMNS) * 2
    return Result(tried, len(failures), words, time.monotonic() - started)


def _hostile(count: int, chance: random.Random) -> pa.Table:
    rows = -(-count // len(_COLUMNS))
    cells = {name: [_cell(chance) for _ in range(rows)] for name in _COLUMNS}
    return pa.table({"account_id": [f"A{number}" for number in range(rows)], **cells})


def _cell(chance: random.Random) -> str:
    """Return a payload, or pieces put together; blank text means nothing, so it holds a letter."""
    if chance.random() < 0.4:
        return chance.choice(_PAYLOADS)
    pieces = chance.choices(_PIECES, k=chance.randint(1, 8))
    pieces.insert(chance.randint(0, len(pieces)), chance.choice(("z", "Z9", "-z", "=z")))
    return "".join(pieces)


def _written(table: pa.Table, form: str) -> bytes:
    from wald.web import export

    if form == "csv":
        return b"".join(export.csv(table))
    with export.xlsx(table) as file:
        return file.read()


def _live(content: bytes, form: str) -> Iterator[str]:
    """Yield the cells that a spreadsheet would run."""
    if form == "xlsx":
        yield from _live_in_sheet(content)
        return
    text = content.decode()
    for delimiter in _DELIMITERS:
        read = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        cut = (re.split(f"[{re.escape(delimiter)}\r\n]", text),)  # by a reader without quotes
        for row in (*read, *cut):
            yield from (f"{cell[:60]!r} cut at {delimiter!r}" for cell in row if _runs(cell))
    for row in csv.reader(StringIO(text, newline="")):
        yield from (f"{cell[:60]!r} begins" for cell in row if cell[:1] in tuple(_MARGINS))


def _runs(cell: str) -> bool:
    """Does a formula begin here, whatever a reader takes away before it?"""
    return cell.lstrip(_BLANKS + _MARGINS + '"')[:1] in tuple(_SIGNS)


def _live_in_sheet(content: bytes) -> Iterator[str]:
    from io import BytesIO
    from zipfile import ZipFile

    with ZipFile(BytesIO(content)) as book:
        for name in book.namelist():
            if re.search(rb"<f[ >]", book.read(name)) or "externalLink" in name:
                yield f"a formula in {name}"


def _changed(table: pa.Table, content: bytes, form: str, folder: Path) -> Iterator[str]:
    """Load the file into a workspace of its own and yield the cells that are not as they were."""
    from wald.actions import ingest
    from wald.actions.workspace import close_workspace, open_workspace
    from wald.facts.load_report import LoadOptions
    from wald.kernel.actor import everything
    from wald.queries.tables import table_as_of

    exported = folder / "exported"
    exported.mkdir()
    (exported / f"account.{form}").write_bytes(content)
    workspace, actor = open_workspace(folder / "home"), everything("campaign")
    try:
        ingest.load(
            actor=actor,
            workspace=workspace,
            folder=exported,
            options=LoadOptions(),
            at=datetime.now(UTC),
        )
        found = table_as_of(actor=actor, workspace=workspace, name="account")
    finally:
        close_workspace(workspace)
    yield from _differences(table, found)


def _differences(table: pa.Table, found: pa.Table) -> Iterator[str]:
    names = ["account_id", *_COLUMNS]
    kept: dict[str, Sequence[str]] = {
        row[0]: row for row in zip(*(found.column(name).to_pylist() for name in names), strict=True)
    }
    for row in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        for name, was, came in zip(names, row, kept.get(row[0], [None] * 5), strict=True):
            if was != came:
                yield f"{row[0]} {name}: {was!r} came back as {came!r}"
