"""Chances to win as JSON: amounts as decimal strings without cents, shares of four digits."""

from typing import Annotated

from ninja import Field, Schema

from wald.api.insights_shapes import LARGEST

_Key = Annotated[str, Field(max_length=200)]


class AskedChances(Schema):
    deal: _Key = Field("", description="The key of one open deal; default: all you see.")
    limit: int = Field(100, ge=1, le=10_000, description="Deals on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class _Interval(Schema):
    low: str
    estimate: str
    high: str


class _Bin(Schema):
    deals: int
    said: str
    came: _Interval


class _Judgement(Schema):
    verdict: str
    has_signal: bool
    deals: int
    won: int
    brier: str
    base_brier: str
    skill: _Interval
    auc: _Interval | None
    lean: _Interval = Field(description="The mean chance said less the share won.")
    bins_held: int
    calibration: list[_Bin]


class _Reason(Schema):
    fact: str
    says: str
    otherwise: str
    moves: str = Field(description="By how much the chance would be higher if it were otherwise.")
    edit: dict[str, str | None] = Field(description="Columns with their other values.")


class _Chance(Schema):
    opportunity_id: str
    name: str
    account: str
    rep: str
    stage: str
    amount: str | None
    chance: str
    base: str
    in_period: str | None = Field(description="Chance to be won by the end of the period.")
    alike: _Bin | None = Field(description="Later deals with about such a chance.")
    reasons: list[_Reason]


class WinChanceShape(Schema):
    day: str
    made_at: str | None = Field(description="When it was computed; null: nothing is kept yet.")
    is_fresh: bool = Field(description="Facts have not changed since.")
    period: str
    currency: str
    unable: str = Field(description="Why nothing can be told; empty where something is.")
    how: str = Field(description="The command that computes it anew; empty: it is fresh.")
    judgement: _Judgement | None
    learned_from: int
    base: dict[str, str] = Field(description="Share won by segment, and of all.")
    total: int
    deals: list[_Chance]
