"""What a released run paid, contract by contract, kept on disk: it never changes, and reading it
from the facts takes seconds. What is kept can be deleted any time.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from os import getpid
from pathlib import Path
from threading import get_ident

from wald.heart.compensation.contract_costs import Spent
from wald.kernel.workspace import Workspace
from wald.queries.kept import OF_RUNS
from wald.queries.pay_basis import engine_version, hash_of
from wald.records.stores.pay import KeptRun

InCurrency = tuple[str, Spent]  # an amount, and the currency that it is in
_FORM = 1  # of the file: another one is not read


def kept_spent(
    workspace: Workspace, run: KeptRun, make: Callable[[], Iterable[InCurrency]]
) -> tuple[InCurrency, ...]:
    """Return what a run paid as it is kept, or make and keep it."""
    path = _path(workspace, run)
    with suppress(OSError, ValueError):
        return tuple(_read(one) for one in json.loads(path.read_text("utf-8")))
    made = tuple(make())
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{getpid()}-{get_ident()}")
        draft.write_text(json.dumps([_told(currency, one) for currency, one in made]), "utf-8")
        draft.replace(path)
    return made


def _path(workspace: Workspace, run: KeptRun) -> Path:
    """Return a file named after everything that decides what is in it."""
    decides = {
        "inputs": run.inputs_hash,
        "results": run.results_hash,
        "engine": engine_version(),
        "form": _FORM,
    }
    return workspace.cache / OF_RUNS / f"{run.run_id}-{hash_of(decides)[:24]}.json"


def _told(currency: str, one: Spent) -> list[object]:
    weights = {key: str(amount) for key, amount in one.weights.items()}
    return [
        currency, one.run_id, one.person_id, one.component, one.earned_on.isoformat(),
        str(one.amount), weights, one.follows,
    ]  # fmt: skip


def _read(told: list[object]) -> InCurrency:
    """Read what `_told` has written. Raises ValueError for anything else."""
    match told:
        case [str(currency), int(run_id), str(person_id), str(component), str(day), str(amount),
              dict(weights), list() | None as follows]:  # fmt: skip
            parts = {str(key): Decimal(str(each)) for key, each in weights.items()}
            names = None if follows is None else tuple(str(each) for each in follows)
            earned_on = date.fromisoformat(day)
            spent = Spent(run_id, person_id, component, earned_on, Decimal(amount), parts, names)
            return currency, spent
    raise ValueError("it was not written here")
