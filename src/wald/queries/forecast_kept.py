"""Back-tests and the forecast made with them, kept in files by a hash of what they rest on.

A folder below `forecast` of the home: a file per period that is over, one of today's forecast,
and `meta.json`, written last: without it the folder is a back-test that goes on. What is kept can
be deleted any time; it is computed again. Everybody's rows are in it, so who reads it cuts it.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from os import getpid
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
import pyarrow.feather as feather

from wald.brain.forecast import forecasters
from wald.brain.record import TRIALS
from wald.kernel.period import Grain
from wald.queries.forecast_submitted import Marks
from wald.queries.measure import View

VERSION = 2  # of what is computed: another, and nothing kept before counts
_GENERATIONS = 4  # folders kept
_META, _TODAY, _LEVELS = "meta.json", "today.arrow", "levels.arrow"

# Today's forecast: a row per unit and method.
TODAY = pa.schema(
    [
        ("level", pa.string()),
        ("unit", pa.string()),
        ("title", pa.string()),
        ("owners", pa.list_(pa.string())),
        ("method", pa.string()),
        ("point", pa.float64()),
        ("draws", pa.list_(pa.float64())),  # rising, equally likely
        ("is_point", pa.bool_()),
        ("is_used", pa.bool_()),
        ("share", pa.float64()),  # in the combination of its level, null: none
        ("closed", pa.float64()),
        ("quota", pa.float64()),  # null: none
        ("open", pa.float64()),  # what the method expects of open deals, null: it cannot tell
        ("new", pa.float64()),  # and of those not yet created
    ]
)
# Today's forecast made to add up: a row per unit, sums first.
LEVELS = pa.schema(
    [
        ("level", pa.string()),
        ("unit", pa.string()),
        ("title", pa.string()),
        ("parent", pa.string()),  # "": none
        ("owners", pa.list_(pa.string())),
        ("amount", pa.string()),  # decimal, in whole cents
        ("rest", pa.string()),  # of a sum: what it holds beside the units below it
        ("draws", pa.list_(pa.float64())),  # around the amount
        ("told", pa.float64()),  # before it was made to add up
        ("told_draws", pa.list_(pa.float64())),  # of a region, which no method tells; else null
        ("closed", pa.float64()),
        ("quota", pa.float64()),  # null: none
        ("weight", pa.float64()),  # of what its lead said, null where that does not count
    ]
)


@dataclass(frozen=True, slots=True)
class Kept:
    """`meta` tells about the tables; `is_fresh`: they rest on the facts as they are now."""

    key: str
    meta: Mapping[str, object]
    trials: pa.Table  # TRIALS
    today: pa.Table  # TODAY
    levels: pa.Table  # LEVELS
    is_fresh: bool

    @property
    def made_at(self) -> str:
        return str(self.meta["made_at"])


def key_of(seen: View, grain: Grain, settled: str) -> str:
    """Return the name of everything that decides a back-test; `settled` names what was said."""
    parts = [
        str(VERSION),
        settled,
        *map(str, seen.facts),
        grain.value,
        *(f"{key}:{one.title}" for key, one in forecasters().items()),
    ]
    return blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def folder_of(seen: View, key: str) -> Path:
    return _root(seen) / key


def find(seen: View, grain: Grain, said: Marks) -> Kept | None:
    """Return what is kept of these facts, else the newest that is kept; None: nothing is."""
    folder = folder_of(seen, key_of(seen, grain, said.settled))
    own = _read(folder, is_fresh=_meta(folder).get("said") == said.all)
    if own is not None:
        return own
    return next((one for one in _older(seen, grain) if one is not None), None)


def is_kept(seen: View, grain: Grain, said: Marks) -> bool:
    """Is everything computed that these facts, and what was said of them, give?"""
    return _meta(folder_of(seen, key_of(seen, grain, said.settled))).get("said") == said.all


def _older(seen: View, grain: Grain) -> Sequence[Kept | None]:
    found = sorted(_root(seen).glob(f"*/{_META}"), key=_age, reverse=True)
    of_grain = [one.parent for one in found if _meta(one.parent).get("grain") == grain.value]
    return [_read(folder, is_fresh=False) for folder in of_grain[:1]]


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def kept_trials(folder: Path, label: str) -> pa.Table | None:
    """Return the trials of one period, None where they are not there yet."""
    with suppress(OSError, pa.ArrowInvalid):
        return feather.read_table(folder / f"period-{label}.arrow").cast(TRIALS)
    return None


def keep_trials(folder: Path, label: str, trials: pa.Table) -> None:
    _write(trials, folder / f"period-{label}.arrow")


def keep_today(folder: Path, today: pa.Table, levels: pa.Table, meta: Mapping[str, object]) -> None:
    """Write today's forecast, then what makes the folder count; old folders go."""
    _write(today, folder / _TODAY)
    _write(levels, folder / _LEVELS)
    draft = folder / f"{_META}.{getpid()}"
    draft.write_text(json.dumps(meta))
    draft.replace(folder / _META)
    made = sorted(folder.parent.iterdir(), key=_age, reverse=True)
    for old in [one for one in made if one != folder][_GENERATIONS - 1 :]:
        rmtree(old, ignore_errors=True)


def _write(rows: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{getpid()}")
    feather.write_feather(rows, draft, compression="zstd")
    draft.replace(path)


def _read(folder: Path, *, is_fresh: bool) -> Kept | None:
    return _read_once(folder, _age(folder / _META), is_fresh)


@lru_cache(maxsize=4)
def _read_once(folder: Path, written: float, is_fresh: bool) -> Kept | None:
    meta = _meta(folder)
    labels = meta.get("periods")
    if not isinstance(labels, list):
        return None
    parts = [kept_trials(folder, str(label)) for label in labels]
    with suppress(OSError, pa.ArrowInvalid):
        today, levels = (feather.read_table(folder / name) for name in (_TODAY, _LEVELS))
        trials = [one for one in parts if one is not None]
        whole = pa.concat_tables(trials).unify_dictionaries() if trials else TRIALS.empty_table()
        return Kept(folder.name, meta, whole.combine_chunks(), today, levels, is_fresh)
    return None


def _meta(folder: Path) -> Mapping[str, object]:
    with suppress(OSError, ValueError):
        found = json.loads((folder / _META).read_text())
        return found if isinstance(found, dict) else {}
    return {}


def _root(seen: View) -> Path:
    return seen.snapshot.root.parent / "forecast"


def day_of(meta: Mapping[str, object], name: str) -> date:
    """Return a day that the meta holds."""
    return date.fromisoformat(str(meta[name]))
