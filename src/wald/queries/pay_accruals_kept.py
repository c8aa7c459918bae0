"""Accruals of a period, kept on disk for as long as nothing changes that they rest on: computing
them folds everybody's twelve months again. What is kept can be deleted any time, and names people
by their key alone. Whoever asks here has asked for rights before.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from os import getpid
from threading import get_ident
from typing import Any

from wald.kernel.period import Period
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import OF_RUNS
from wald.queries.pay_accruals import Accruals, PersonAccrual, Track
from wald.queries.pay_basis import engine_version, hash_of

_FORM = 1  # of the file: another one is not read
_MOST = 24  # files, the newest ones


def kept_accruals(
    workspace: Workspace, rests_on: tuple[object, ...], make: Callable[[], Accruals]
) -> Accruals:
    """Return the accruals that rest on these, as they are kept, or make and keep them; without
    the names of people."""
    decides = {"on": repr(rests_on), "engine": engine_version(), "form": _FORM}
    folder = workspace.cache / OF_RUNS
    path = folder / f"accruals-{hash_of(decides)[:24]}.json"
    with suppress(OSError, ValueError, TypeError, KeyError, ArithmeticError):
        return _read(json.loads(path.read_text("utf-8")))
    made = replace(make(), names={})
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("accruals-*"), key=lambda one: one.stat().st_mtime)
        for old in files[: max(0, len(files) - _MOST + 1)]:
            old.unlink(missing_ok=True)
        draft = path.with_suffix(f".{getpid()}-{get_ident()}")
        draft.write_text(json.dumps(asdict(made), default=_plain), "utf-8")
        draft.replace(path)
    return made


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept")


def _read(told: dict[str, Any]) -> Accruals:
    """Read what was written of accruals. Raises ValueError and the like for anything else."""
    return Accruals(
        period=_period(told["period"]),
        currency=str(told["currency"]),
        people=tuple(
            PersonAccrual(
                str(one["person_id"]), str(one["component"]), _period(one["window"]),
                str(one["currency"]), *(Decimal(one[name]) for name in _AMOUNTS),
            )
            for one in told["people"]
        ),
        names={},
        **{name: Decimal(told[name]) for name in ("accrued", "low", "high")},
        by_component=tuple((str(name), Decimal(amount)) for name, amount in told["by_component"]),
        earlier=tuple(
            Track(
                period=_period(one["period"]),
                accrued=Decimal(one["accrued"]),
                right=Decimal(one["right"]),
                expected=Decimal(one["expected"]),
                came=Decimal(one["came"]),
                lines=tuple((str(who), str(what), Decimal(sum)) for who, what, sum in one["lines"]),
            )
            for one in told["earlier"]
        ),
        left_out=tuple(
            Problem(str(one["where"]), str(one["what"]), str(one["fix"]))
            for one in told["left_out"]
        ),
    )  # fmt: skip


def _period(told: dict[str, str]) -> Period:
    start, end = date.fromisoformat(told["start"]), date.fromisoformat(told["end"])
    return Period(start, end, str(told["label"]))


_AMOUNTS = ("expected", "recognised", "earned", "accrued", "low", "high", "booked")
