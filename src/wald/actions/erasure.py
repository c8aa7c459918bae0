"""Erase a person: their key, their access, and their name wherever it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import erasure, sealing, users

_SHORTEST = 3  # characters of a spelling: shorter ones stand in many words


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of the records: rows changed by table; what was kept, with the reason."""

    pseudonym: str
    changed: Mapping[str, int]
    kept: tuple[tuple[str, int, str], ...]  # column, rows, why


def erase_person(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    why: str,
    at: datetime,
    also: Sequence[str] = (),
) -> Erased:
    """Make a user unknown for ever; `also` are other spellings, such as the full name.

    What the journal says of them is sealed for ever and the chain still verifies. What they did
    stands under a pseudonym. Raises BadInput, Refusal if nobody has that name, NotAllowed for
    oneself.
    """
    actor.must("people.erase")
    _must_be_right(actor, name, why, also)
    database = workspace.database
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="people.erase",
        action="person.erase",
    ) as entry:
        if not users.has_user(name, database=database) and not _is_known(name, database):
            raise Refusal(f"There is no user {name!r}; `wald users list` shows who there is.")
        subject, _ = sealing.subject_of(name, database=database)
        email = erasure.email_of(name, database=database)
        spellings = tuple(dict.fromkeys(filter(None, (*_distinct(name), email, *also))))
        terms = erasure.Terms(name, spellings, sealing.pseudonym(subject))
        changed, left = erasure.rewrite(terms, database=database)
        sealing.destroy_key(name, database=database, at=at)
        kept = tuple((place, rows, erasure.KEPT[place]) for place, rows in left.items())
        entry.about = f"subject:{subject}"
        entry.why = terms.reworded(why).replace(name, terms.pseudonym)
        entry.after = {"changed": changed, "kept": {place: rows for place, rows, _ in kept}}
    erasure.sweep(database=database)
    return Erased(terms.pseudonym, changed, kept)


def _must_be_right(actor: Actor, name: str, why: str, also: Sequence[str]) -> None:
    problems = [
        Problem("also", f"{word!r} is short and stands in many words", "give a longer one")
        for word in also
        if len(word.strip()) < _SHORTEST
    ]
    if not why.strip():
        problems.append(Problem("why", "it is empty", "say who asked for it, and on what ground"))
    if problems:
        raise BadInput("Nobody was erased.", problems)
    if name == actor.name:
        raise NotAllowed("Somebody else has to erase you, so that it can be said who did it.")


def _is_known(name: str, database: str) -> bool:
    return bool(sealing.known_subject(name, database=database))


def _distinct(name: str) -> tuple[str, ...]:
    """A name that is only letters may be a word of the language: it is no spelling."""
    return () if name.isalpha() else (name,)
