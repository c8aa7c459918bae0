"""What the journal says as JSON: the shapes that openapi.json tells."""

from typing import Annotated

from ninja import Field, Schema

_Key = Annotated[str, Field(max_length=300)]
_Day = Annotated[str, Field(max_length=100)]


class AskedEntries(Schema):
    about: _Key = Field("", description="What it is about, such as case:17; case: for all.")
    who: _Key = Field("", description="The name of who did it.")
    action: _Key = Field("", description="What was done; settings. for all that begin so.")
    since: _Day = Field("", description="From this day on, UTC.")
    until: _Day = Field("", description="Up to this day, with it, UTC.")
    before: int = Field(0, ge=0, le=2**62, description="Only entries of lower number; 0: all.")
    limit: int = Field(100, ge=1, le=1000, description="Entries of one answer, newest first.")


class EntryShape(Schema):
    """`is_erased`: the person was erased, and what it said is sealed for ever.

    `is_withheld`: it tells pay that you may not see, so before, after and why are empty.
    """

    seq: int
    at: str
    who: str
    door: str
    action: str
    about: str
    concerns: str
    why: str
    before: dict[str, object]
    after: dict[str, object]
    is_erased: bool
    is_withheld: bool
    hash: str


class HeadShape(Schema):
    """The newest entry; kept elsewhere, it proves all that came before."""

    seq: int
    hash: str
