"""The credits of a run by person, with all that can be said of them, kept beside it for statements.

A statement names every deal it stands on, and to find those of one person means to read all
bookings. So a run leaves a file that is sorted by person; what it rests on never changes. The file
is no layer: no hash rests on it, no backup carries it, and it can be deleted any time. Without it,
and where it cannot be read, credits are read from the facts. Whoever asks here has asked for
rights before.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.engine.by_person import rows_of_person
from wald.engine.connect import shared
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.settings import terms_of
from wald.heart.compensation.crediting import HELD
from wald.heart.compensation.measuring import COLUMNS
from wald.heart.compensation.plan_currency import union
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.language.write import write
from wald.queries.kept import OF_RUNS
from wald.queries.pay_basis import basis_of, engine_version, hash_of, pinned
from wald.records.stores import pay as store
from wald.records.stores.pay import KeptRun, State

CreditsOf = Callable[[str, str], pa.Table | None]  # of a person, by a version; None: not kept
log = logging.getLogger("wald.pay")
_FORM = 1  # of the file: another one is not read
# Its columns beside those of credits: the version, and the opportunity that the deal came from.
_VERSION, _CAME = _BESIDE = ("plan_version", "opportunity_id")
_DEAL = ["booking_id", _CAME]
_MOST = 12  # runs, the newest ones
_END, _UNFINISHED = ".parquet", ".unfinished"


@dataclass(frozen=True, slots=True)
class Said:
    """The SELECT of all that can be said of the credits of a version, and whose they are."""

    version: str
    persons: frozenset[str]
    credits: exp.Select


@dataclass(slots=True)
class KeptCredits:
    """The file of a run; `opportunities`: where the deals came from whose credits were read."""

    path: Path
    opportunities: dict[str, str] = field(default_factory=dict)

    def of(self, person_id: str, version: str) -> pa.Table | None:
        """Return somebody's credits by a version of a plan; None where they cannot be read."""
        try:
            rows = rows_of_person(self.path, person_id)
            if {*rows.column_names} != {*COLUMNS, HELD, *_BESIDE}:
                raise ValueError("it has other columns")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, pa.ArrowException) as why:
            self.drop(str(why))
            return None
        rows = rows.filter(pc.equal(rows.column(_VERSION), version))
        pairs = zip(*(rows.column(name).to_pylist() for name in ("deal_id", _CAME)), strict=True)
        self.opportunities |= {deal: came for deal, came in pairs if came is not None}
        return rows.drop_columns([*_BESIDE])

    def drop(self, why: str) -> None:
        """Delete the file, and say why: from now on credits are read from the facts."""
        log.warning("%s is deleted, statements of its run take longer now: %s", self.path, why)
        with suppress(OSError):
            self.path.unlink()


def kept_credits(workspace: Workspace, run: KeptRun) -> KeptCredits | None:
    """Return the file of a run, None where there is none."""
    path = _path(workspace, run)
    return KeptCredits(path) if path.exists() else None


def keep_credits(workspace: Workspace, run: KeptRun, said: Sequence[Said]) -> None:
    """Write the file of a run; where that cannot be done, statements take longer.

    Files of runs that do not count any more, and of old ones, are deleted.
    """
    path, engine = _path(workspace, run), shared("", workspace.facts)
    if not said or engine.save is None:
        return
    basis = basis_of(run.inputs)
    stored = pinned(basis, database=workspace.database, root=workspace.facts)
    engine.attach(stored)
    deals = Scene(stored, AsOf(run.ends_on), terms_of(basis.settings)).table("booking", _DEAL)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path.parent, _counting(workspace))
        draft = path.with_suffix(_UNFINISHED)
        engine.save(write(_sorted(said, deals), engine.dialect), draft)
        draft.replace(path)
    except OSError as why:
        log.warning("What statements say of pay run %s was not kept: %s", run.run_id, why)


def _sorted(said: Sequence[Said], deals: exp.Select) -> exp.Select:
    """Return the credits of all versions, each with the opportunity that its deal came from."""
    columns = [*COLUMNS, HELD]
    parts = (
        exp.select(exp.alias_(exp.Literal.string(one.version), _VERSION), *columns)
        .from_(one.credits.subquery("credit", copy=False), copy=False)
        .where(among(exp.column("person_id"), one.persons), copy=False)
        for one in said
    )
    whole, came = union(parts).subquery("said", copy=False), deals.subquery("deal", copy=False)
    on = exp.column("deal_id", "said").eq(exp.column(_DEAL[0], "deal"))
    names = [exp.column(name, "said") for name in (_VERSION, *columns)]
    found = exp.select(*names, exp.column(_CAME, "deal")).from_(whole, copy=False)
    found = found.join(came, on=on, join_type="left", copy=False)
    return found.order_by("person_id", _VERSION, "credited_on", "credit_id", "rule", "kind")


def _path(workspace: Workspace, run: KeptRun) -> Path:
    """Return a file named after everything that decides what is in it."""
    decides = {
        "inputs": run.inputs_hash,
        "results": run.results_hash,
        "known": basis_of(run.inputs).known.isoformat(),
        "engine": engine_version(),
        "form": _FORM,
    }
    return workspace.cache / OF_RUNS / f"{run.run_id}-{hash_of(decides)[:24]}{_END}"


def _counting(workspace: Workspace) -> frozenset[str]:
    """Return the numbers of the newest runs whose statements are read."""
    states = (State.DRAFT, State.RELEASED)
    runs = store.list_runs(database=workspace.database, states=states, limit=_MOST)
    return frozenset(str(one.run_id) for one in runs)


def _clear(folder: Path, numbers: Collection[str]) -> None:
    for file in folder.iterdir():
        number = file.name.partition("-")[0]
        if file.suffix == _UNFINISHED or (file.suffix == _END and number not in numbers):
            file.unlink(missing_ok=True)
