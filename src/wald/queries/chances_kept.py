"""Chances of open deals, kept in two files by a hash of the facts: the models and the deals.

A back-test writes them into `chances` of the home; who asks only reads. They hold everybody's
open deals as they stood on the last day of the data, so who reads them cuts them. What is kept can
be deleted any time: the next back-test makes it again.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from os import getpid
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

from wald.brain.bookings_ahead import learn_ahead
from wald.brain.deal_facts import Usual, usual_of
from wald.brain.forecast import OPEN, Known, Unable
from wald.brain.value_of_fix import Outlook
from wald.brain.win_chance import WinModel, fit_win_chance
from wald.kernel.period import Grain
from wald.queries.learned_json import learned, learned_plain, win_model, win_model_plain
from wald.queries.measure import View

VERSION = 1  # of what is computed: another, and nothing kept before counts
_GENERATIONS = 4
_GRAINS = (Grain.QUARTER, Grain.MONTH)  # those first that hold more history
_FAULTS = (OSError, ValueError, KeyError, TypeError, AttributeError)  # of a file that is spoilt


@dataclass(frozen=True, slots=True)
class KeptChances:
    """`model` and `outlook` may be unable, with the reason. `is_fresh`: of the facts as they are
    now; else they are older, as of `day`."""

    key: str
    day: date
    made_at: datetime
    period: str
    is_fresh: bool
    model: WinModel | Unable
    outlook: Outlook | Unable
    open: pa.Table  # OPEN on the day
    usual: Usual


def key_of(seen: View, grain: Grain) -> str:
    """Return the name of everything that decides chances."""
    parts = [str(VERSION), *map(str, seen.facts), grain.value]
    return f"{grain.value}-{blake2b(chr(10).join(parts).encode(), digest_size=12).hexdigest()}"


def are_kept(seen: View, grain: Grain) -> bool:
    return _path(seen, key_of(seen, grain)).exists()


def keep_chances(
    seen: View,
    grain: Grain,
    known: Known,
    sd: float | None,
    at: datetime,
    luck: np.random.Generator,
) -> None:
    """Learn from what is known and keep it. `sd` is that of the forecast of everybody, in money,
    None where it cannot be told; `luck` is that which the forecast was drawn with."""
    seed = np.random.Generator(np.random.PCG64(0))
    model, ahead = fit_win_chance(known, seed), learn_ahead(known, luck)
    if not isinstance(ahead, Unable) and sd is None:
        ahead = Unable("The forecast of open deals could not be told.")
    plain = {
        "day": str(known.day),
        "made_at": at.isoformat(),
        "period": known.period.label,
        "until": str(known.period.last_day),
        "sd": sd,
        "model": {"unable": model.reason}
        if isinstance(model, Unable)
        else {"learned": win_model_plain(model)},
        "ahead": {"unable": ahead.reason}
        if isinstance(ahead, Unable)
        else {"learned": learned_plain(ahead)},
    }
    path = _path(seen, key_of(seen, grain))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{getpid()}")
    feather.write_feather(known.open, draft, compression="zstd")
    draft.replace(path.with_suffix(".arrow"))
    draft.write_text(json.dumps(plain))
    draft.replace(path)
    for old in sorted(path.parent.glob("*.json"), key=_age, reverse=True)[_GENERATIONS:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".arrow").unlink(missing_ok=True)


def find_chances(seen: View) -> KeptChances | None:
    """Return what is kept of these facts, else the newest that is kept; None: nothing is."""
    own = [_path(seen, key_of(seen, grain)) for grain in _GRAINS]
    older = sorted(own[0].parent.glob("*.json"), key=_age, reverse=True)
    for path in (*own, *older):
        found = _read(path, _age(path), path in own)
        if found is not None:
            return found
    return None


def _path(seen: View, key: str) -> Path:
    return seen.snapshot.root.parent / "chances" / f"{key}.json"


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


@lru_cache(maxsize=8)
def _read(path: Path, written: float, is_fresh: bool) -> KeptChances | None:
    with suppress(*_FAULTS):
        plain = json.loads(path.read_text())
        rows = feather.read_table(path.with_suffix(".arrow")).cast(OPEN).combine_chunks()
        model, ahead = plain["model"], plain["ahead"]
        until = date.fromisoformat(plain["until"])
        return KeptChances(
            key=path.stem,
            day=date.fromisoformat(plain["day"]),
            made_at=datetime.fromisoformat(plain["made_at"]),
            period=plain["period"],
            is_fresh=is_fresh,
            model=Unable(model["unable"]) if "unable" in model else win_model(model["learned"]),
            outlook=Unable(ahead["unable"])
            if "unable" in ahead
            else Outlook(learned(ahead["learned"]), until, float(plain["sd"])),
            open=rows,
            usual=usual_of(rows),
        )
    return None
