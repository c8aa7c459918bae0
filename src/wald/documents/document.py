"""What a type of document is: the shape of what we agree, what makes sense of it, an example.

A shape is a frozen pydantic model of single values, lists of single values, further models, and
lists of entries. An entry is a model or dataclass whose first field is its key, so that
`rules.finance.discount_above` names one value of one entry, in texts and in overrides. A further
model that may be left out (`Terms | None`) is one of a choice: a form shows those in use.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from wald.documents.plain import shown
from wald.kernel.catalogue import collect
from wald.kernel.problem import Problem

S = TypeVar("S", bound=BaseModel)


def plain_words(path: str, value: object) -> tuple[str, str]:
    """Return what is said of a value where its type has no better words: a label, the value."""
    return f"{path}:", shown(value)


def plain_names(path: str, key: str) -> tuple[str, str]:
    """Return what a list, by its path, and one of its entries are called in sentences."""
    return path, key


def as_it_was(content: Mapping[str, object], schema: int) -> Mapping[str, object]:
    """Upgrade nothing: for a type that has had one schema."""
    return content


def no_warnings(content: object) -> Iterable[Problem]:
    """Return nothing: for a type of which whatever makes sense is as good as anything else."""
    return ()


def tells_of_nobody(
    content: Mapping[str, object], agreed: Iterable[Mapping[str, object]]
) -> Iterable[str]:
    """Return nobody: for a type that tells no figure of a person's."""
    return ()


def anything_local(path: str, content: object, unit: str) -> str:
    """Return "": for a type of which units may change whatever the organization lets them."""
    return ""


@dataclass(frozen=True, slots=True)
class DocumentType(Generic[S]):
    """`check` finds what is wrong with the meaning, places as paths like `rules[0].total_above`;
    `tell` says a value in words, as a label and the value: ("finance approves above", "30 %");
    `names` says what a list and an entry of it are called, by the list's path and the key;
    `warnings` finds what makes sense and may not be meant: it is told, and keeps nothing back;
    `pay_of` names the field that says whose pay the content tells: then only they read it, and
    who may see everybody's pay; it has no overrides;
    `tells_of` gives the persons, by key, whose figures content tells that are private like pay; of
    an override also those whom the entries it changes are about, by the organization's contents;
    `not_local` says why a unit may not change a value, by its path, what the organization agreed
    on and the unit, "" for any; it says "" if the unit may, within the organization's bounds;
    `upgrade` brings content of an older schema, whole or in part, to the present one."""

    key: str
    title: str
    shape: type[S]
    check: Callable[[S], Iterable[Problem]]
    summary: Callable[[S], str]
    example: S
    source: str
    tell: Callable[[str, object], tuple[str, str]] = plain_words
    names: Callable[[str, str], tuple[str, str]] = plain_names
    warnings: Callable[[S], Iterable[Problem]] = no_warnings
    pay_of: str = ""
    tells_of: Callable[[Mapping[str, object], Iterable[Mapping[str, object]]], Iterable[str]] = (
        tells_of_nobody
    )
    not_local: Callable[[str, S, str], str] = anything_local
    schema: int = 1
    upgrade: Callable[[Mapping[str, object], int], Mapping[str, object]] = as_it_was


def document_types(package: str = "wald.agreements") -> Mapping[str, DocumentType[BaseModel]]:
    """Return every type of document of `package` by key."""
    return collect(package, DocumentType, "DOCUMENT")
