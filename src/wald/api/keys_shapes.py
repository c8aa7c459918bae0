"""API keys as JSON: what is asked for, and what may be shown."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.actions.keys import MOST_DAYS, MOST_OVERLAP

_Scope = Annotated[str, Field(max_length=100)]


class AskedKeys(Schema):
    everybody: bool = Field(False, description="Everybody's, for administrators.")


class NewKeyShape(Schema):
    """What a key shall be."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[_Scope] = Field(
        [], max_length=100, description="Permissions it is cut down to; none: all of its user's."
    )
    expires_on: date | None = Field(
        None, description=f"First day it no longer works: at most {MOST_DAYS} days on."
    )


class RotateShape(Schema):
    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(
        24, ge=0, le=MOST_OVERLAP.days * 24, description="How long the old one works on."
    )


class KeyShape(Schema):
    """Of the key itself only the prefix is known."""

    key_id: int
    user: str
    name: str
    prefix: str
    scopes: list[str]
    state: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


class MadeKeyShape(KeyShape):
    key: str = Field(description="The key itself, shown this once.")
