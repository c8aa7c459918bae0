"""Answers kept so that the same question costs nothing twice: in memory, and rows on disk.

The same SELECT over the same parts gives the same rows for ever. Keys name the parts, so a
new load makes new keys and nothing stale can be shown; what is kept can be deleted any time.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from os import getpid
from pathlib import Path
from shutil import rmtree
from threading import Lock, get_ident
from typing import TypeVar

import pyarrow as pa
import pyarrow.feather as feather
from sqlglot import exp

from wald.engine.connect import Engine
from wald.facts.parts import Snapshot
from wald.language.write import write

_VALUES = 4096
_MOST_ROWS = 5000  # longer results are not kept: they are asked for once
OF_RUNS = "runs"  # folder of what is kept of released runs, which never change
_GENERATIONS = 3  # sets of parts whose rows stay on disk

T = TypeVar("T")
_values: OrderedDict[tuple[object, ...], object] = OrderedDict()
_lock = Lock()


def signature(snapshot: Snapshot) -> str:
    """Return a name for what is stored, known and seen: equal names, equal facts."""
    seen = [
        str(snapshot.root),
        *(part.path for load in snapshot.loads for part in load.parts),
        *(str(load.load_id) for load in snapshot.visible),
        *(("seen by", snapshot.sight.name) if snapshot.sight else ()),
        *(f"{table} {sorted(only)}" for table, only in snapshot.pinned),
    ]
    return blake2b("\n".join(seen).encode(), digest_size=12).hexdigest()


def kept(key: tuple[object, ...], make: Callable[[], T]) -> T:
    """Return the frozen value kept under `key`, or make and keep it; one key has one type."""
    with _lock:
        if key in _values:
            _values.move_to_end(key)
            found: T = _values[key]  # type: ignore[assignment]  # as the docstring says
            return found
    made = make()
    with _lock:
        _values[key] = made
        while len(_values) > _VALUES:
            _values.popitem(last=False)
    return made


def kept_rows(engine: Engine, snapshot: Snapshot, tree: exp.Expr) -> pa.Table:
    """Return the rows of one SELECT, from disk if these parts were asked it before.

    Whose rows it takes stands in the SELECT itself, so one folder serves everybody.
    """
    text = write(tree, engine.dialect)
    folder = snapshot.root.parent / "cache" / signature(snapshot.whole)
    path = folder / f"{blake2b((engine.name + text).encode(), digest_size=16).hexdigest()}.arrow"
    with suppress(OSError, pa.ArrowInvalid):
        return feather.read_table(path, memory_map=False)
    rows = engine.fetch(text)
    if rows.num_rows <= _MOST_ROWS:
        _keep(rows, path)
    return rows


def _keep(rows: pa.Table, path: Path) -> None:
    if not path.parent.exists():
        _make_room(path.parent.parent)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{getpid()}-{get_ident()}")
        feather.write_feather(rows, draft, compression="uncompressed")
        draft.replace(path)


def _make_room(cache: Path) -> None:
    with suppress(OSError):
        found = (one for one in cache.iterdir() if one.name != OF_RUNS)
        kept = sorted(found, key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in kept[_GENERATIONS - 1 :]:
            rmtree(folder, ignore_errors=True)
