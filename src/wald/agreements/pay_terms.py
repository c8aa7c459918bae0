"""Pay terms: what one person has of their own, a target incentive and rates by component.

Holds     the person, their target incentive a year and its currency, own rates by component
In force  the version valid on the day that is paid for; its first day is the day it holds from
Checks    target and rates above zero, no component twice
Used by   pay runs, where a plan has a target or a rate that is the same for all
Source    docs/agreements/pay_terms.md
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.documents.plain import percent, shown
from wald.kernel.problem import Problem

_LARGEST = Decimal(10) ** 12


class OwnRate(BaseModel):
    """A rate, or of a component that pays amounts an amount, in place of the plan's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    component: str
    rate: Decimal


class PayTerms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Annotated[str, Field(min_length=1, max_length=200)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    target_incentive: Decimal | None = None
    rates: tuple[OwnRate, ...] = Field((), max_length=100)

    @property
    def rate_by_component(self) -> Mapping[str, Decimal]:
        return {one.component: one.rate for one in self.rates}


def check(terms: PayTerms) -> Iterator[Problem]:
    target = terms.target_incentive
    if target is not None and not 0 < target < _LARGEST:
        fix = "write an amount a year above zero, or take it out"
        yield Problem("target_incentive", f"{target} is no target", fix)
    if target is None and not terms.rates:
        fix = "give a target_incentive or rates, or withdraw it"
        yield Problem("person", "has nothing of their own here", fix)
    for i, one in enumerate(terms.rates):
        if not 0 <= one.rate < _LARGEST:
            fix = "write a share such as 0.08, or an amount"
            yield Problem(f"rates[{i}].rate", f"{one.rate} is no rate", fix)


def summary(terms: PayTerms) -> str:
    target = terms.target_incentive
    told = [] if target is None else [f"target {target:,f} {terms.currency} a year"]
    told += [f"{one.component} {percent(one.rate)}" for one in terms.rates if one.rate <= 1]
    told += [f"{one.component} {one.rate:,f}" for one in terms.rates if one.rate > 1]
    return f"{terms.person}: {', '.join(told)}"


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("own rate of commission", "8 %")."""
    parts = path.split(".")
    if len(parts) == 3:
        is_share = isinstance(value, Decimal) and abs(value) <= 1
        told = percent(value) if is_share else shown(value)
        return f"own rate of {parts[1]}", told
    words = {
        "person": "the terms are those of",
        "currency": "the target is in",
        "target_incentive": "own target incentive a year:",
    }
    told = f"{value:,f}" if isinstance(value, Decimal) else shown(value)
    return words.get(path, f"{path}:"), told


DOCUMENT = DocumentType(
    key="pay_terms",
    title="Pay terms",
    shape=PayTerms,
    check=check,
    summary=summary,
    tell=tell,
    pay_of="person",
    example=PayTerms(
        person="p1",
        currency="EUR",
        target_incentive=Decimal(65_000),
        rates=(OwnRate(component="commission", rate=Decimal("0.08")),),
    ),
    source="docs/agreements/pay_terms.md",
)
