"""Overrides that need somebody become cases, each finding once: by hand and in the daily check."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel

from wald.actions.cases import open_case, worker_problems
from wald.documents.document import DocumentType, document_types
from wald.documents.drift import Finding, conflicts, to_look_at
from wald.documents.version import State
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.document_sight import told_in
from wald.records.stores import documents as store

_LONGEST_TITLE = 300
_LONGEST_SENTENCE = 1000


def check_overrides(
    *, actor: Actor, workspace: Workspace, at: datetime, names: Sequence[tuple[str, str]] = ()
) -> tuple[int, ...]:
    """Open a case for every override that is expired, outside its bounds, or says what holds
    anyway; `names` are types and names, none of them: all. Returns the new cases' numbers.

    What was told once is not told again, even if its case is closed.
    """
    actor.must("cases.open")
    actor.must("documents.read")
    opened: list[int] = []
    types = document_types()
    for key, name in names or store.overridden_names(database=workspace.database):
        type = types.get(key)
        if type is not None:
            versions = store.versions_of(key, name, database=workspace.database)
            findings = to_look_at(type, versions, at.date())
            opened += _open(findings, actor=actor, workspace=workspace, at=at)
    return tuple(opened)


def open_conflicts(
    *,
    actor: Actor,
    workspace: Workspace,
    type: DocumentType[BaseModel],
    version_id: int,
    at: datetime,
) -> tuple[int, ...]:
    """Open a case for every override that a version of the organization, just approved, is
    in conflict with."""
    actor.must("documents.approve")
    central = store.find_version(version_id, database=workspace.database)
    if central is None or central.state is not State.APPROVED:
        return ()
    versions = store.versions_of(central.type, central.name, database=workspace.database)
    found = conflicts(type, central, versions)
    links = (f"version:{version_id}",)
    return tuple(_open(found, actor=actor, workspace=workspace, at=at, links=links))


def fingerprint_of(finding: Finding) -> str:
    """Return what makes a finding the same tomorrow: which override, why, which value."""
    told = f"{finding.override.version_id} {finding.why.name} {finding.path}"
    return f"override:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _told(finding: Finding, workspace: Workspace) -> str:
    """Return the finding in a sentence; without a figure where that is private like pay, as cases
    are read by people who may not see it."""
    if not told_in(finding.override, database=workspace.database):
        return finding.sentence
    return f"{finding.override.unit}: {finding.path or 'the override'} is {finding.why.value}"


def _open(
    findings: Iterable[Finding],
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    links: Sequence[str] = (),
) -> list[int]:
    """Open a case for each finding that none was opened for before."""
    by_mark = {fingerprint_of(one): one for one in findings}
    had = store.had_cases(by_mark, database=workspace.database)
    opened = []
    for mark, one in by_mark.items():
        if mark in had:
            continue
        override = one.override
        sentence = " ".join(_told(one, workspace).split())[:_LONGEST_SENTENCE]
        is_worker = not worker_problems("assignee", override.owner, workspace)
        opened.append(
            open_case(
                actor=actor,
                workspace=workspace,
                kind="task",
                title=f"{override.name}, {sentence}"[:_LONGEST_TITLE],
                at=at,
                assignee=override.owner if is_worker else "",
                unit=override.unit,
                links=(override.about, f"version:{override.version_id}", *links),
                body={"text": f"{sentence}. The override is of {override.owner}."},
                fingerprint=mark,
            )
        )
    return opened
