"""People as JSON: what is asked for, what may be given, and what is shown."""

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.kernel.policy import Role

_WHY = Field("", max_length=2000, description="The reason; the journal keeps it.")
_VERSION = Field(None, description="The version that was seen; another one there is refused.")


class AskedPeople(Schema):
    limit: int = Field(100, ge=1, le=1000)
    after: str = Field("", max_length=150, description="Names after this one.")


class AskedPersons(Schema):
    find: str = Field("", max_length=200, description="Part of a name or of a key.")
    limit: int = Field(20, ge=1, le=1000)


class NewPersonShape(Schema):
    """Somebody who may sign in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=150)
    password: str | None = Field(
        None, max_length=1000, description="Without one, another system has to sign them in."
    )
    role: Role = Role.READ_ONLY
    person_id: str = Field("", max_length=200)
    unit: str = Field("", max_length=200)
    email: str = Field("", max_length=254)


class AccessShape(Schema):
    """What is left out stays as it is; "" takes a thing away."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    person_id: str | None = Field(None, max_length=200)
    unit: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    why: str = _WHY
    version: int | None = _VERSION


class EndingShape(Schema):
    model_config = ConfigDict(extra="forbid")

    why: str = _WHY
    version: int | None = _VERSION


class PasswordShape(Schema):
    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=1000)


class PersonShape(Schema):
    """`sees` says whose rows; `dormant`: no sign-in for 90 days."""

    name: str
    role: str | None
    person_id: str
    unit: str
    email: str
    may_sign_in: bool
    sees: str
    added_at: str | None
    signed_in_at: str | None
    dormant: bool
    version: int


class FactsPersonShape(Schema):
    person_id: str
    name: str
    team: str
    region: str
