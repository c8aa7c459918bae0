"""Write an invented company to a folder that can be loaded like any export."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Literal, Protocol

import pyarrow as pa
from pyarrow import csv, parquet

from wald.facts.tables import TABLES
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.simulator.blocks import TOUCHED
from wald.simulator.columns import schema
from wald.simulator.days import day_of
from wald.simulator.simulate import ANSWERS, World, world

Form = Literal["parquet", "csv"]

_README = """# {title}

Everything in this folder is invented: people, companies, deals and money. No row describes
anybody or anything that exists. `wald simulate` made it, and makes the same files again from

    company {company}, seed {seed}, years {years}, scale {scale}, planted {planted}

It tells what happened from {first} to {last}.
Deals that were open on the first day are older.

`answers.json` says which problems were planted, where, since when and how strong; `plans.json`
holds the compensation plans. The other files are canonical tables: load them with
`wald load` and this folder's name.
"""


class RowWriter(Protocol):
    def write_table(self, table: pa.Table) -> None: ...


@dataclass(frozen=True, slots=True)
class SimulatedFolder:
    folder: Path
    rows: Mapping[str, int]  # by table
    problems: tuple[str, ...]  # planted, and begun within the history
    first: date
    last: date


def silent(table: str, rows: int) -> None:
    """Show no progress."""


def simulate_to(
    *,
    actor: Actor,
    company: str,
    seed: int,
    years: int,
    scale: float,
    planted: tuple[str, ...] | None,
    until: date | None,
    out: Path,
    form: Form,
    progress: Callable[[str, int], None] = silent,
) -> SimulatedFolder:
    """Write the company's tables, answers and plans to the new folder `out`.

    `progress` hears the rows written so far of a table. The folder appears whole or not at
    all. Raises BadInput, with every Problem, for what cannot be made or where it cannot go.
    """
    actor.must("facts.load")
    told = world(company=company, seed=seed, years=years, scale=scale, planted=planted, until=until)
    _check(out, form)
    with _whole(out) as folder:
        rows, answers = _write_tables(told, folder, form, progress)
        _write_json(folder / ANSWERS, answers)
        _write_json(folder / "plans.json", told.plans)
        (folder / "README.md").write_text(_readme(told), encoding="utf-8")
    problems = tuple(str(problem["problem"]) for problem in told.problems)
    request = told.request
    return SimulatedFolder(out, rows, problems, day_of(request.first), day_of(request.cut))


def _check(out: Path, form: str) -> None:
    """Raise BadInput if the folder may not be written or the form is not known."""
    problems = []
    if form not in ("parquet", "csv"):
        problems.append(Problem("form", f"there is no form {form!r}", "give parquet or csv"))
    if out.is_dir() and any(out.iterdir()):
        problems.append(Problem(str(out), "is not empty", "name a new or an empty folder"))
    elif out.exists() and not out.is_dir():
        problems.append(Problem(str(out), "is a file", "name a new or an empty folder"))
    if problems:
        raise BadInput("Nothing was written: " + "; ".join(map(str, problems)) + ".", problems)


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Give a hidden folder beside `out` that takes its place at the end; nothing, if it fails."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        yield folder
        folder.chmod(0o755)  # the hidden one was for its maker's eyes only
        if out.is_dir():
            out.rmdir()
        folder.rename(out)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise


def _write_tables(
    told: World, folder: Path, form: Form, progress: Callable[[str, int], None]
) -> tuple[dict[str, int], dict[str, object]]:
    """Write every table chunk by chunk; return rows by table, and the answers."""
    rows = dict.fromkeys(TABLES, 0)
    touched = []
    with ExitStack() as stack:
        writers = {name: stack.enter_context(_writer(folder, name, form)) for name in TABLES}
        for name, chunk in told.chunks():
            if name == TOUCHED:
                touched.append(chunk)
                continue
            writers[name].write_table(_plain(chunk) if form == "csv" else chunk)
            rows[name] += chunk.num_rows
            progress(name, rows[name])
    return rows, told.answers(touched)


@contextmanager
def _writer(folder: Path, name: str, form: Form) -> Iterator[RowWriter]:
    if form == "csv":
        plain = _plain(schema(name).empty_table()).schema
        with csv.CSVWriter(folder / f"{name}.csv", plain) as writer:
            yield writer
    else:
        path = folder / f"{name}.parquet"
        with parquet.ParquetWriter(path, schema(name), compression="zstd") as writer:
            yield writer


def _plain(chunk: pa.Table) -> pa.Table:
    """Return the chunk with instants in whole seconds, as people write them."""
    fields = [
        pa.field(field.name, pa.timestamp("s")) if pa.types.is_timestamp(field.type) else field
        for field in chunk.schema
    ]
    return chunk.cast(pa.schema(fields))


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _readme(told: World) -> str:
    request = told.request
    return _README.format(
        title=request.company.title,
        company=request.company.key,
        seed=request.seed,
        years=request.years,
        scale=request.scale,
        planted=", ".join(request.switches) or "nothing",
        first=day_of(request.first).isoformat(),
        last=day_of(request.cut).isoformat(),
    )
