"""Fixes of deals as JSON; values are texts, as the history of a deal keeps them."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.insights_shapes import LARGEST
from wald.api.shapes import ProblemShape

_Key = Annotated[str, Field(max_length=200)]
_Word = Annotated[str, Field(max_length=60)]
_Value = Annotated[str, Field(max_length=200)]


class AskedFixes(Schema):
    limit: int = Field(50, ge=1, le=1000, description="Fixes on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class AskedFixFile(Schema):
    fix: int | None = Field(None, ge=1, le=LARGEST, description="Default: all that wait.")
    connector: _Word = Field("", description="Deals of this source; default: of the commonest.")


class WantedShape(Schema):
    model_config = ConfigDict(extra="forbid")

    deal: _Key
    field: _Word = Field(description="close_on, stage, amount, forecast_category or owner_id.")
    value: _Value
    seen: _Value | None = Field(
        None, description="The value looked at, '' for none; another one there is a conflict."
    )
    rule: _Word = Field("", description="The rule whose finding this cures.")


class WantedFixShape(Schema):
    model_config = ConfigDict(extra="forbid")

    values: list[WantedShape] = Field(min_length=1, max_length=500)


class NewFixShape(WantedFixShape):
    why: str = Field(min_length=1, max_length=2000)
    only_free: bool = Field(
        False, description="Write the deals with which nothing is wrong; else all or nothing."
    )


class NewFixUndoShape(Schema):
    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=2000)
    deals: list[_Key] = Field([], max_length=500, description="Default: every deal of the fix.")


class NewFindingCasesShape(Schema):
    model_config = ConfigDict(extra="forbid")

    rule: _Word = ""
    severity: _Word = Field("", description="low, medium or high.")
    owner: _Key = ""
    team: _Key = ""
    deal: _Key = ""
    dry_run: bool = False


class FixLineShape(Schema):
    field: str
    old: str | None
    new: str
    rule: str | None
    follows: bool = Field(description="Another line of the same deal brings it along.")


class PlannedDealShape(Schema):
    deal: str
    title: str
    owner: str | None
    currency: str | None
    lines: list[FixLineShape]
    effects: list[str]


class FixPreviewShape(Schema):
    as_of: str
    is_clean: bool
    deals: list[PlannedDealShape]
    conflicts: list[str]
    problems: list[ProblemShape]


class WrittenFixShape(Schema):
    fix_id: int
    load_id: int
    deals: list[PlannedDealShape]
    left_out: list[str]


class FixedLineShape(FixLineShape):
    deal: str
    title: str
    state: str = Field(description="waiting, taken_over, not_taken_over, overtaken or undone.")
    now: str | None = Field(description="What the field holds now.")
    by_load: int | None = Field(description="The load that says so.")
    undone_at: str | None
    undone_by: str | None
    undone_why: str | None


class FixShape(Schema):
    fix_id: int
    made_at: str
    made_by: str
    why: str
    load_id: int
    may_undo: bool
    lines: list[FixedLineShape] = Field(description="Of deals that you see.")


class FixUndoneShape(Schema):
    fix_id: int
    load_id: int


class FixFileShape(Schema):
    connector: str
    title: str
    connectors: dict[str, int] = Field(description="How many deals come from which source.")
    columns: list[str]
    rows: list[list[str | None]]


class FindingCasesShape(Schema):
    dry_run: bool
    new: int
    again: int
    others: dict[str, int] = Field(description="Findings that need no case, by why.")
    cases: list[int]
