"""What a pay run rests on: which loads, which versions of documents, which holds.

Everything that decides a result stands in a basis, and a run keeps it: so a run can be computed
again years later, and two bases can be mixed, kind by kind, to see which kind changed what.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

from wald.documents.in_force import is_known
from wald.documents.version import Version
from wald.facts.parts import Snapshot
from wald.facts.settings import Settings
from wald.facts.tables import TABLES
from wald.facts.terms import RateRule
from wald.heart.compensation.eligibility import DatedPlan
from wald.heart.compensation.result import Cause
from wald.kernel.workspace import Workspace
from wald.records.stores import documents, pay_entries
from wald.records.stores.loads import snapshot
from wald.records.stores.pay_entries import Held, Hold
from wald.records.stores.settings import load_settings

# Fact tables by the kind of change they make; all others are data.
_KIND_OF: Mapping[str, Cause] = {
    "booking_split": Cause.SPLIT,
    "person": Cause.HIERARCHY,
    "exchange_rate": Cause.FX,
    "quota": Cause.PLAN,
}
PLANS, TERMS = "compensation_plan", "pay_terms"  # types of documents


@dataclass(frozen=True, slots=True)
class Basis:
    """Loads by the kind of facts they count for, documents by version, deals held back.

    `known`: when it was drawn up; of documents what was known then counts. `tried`: plans that
    are tried instead of those of the documents, never in a run.
    """

    known: datetime
    data: frozenset[int]
    split: frozenset[int]
    hierarchy: frozenset[int]
    fx: frozenset[int]
    quotas: frozenset[int]
    documents: tuple[tuple[int, str], ...]  # number of the version, SHA-256 of its text
    held_deals: tuple[str, ...]
    settings: Settings
    engine: str  # version of Wald
    tried: tuple[DatedPlan, ...] | None = None

    def with_kind(self, cause: Cause, other: "Basis") -> "Basis":
        """Return this basis with one kind of input as `other` has it."""
        fields = _FIELDS[cause]
        return replace(self, **{name: getattr(other, name) for name in fields})

    def differs(self, cause: Cause, other: "Basis") -> bool:
        names = [name for name in _FIELDS[cause] if name != "known"]
        return any(getattr(self, name) != getattr(other, name) for name in names)


_FIELDS: Mapping[Cause, tuple[str, ...]] = {
    Cause.DATA: ("data",),
    Cause.SPLIT: ("split",),
    Cause.HIERARCHY: ("hierarchy",),
    Cause.FX: ("fx",),
    Cause.PLAN: ("quotas", "documents", "settings", "known"),
    Cause.MANUAL: ("held_deals",),
    Cause.ENGINE: ("engine",),
}


def engine_version() -> str:
    return f"wald {version('wald')}"


def basis_now(workspace: Workspace, *, last_day: date, at: datetime) -> Basis:
    """Return what a run of a period that ends with `last_day` rests on now."""
    stored = snapshot(database=workspace.database, root=workspace.facts)
    bringing: dict[Cause, set[int]] = {}
    for load in stored.visible:
        if not load.known_at(at):
            continue
        for part in load.parts:
            bringing.setdefault(_KIND_OF.get(part.table, Cause.DATA), set()).add(load.load_id)
    loads = {cause: frozenset(bringing.get(cause, ())) for cause in Cause}
    return Basis(
        known=at,
        data=loads[Cause.DATA],
        split=loads[Cause.SPLIT],
        hierarchy=loads[Cause.HIERARCHY],
        fx=loads[Cause.FX],
        quotas=loads[Cause.PLAN],
        documents=tuple(
            (one.version_id, hashlib.sha256(one.text.encode()).hexdigest())
            for one in pay_documents(workspace)
            if is_known(one, at)
        ),
        held_deals=tuple(
            sorted({hold.subject for hold in holds_in(workspace, last_day, at)[Held.DEAL]})
        ),
        settings=load_settings(database=workspace.database),
        engine=engine_version(),
    )


def holds_in(workspace: Workspace, last_day: date, at: datetime) -> dict[Held, tuple[Hold, ...]]:
    """Return the holds that hold in a run, by what they are on."""
    found = pay_entries.list_holds(database=workspace.database)
    held = [hold for hold in found if hold.holds(last_day, at)]
    return {kind: tuple(hold for hold in held if hold.kind is kind) for kind in Held}


def pay_documents(workspace: Workspace) -> tuple[Version, ...]:
    """Return every version of plans, of the organization and of units, and of terms: by type,
    name, unit and number."""
    database = workspace.database
    found: list[Version] = []
    for type in (PLANS, TERMS):
        names = {name for _, _, name, _ in documents.documents_like(type=type, database=database)}
        units = None if type == PLANS else [""]
        for name in sorted(names):
            versions = documents.versions_of(type, name, units=units, database=database)
            found += sorted(versions, key=lambda one: (one.unit, one.number))
    return tuple(found)


def pinned(basis: Basis, *, database: str, root: Path) -> Snapshot:
    """Return the facts of a basis: of each table exactly its loads."""
    stored = snapshot(database=database, root=root)
    of_cause = {
        Cause.SPLIT: basis.split,
        Cause.HIERARCHY: basis.hierarchy,
        Cause.FX: basis.fx,
        Cause.PLAN: basis.quotas,
    }
    return replace(
        stored,
        pinned=tuple(
            (name, of_cause[_KIND_OF[name]] if name in _KIND_OF else basis.data) for name in TABLES
        ),
    )


def as_json(basis: Basis) -> dict[str, object]:
    """Return a basis as JSON; `basis_of` reads it back."""
    settings = asdict(basis.settings) | {"rate_rule": basis.settings.rate_rule.value}
    settings["custom_years"] = [
        [number, [day.isoformat() for day in days]] for number, days in basis.settings.custom_years
    ]
    return {
        "known": basis.known.isoformat(),
        "loads": {
            name: sorted(getattr(basis, name))
            for name in ("data", "split", "hierarchy", "fx", "quotas")
        },
        "documents": [[number, sha256] for number, sha256 in basis.documents],
        "held_deals": list(basis.held_deals),
        "settings": settings,
        "engine": basis.engine,
    }


def basis_of(inputs: Mapping[str, object]) -> Basis:
    """Read the basis that a run kept."""
    told = json.loads(json.dumps(inputs["basis"]))
    settings = told["settings"]
    years = tuple(
        (int(number), tuple(date.fromisoformat(day) for day in days))
        for number, days in settings["custom_years"]
    )
    loads = {name: frozenset(numbers) for name, numbers in told["loads"].items()}
    return Basis(
        known=datetime.fromisoformat(told["known"]),
        data=loads["data"],
        split=loads["split"],
        hierarchy=loads["hierarchy"],
        fx=loads["fx"],
        quotas=loads["quotas"],
        documents=tuple((int(number), str(sha256)) for number, sha256 in told["documents"]),
        held_deals=tuple(told["held_deals"]),
        settings=Settings(
            **settings | {"rate_rule": RateRule(settings["rate_rule"]), "custom_years": years}
        ),
        engine=told["engine"],
    )


def hash_of(value: Mapping[str, object]) -> str:
    """Return SHA-256 over JSON in its one form."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def hash_of_layers(hashes: Mapping[str, str], names: Iterable[str]) -> str:
    return hash_of({name: hashes[name] for name in names})
