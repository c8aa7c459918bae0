"""Saved views as JSON: what is asked for, and what is shown."""

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.actions.views import LONGEST_ADDRESS, LONGEST_NAME


class AskedViews(Schema):
    of_page: str = Field("", max_length=200, description="Of this page alone, such as /deals/.")
    limit: int = Field(100, ge=1, le=1000)
    after: int = Field(0, ge=0, description="Only views with a higher number.")


class NewViewShape(Schema):
    """What a view shall be."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    address: str = Field(
        min_length=1, max_length=LONGEST_ADDRESS, description="A path as /deals/?outcome=won."
    )
    is_shared: bool = Field(False, description="Shown to everybody who may open the page.")


class ChangedViewShape(Schema):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    is_shared: bool


class ViewShape(Schema):
    view_id: int
    owner: str
    name: str
    address: str
    is_shared: bool
    created_at: str
