"""What has to be so before somebody does something with a version, in words where it is not."""

from datetime import date

from pydantic import BaseModel

from wald.actions.four_eyes import must_be_apart
from wald.documents.document import DocumentType, document_types
from wald.documents.four_eyes import one_with
from wald.documents.proposal import override_problems
from wald.documents.reading import Written, read
from wald.documents.version import State, Version
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput, Problem, Stale
from wald.kernel.workspace import Workspace
from wald.queries.document_sight import told_in
from wald.records.stores.delegations import pairs_on
from wald.records.stores.users import names_with_role

_LONGEST_ANSWER = 4000


def must_be_another(workspace: Workspace, version: Version, name: str, on: date) -> None:
    """Raise NotAllowed if `name` is one with those who wrote a version: four eyes see it."""
    writers = (version.author, *version.editors)
    must_be_apart(workspace, writers, name, on, f"wrote on {title_of(version)}")


def read_text(text: str) -> tuple[Written, DocumentType[BaseModel]]:
    types = document_types()
    reading = read(text, types)
    if reading.written is None:
        raise BadInput("The document cannot be kept as it is.", reading.problems)
    return reading.written, types[reading.written.type]


def must_fit(
    type: DocumentType[BaseModel], version: Version, versions: tuple[Version, ...]
) -> None:
    """Raise BadInput if an override does not fit the organization's versions of its days."""
    if version.unit == "":
        return
    findings = read(version.text, document_types()).findings
    problems = override_problems(type, version, versions, findings)
    if problems:
        whose = f"The override of {version.unit}"
        raise BadInput(f"{whose} is outside of what the organization allows.", problems)


def must_be(version: Version, states: set[State], revision: int, done: str) -> None:
    if version.state not in states:
        told = version.state.value.replace("_", " ")
        sentence = f"{title_of(version)} cannot be {done}: its state is {told}."
        raise Stale(sentence, [state_told(version)])
    must_be_fresh(version, revision)


def must_be_fresh(version: Version, revision: int | None) -> None:
    if revision == version.revision:
        return
    if revision is not None and revision > version.revision:
        problem = Problem("version", f"there is no revision {revision}", "give the one you read")
        raise BadInput(f"{title_of(version)} is at revision {version.revision}.", [problem])
    raise Stale(
        f"{title_of(version)} has changed since you read it; look again, then decide.",
        [state_told(version)],
    )


def state_told(version: Version) -> str:
    state = version.state.value.replace("_", " ")
    writers = ", ".join(version.editors)
    return f"it is at revision {version.revision}, {state}, written by {writers}"


def given_answer(text: str, where: str, *, is_required: bool) -> str:
    told = text.replace("\0", "").strip()
    if is_required and not told:
        problem = Problem(where, "it is missing", "say why; the writer reads it")
        raise BadInput("Say why.", [problem])
    if len(told) > _LONGEST_ANSWER:
        problem = Problem(
            where, f"it has {len(told):,} characters", f"stay below {_LONGEST_ANSWER:,}"
        )
        raise BadInput("This is too long.", [problem])
    return told


def approvers_of(workspace: Workspace, version: Version, on: date) -> tuple[str, ...]:
    """Return who may approve a version, by name."""
    names: list[str] = []
    tells_pay = bool(told_in(version, database=workspace.database))
    for role in Role:
        sees = "pay.read_all" in GRANTS[role] or not tells_pay
        if "documents.approve" in GRANTS[role] and sees and role is not Role.ADMINISTRATOR:
            names += names_with_role(role, database=workspace.database)
    pairs = pairs_on(on, database=workspace.database)
    return tuple(name for name in names if one_with(name, version.editors, pairs) is None)


def title_of(version: Version) -> str:
    whose = f" of {version.unit}" if version.unit else ""
    return f"{version.type.replace('_', ' ')} {version.name}{whose}, version {version.number}"
