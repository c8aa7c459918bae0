"""One policy for the organization, and regions beside it: inside the bounds, outside, expired.

On the pages and by command: what holds for whom before and after a day, with the origin of every
value; what lies outside is refused with the bound; what expired becomes a case.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.agreeing import CENTRAL, OVERRIDE, agreeing, approved, at, signed_in, somebody
from tests.serving import workspace
from tests.terminal import wald
from wald.actions.overrides import check_overrides
from wald.agreements.approval_policy import ApprovalPolicy
from wald.queries.documents import effective
from wald.records import models

PATH = "rules.regional_director.discount_above"


@pytest.fixture(autouse=True)
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def limit(unit: str, on: str, known: str = "") -> tuple[Decimal | None, str]:
    """Return above which discount the regional director is asked, and who decided that."""
    found = effective(
        actor=somebody("rae"),
        workspace=workspace(),
        type="approval_policy",
        name="discounts",
        unit=unit,
        on=date.fromisoformat(on),
        known=at(known) if known else None,
    )
    assert found is not None
    assert isinstance(found.content, ApprovalPolicy)
    return found.content.rules[0].discount_above, found.origins[PATH]


def test_a_region_has_its_own_value_inside_the_bounds_and_for_its_days() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-20", by="lou")
    organization = (Decimal("0.15"), "version 1 of the organization")
    region = (Decimal("0.18"), "version 1 of EMEA")
    assert limit("EMEA", "2026-01-31") == organization
    assert limit("EMEA", "2026-02-01") == region
    assert limit("EMEA/DACH", "2026-05-31") == region
    assert limit("EMEA", "2026-06-01") == organization
    assert limit("APAC", "2026-03-01") == organization
    assert limit("EMEA", "2026-03-01", known="2026-01-19") == organization
    assert limit("EMEA", "2026-03-01", known="2026-01-20") == region


def test_outside_the_bounds_is_refused_with_the_bound_at_every_door(tmp_path: Path) -> None:
    approved(CENTRAL, "2026-01-01")
    outside = OVERRIDE.replace("0.18", "0.25")
    sentence = "above 20 %, the highest allowed by version 1 of the organization"
    answer = signed_in("lou").post("/documents/new/", {"text": outside, "do": "save"})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert "line 11" in answer.content.decode()
    file = tmp_path / "outside.yaml"
    file.write_text(outside)
    for verb in ("plan", "apply"):
        ended = wald("documents", verb, str(file), "--home", str(settings.HOME))
        assert ended.code == 2
        assert sentence in ended.err
    assert not models.Document.objects.filter(unit="EMEA").exists()


def test_an_expired_override_becomes_one_case_of_its_owner() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-20", by="lou")
    actor, home = somebody("ana"), workspace()
    before = datetime(2026, 5, 31, 3, tzinfo=UTC)
    assert check_overrides(actor=actor, workspace=home, at=before) == ()
    (number,) = check_overrides(actor=actor, workspace=home, at=at("2026-06-01"))
    case = models.Case.objects.get(pk=number)
    assert (case.assignee, case.unit, case.is_open) == ("lou", "EMEA", True)
    assert "expired on 2026-06-01" in case.title
    assert check_overrides(actor=actor, workspace=home, at=at("2026-06-02")) == ()
    models.Case.objects.update(is_open=False)
    assert check_overrides(actor=actor, workspace=home, at=at("2026-06-03")) == ()


def test_a_new_central_version_names_its_conflicts_and_they_become_cases(tmp_path: Path) -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-20", by="lou")
    narrower = CENTRAL.replace("0.20", "0.17").replace("2026-01-01", "2026-04-01")
    file = tmp_path / "narrower.yaml"
    file.write_text(narrower)
    planned = wald("documents", "plan", str(file), "--json", "--home", str(settings.HOME))
    assert planned.code == 3
    (conflict,) = planned.json["conflicts"]
    assert conflict["unit"] == "EMEA"
    assert "18 %, above 17 %" in conflict["sentence"]
    assert not models.Case.objects.exists()
    version = approved(narrower, "2026-03-01", by="oli")
    assert "18 %, above 17 %" in models.Case.objects.get().title
    page = signed_in("fin").get(version.address).content.decode()
    assert "Overrides that conflict with it" in page
    assert limit("EMEA", "2026-03-31") == (Decimal("0.18"), "version 1 of EMEA")
    assert limit("EMEA", "2026-04-01") == (Decimal("0.15"), "version 2 of the organization")


def test_pages_and_commands_say_the_same_for_a_day() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-20", by="lou")
    rae, home = signed_in("rae"), str(settings.HOME)
    words = ["documents", "effective", "approval_policy", "discounts", "--unit", "EMEA"]
    for day, share, value, origin in (
        ("2026-01-31", "15 %", "0.15", "version 1 of the organization"),
        ("2026-02-01", "18 %", "0.18", "version 1 of EMEA"),
        ("2026-06-01", "15 %", "0.15", "version 1 of the organization"),
    ):
        address = f"/documents/approval_policy/discounts/?unit=EMEA&on={day}"
        page = rae.get(address).content.decode()
        row = page.partition(PATH)[2].partition("</tr>")[0]
        assert share in row
        assert origin in row
        told = wald(*words, "--on", day, "--json", "--home", home).json
        (field,) = (one for one in told["fields"] if one["path"] == PATH)
        assert (field["value"], field["origin"]) == (value, origin)
