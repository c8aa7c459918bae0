"""What people do with documents: write a draft, submit it, approve it, send it back, withdraw it.

Who wrote on a draft does not approve it, nor does anybody who stands in for them, or for whom
they stand in. Approving names the revision that was read, so nobody approves what they did not
see. Every write about documents is here; cases about overrides are opened by `overrides.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from wald.actions.act import Entry, act
from wald.actions.document_checks import (
    approvers_of,
    given_answer,
    must_be,
    must_be_another,
    must_be_fresh,
    must_fit,
    read_text,
    state_told,
    title_of,
)
from wald.actions.overrides import open_conflicts
from wald.documents.comparison import in_words
from wald.documents.document import DocumentType
from wald.documents.proposal import as_version
from wald.documents.reading import Written
from wald.documents.version import OPEN, State, Version, about
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, Problem, Stale
from wald.kernel.workspace import Workspace
from wald.queries.document_sight import is_private, must_read, pay_told_in
from wald.queries.documents import NoSuchVersion, latest, may_write, must_write
from wald.records.stores import documents as store


@dataclass(frozen=True, slots=True)
class Drafted:
    """The version that holds the text now; `is_new` says whether anything was written."""

    version: Version
    is_new: bool


def draft(
    *,
    actor: Actor,
    workspace: Workspace,
    text: str,
    at: datetime,
    version_id: int | None = None,
    revision: int | None = None,
) -> Drafted:
    """Keep a text as the draft of its document. The same text again writes nothing.

    An open draft is replaced: that of `version_id`, as it was read with `revision`; without
    these only one on which the actor wrote alone. Raises BadInput with every Problem, NotAllowed,
    NoSuchVersion, Stale where somebody wrote in between, Conflict where the draft is another's.
    """
    must_write(actor)
    written, type = read_text(text)
    must_write(actor, written.unit)
    must_read(actor, written, database=workspace.database)
    versions = store.versions_of(written.type, written.name, database=workspace.database)
    for version in versions:
        if version.unit == written.unit:
            must_read(actor, version, database=workspace.database)
    same = _same(versions, written)
    if same is not None and version_id in (None, same.version_id):
        return Drafted(same, is_new=False)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission=_permission(actor),
        action="document.draft",
        about=about(written.type, written.name, written.unit),
        why=written.reason,
    ) as entry:
        entry.pay_of = pay_told_in(written, database=workspace.database)
        versions = store.versions_of(written.type, written.name, database=workspace.database)
        must_fit(type, as_version(written, actor.name, at), versions)
        own = [version for version in versions if version.unit == written.unit]
        before = _to_replace(actor, workspace, own, version_id, revision)
        holding = latest(own, State.APPROVED)
        if before is None:
            made = store.add_draft(
                written,
                author=actor.name,
                at=at,
                based_on=holding.version_id if holding else None,
                database=workspace.database,
            )
        else:
            made = store.change_draft(before, written, by=actor.name, database=workspace.database)
            entry.before = _told(before)
        entry.about = _about(made)
        entry.after = _told(made) | {"changes": list(in_words(type, holding, made))}
    return Drafted(made, is_new=True)


def submit(
    *, actor: Actor, workspace: Workspace, version_id: int, revision: int, at: datetime
) -> Version:
    """Ask for the approval of a draft as it was read. Raises BadInput, Conflict, Stale."""
    must_write(actor)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission=_permission(actor),
        action="document.submit",
    ) as entry:
        version = _locked(actor, workspace, version_id)
        must_write(actor, version.unit)
        must_be(version, {State.DRAFT, State.SENT_BACK}, revision, "submitted")
        _check_again(version, workspace)
        store.submit(version, at=at, database=workspace.database)
        _tell(entry, version, State.IN_REVIEW, workspace)
        approvers = approvers_of(workspace, version, at.date())
        entry.tell(approvers, f"To approve: {title_of(version)}", version.address)
        entry.emit("document.submitted", _event(version))
    return _found(workspace, version_id)


def approve(
    *,
    actor: Actor,
    workspace: Workspace,
    version_id: int,
    revision: int,
    at: datetime,
    why: str = "",
) -> Version:
    """Let a version hold from its first day on. Raises NotAllowed to one of its writers or who
    is one with them by delegation, BadInput where it no longer fits, Conflict, Stale."""
    actor.must("documents.approve")
    answer = given_answer(why, "why", is_required=False)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="documents.approve",
        action="document.approve",
        why=answer,
    ) as entry:
        version = _locked(actor, workspace, version_id)
        must_be_another(workspace, version, actor.name, at.date())
        must_be(version, {State.IN_REVIEW}, revision, "approved")
        type = _check_again(version, workspace)
        store.approve(version, at=at, by=actor.name, database=workspace.database)
        _tell(entry, version, State.APPROVED, workspace)
        hearing = (*version.editors, version.owner)
        entry.tell(hearing, f"Approved: {title_of(version)}", version.address)
        entry.emit("document.approved", _event(version))
        if version.unit == "":
            open_conflicts(
                actor=actor, workspace=workspace, type=type, version_id=version_id, at=at
            )
    return _found(workspace, version_id)


def send_back(
    *,
    actor: Actor,
    workspace: Workspace,
    version_id: int,
    revision: int,
    answer: str,
    at: datetime,
) -> Version:
    """Give a version that waits for approval back to its writers, saying why."""
    actor.must("documents.approve")
    told = given_answer(answer, "reason", is_required=True)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="documents.approve",
        action="document.send_back",
        why=told,
    ) as entry:
        version = _locked(actor, workspace, version_id)
        must_be(version, {State.IN_REVIEW}, revision, "sent back")
        store.send_back(version, answer=told, database=workspace.database)
        _tell(entry, version, State.SENT_BACK, workspace)
        entry.tell(version.editors, f"Sent back: {title_of(version)}", version.address)
        entry.emit("document.sent_back", _event(version))
    return _found(workspace, version_id)


def withdraw(
    *,
    actor: Actor,
    workspace: Workspace,
    version_id: int,
    revision: int,
    answer: str,
    at: datetime,
) -> Version:
    """Take back a draft, or an approved version that does not hold yet, saying why."""
    if not actor.may("documents.approve"):
        must_write(actor)
    told = given_answer(answer, "reason", is_required=True)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="documents.approve" if actor.may("documents.approve") else _permission(actor),
        action="document.withdraw",
        why=told,
    ) as entry:
        version = _locked(actor, workspace, version_id)
        must_be(version, {*OPEN, State.APPROVED}, revision, "withdrawn")
        _may_withdraw(actor, version, at.date())
        store.withdraw(version, at=at, by=actor.name, answer=told, database=workspace.database)
        _tell(entry, version, State.WITHDRAWN, workspace)
        hearing = (*version.editors, version.owner, version.approved_by)
        entry.tell(hearing, f"Withdrawn: {title_of(version)}", version.address)
        entry.emit("document.withdrawn", _event(version))
    return _found(workspace, version_id)


def _check_again(version: Version, workspace: Workspace) -> DocumentType[BaseModel]:
    """Hold a kept text against what holds now; what it rests on may have changed."""
    _, type = read_text(version.text)
    versions = store.versions_of(version.type, version.name, database=workspace.database)
    must_fit(type, version, versions)
    return type


def _same(versions: tuple[Version, ...], written: Written) -> Version | None:
    """Return the newest version if it says exactly this already."""
    own = [v for v in versions if v.unit == written.unit and v.state is not State.WITHDRAWN]
    newest = max(own, key=lambda version: version.number, default=None)
    return newest if newest is not None and newest.text == written.text else None


def _to_replace(
    actor: Actor,
    workspace: Workspace,
    own: list[Version],
    version_id: int | None,
    revision: int | None,
) -> Version | None:
    """Return the open version that the text replaces, if there is one."""
    is_open = next((version for version in own if version.state in OPEN), None)
    if version_id is None:
        if is_open is None or set(is_open.editors) == {actor.name}:
            return is_open
        raise Conflict(
            f"{title_of(is_open)} is a draft of {is_open.author}; change that one (version id "
            f"{is_open.version_id}, revision {is_open.revision}), or have it withdrawn first."
        )
    if is_open is None or is_open.version_id != version_id:
        kept = _found(workspace, version_id)
        if kept.state not in OPEN:
            raise Stale(f"{title_of(kept)} can no longer be changed.", [state_told(kept)])
        what = f"the text is not of {title_of(kept)}"
        problem = Problem("name", what, "keep document, name and unit")
        raise BadInput("This is another document.", [problem])
    must_be_fresh(is_open, revision)
    return is_open


def _may_withdraw(actor: Actor, version: Version, on: date) -> None:
    if version.state is State.APPROVED:
        actor.must("documents.approve")
        if version.starts_on <= on:
            raise Conflict(
                f"{title_of(version)} holds since {version.starts_on}; what held is not taken "
                "back: draft a new version."
            )
    elif not may_write(actor, version.unit):
        must_write(actor, version.unit)


def _locked(actor: Actor, workspace: Workspace, version_id: int) -> Version:
    version = store.find_version(version_id, database=workspace.database, lock=True)
    if version is None:
        raise NoSuchVersion(f"There is no version {version_id}.")
    must_read(actor, version, database=workspace.database)
    return version


def _found(workspace: Workspace, version_id: int) -> Version:
    version = store.find_version(version_id, database=workspace.database)
    if version is None:
        raise NoSuchVersion(f"There is no version {version_id}.")
    return version


def _permission(actor: Actor) -> str:
    return "documents.draft" if actor.may("documents.draft") else "documents.override"


def _told(version: Version) -> dict[str, object]:
    return {
        "version": version.version_id,
        "number": version.number,
        "revision": version.revision,
        "state": version.state.value,
        "text": version.text,
    }


def _about(version: Version) -> str:
    """Return what an entry is about, which stands in the open: of pay, a number and no name."""
    return f"version:{version.version_id}" if is_private(version.type) else version.about


def _tell(entry: Entry, version: Version, state: State, workspace: Workspace) -> None:
    entry.about = _about(version)
    entry.pay_of = pay_told_in(version, database=workspace.database)
    before: Mapping[str, object] = {"state": version.state.value}
    entry.before = before
    entry.after = {
        "version": version.version_id,
        "revision": version.revision,
        "state": state.value,
    }


def _event(version: Version) -> dict[str, object]:
    return {
        "type": version.type,
        "name": "" if is_private(version.type) else version.name,
        "unit": version.unit,
        "version": version.version_id,
        "number": version.number,
        "starts_on": version.starts_on.isoformat(),
    }
