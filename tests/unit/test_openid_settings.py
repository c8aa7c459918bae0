"""What the environment says of OpenID Connect is checked at the start; each fault has a cure."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from wald.kernel.policy import Role
from wald.site.openid import openid_of

FULL = {
    "WALD_OIDC_ISSUER": "https://id.example.org/realms/one",
    "WALD_OIDC_CLIENT_ID": "wald",
    "WALD_OIDC_CLIENT_SECRET": "hush",
    "WALD_OIDC_GROUP_ROLES": "cn=ops,dc=x=sales_operations, reps = rep",
}


def test_nothing_said_means_off() -> None:
    assert openid_of({"WALD_HOME": "x"}) is None
    assert openid_of({"WALD_OIDC_ISSUER": " ", "WALD_OIDC_CLIENT_ID": ""}) is None


def test_everything_said_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    groups = "ops=sales_operations, reps = rep"
    given = {**FULL, "WALD_OIDC_GROUP_ROLES": groups}
    found = openid_of({**given, "WALD_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")})
    assert found is not None
    assert found.group_roles == (("ops", Role.SALES_OPERATIONS), ("reps", Role.REP))
    assert (found.client_secret, found.groups_claim) == ("from a file", "groups")
    assert found.title == "id.example.org"
    assert found.default_role is None
    assert "file" not in repr(found), "no secret in a log"
    assert found.role_of({"groups": ["x", "reps"]}) is Role.REP
    assert found.role_of({"groups": "ops"}) is Role.SALES_OPERATIONS
    assert found.role_of({}) is None


@pytest.mark.parametrize(
    ("changed", "cure"),
    [
        ({"WALD_OIDC_ISSUER": ""}, "no WALD_OIDC_ISSUER"),
        ({"WALD_OIDC_CLIENT_ID": ""}, "WALD_OIDC_CLIENT_ID is not"),
        ({"WALD_OIDC_GROUP_ROLES": ""}, "Nobody could sign in"),
        ({"WALD_OIDC_GROUP_ROLES": "ops"}, "write group=role"),
        ({"WALD_OIDC_GROUP_ROLES": "ops=king"}, "choose among administrator"),
        ({"WALD_OIDC_DEFAULT_ROLE": "king"}, "WALD_OIDC_DEFAULT_ROLE names the role 'king'"),
        ({"WALD_OIDC_ISSUER": "http://id.example.org"}, "https://"),
        ({"WALD_OIDC_ISSUER": "id.example.org"}, "https://"),
        ({"WALD_OIDC_ISSUER": "https://a:b@id.example.org"}, "https://"),
        ({"WALD_OIDC_ISSUER": "https://[id"}, "https://"),
        ({"WALD_OIDC_CLIENT_SECRET_FILE": "/nowhere/secret"}, "cannot be read"),
    ],
)
def test_each_fault_says_what_to_do(changed: dict[str, str], cure: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=cure):
        openid_of({**FULL, **{"WALD_OIDC_GROUP_ROLES": "ops=rep"}, **changed})
