"""Somebody is erased: no trace of a name or an address stays, and the journal still verifies."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.db import models as orm

from wald.actions.act import act
from wald.actions.erasure import erase_person
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, NotAllowed, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.journal import entries, exported, verified
from wald.records import models
from wald.records.stores import erasure, sealing, search, users

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADMIN = everything("admin")
NAME, EMAIL, FULL = "zebulon.quist", "zeb@quist.example", "Zebulon Quist"
WHY = f"{FULL} asked for it"
TRACE = re.compile(rb"zebulon|quist", re.IGNORECASE)


@pytest.fixture
def lived(record_home: Workspace) -> Workspace:
    """Return records in which somebody left their name wherever a name can stand."""
    database = record_home.database
    users.create_user(NAME, None, Role.REP, database=database, person_id="P1", email=EMAIL)
    user = User.objects.using(database).get()
    user.first_name, user.last_name = "Zebulon", "Quist"
    user.save(using=database)
    for number in range(3):
        _act(record_home, NAME, number)
    _act(record_home, "ana", 7, about=f"user:{NAME}", concerns=NAME)
    for model, column in erasure.THEIRS.items():
        _row(model, database, **{column: NAME})
    for model, columns in erasure.NAMES.items():
        _row(model, database, **dict.fromkeys(columns, NAME))
    make = models.ApiKey.objects.using(database).create
    make(user=user, name="of Zebulon Quist", prefix="wk_1", digest="0" * 64, created_at=AT)
    case = models.Case.objects.using(database).get()
    case.title, case.data = f"Call {FULL}", {"assignee": NAME, "note": f"{EMAIL} wrote, @{NAME}"}
    case.save(using=database)
    models.CaseLink.objects.using(database).create(case=case, target=f"user:{NAME}")
    models.Notice.objects.using(database).create(name="ana", at=AT, title=f"{NAME} commented")
    words = [f"{FULL} thinks so", EMAIL]
    search.index("decision", 1, person_id="", title=FULL, body=words, database=database)
    return record_home


def _act(workspace: Workspace, who: str, number: int, about: str = "", concerns: str = "") -> None:
    with act(
        actor=everything(who),
        workspace=workspace,
        at=AT,
        permission="cases.work",
        action="test.note",
        about=about or f"case:{number}",
        why=f"{FULL} said so",
    ) as entry:
        entry.after = {"assignee": NAME, "e-mail": EMAIL}
        entry.concerns = concerns


def _row(model: type[orm.Model], database: str, **values: object) -> None:
    """Write a row with something in every column that wants it."""
    for field in model._meta.local_concrete_fields:
        if field.name in values or field.primary_key or field.has_default() or field.null:
            continue
        if isinstance(field, orm.ForeignKey):
            values[field.name] = field.related_model._default_manager.using(database).first()
        elif isinstance(field, orm.DateTimeField):
            values[field.name] = AT
        elif isinstance(field, orm.DateField):
            values[field.name] = date(2026, 3, 1)
        elif isinstance(field, orm.IntegerField):
            values[field.name] = 1
        elif isinstance(field, orm.JSONField):
            values[field.name] = {}
        else:
            values[field.name] = ""
    model._default_manager.using(database).create(**values)


def _erase(workspace: Workspace, **changes: object) -> object:
    asked = {"name": NAME, "why": WHY, "also": [FULL], "at": AT, **changes}
    return erase_person(actor=ADMIN, workspace=workspace, **asked)  # type: ignore[arg-type]


def _kept(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """Yield everything that stands in the tables, and each file of the workspace."""
    connection = connections[workspace.database]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield table, repr(cursor.fetchall()).encode()
    for path in workspace.home.rglob("*"):
        yield path.name, path.name.encode() + (path.read_bytes() if path.is_file() else b"")


def test_the_name_was_everywhere(lived: Workspace) -> None:
    assert len([name for name, text in _kept(lived) if TRACE.search(text)]) > 15


def test_no_plain_trace_stays(lived: Workspace) -> None:
    _erase(lived)
    assert [(name, TRACE.search(text)) for name, text in _kept(lived) if TRACE.search(text)] == []


def test_the_journal_still_verifies_and_is_sealed(lived: Workspace) -> None:
    before = [one.hash for one in entries(actor=ADMIN, workspace=lived)]
    _erase(lived)
    found = entries(actor=ADMIN, workspace=lived)
    assert [one.hash for one in found[1:]] == before
    assert verified(actor=ADMIN, workspace=lived).is_sound
    assert [one.is_erased for one in found] == [False, True, True, True, True]
    assert {one.who for one in found[2:]} == {found[0].about.removeprefix("user:")}
    assert (found[1].who, found[1].after, found[1].why) == ("ana", {}, "")
    text = "".join(exported(actor=ADMIN, workspace=lived))
    assert not TRACE.search(text.encode())


def test_what_they_did_still_belongs_together(lived: Workspace) -> None:
    _erase(lived)
    case = models.Case.objects.using(lived.database).get()
    name = case.opened_by
    assert name.startswith("erased person ")
    assert case.assignee == name
    assert case.data == {"assignee": name, "note": f"{name} wrote, {name}"}
    assert case.links.get().target == f"user:{name}"
    user = User.objects.using(lived.database).get()
    assert (user.username, user.is_active, user.has_usable_password()) == (name, False, False)
    assert not models.ApiKey.objects.using(lived.database).exists()


def test_what_was_agreed_is_kept_and_said(lived: Workspace) -> None:
    version = models.DocumentVersion.objects.using(lived.database)
    version.update(text=f"approver: {NAME}\n")
    erased = _erase(lived)
    assert version.get().text == f"approver: {NAME}\n"
    assert erased.kept == (("DocumentVersion.text", 1, "what was agreed is kept to the byte"),)  # type: ignore[attr-defined]


def test_a_name_that_is_a_word_stays_one(record_home: Workspace) -> None:
    database = record_home.database
    users.create_user("max", None, Role.REP, database=database)
    _row(models.Case, database, opened_by="max", title="The max discount", data={"state": "max"})
    _erase(record_home, name="max", also=())
    case = models.Case.objects.using(database).get()
    assert (case.title, case.data) == ("The max discount", {"state": "max"})
    assert case.opened_by.startswith("erased person ")


def test_the_erased_name_may_be_given_to_somebody_new(lived: Workspace) -> None:
    _erase(lived)
    users.create_user(NAME, None, Role.REP, database=lived.database)
    _act(lived, NAME, 9)
    newest, *_ = entries(actor=ADMIN, workspace=lived)
    assert (newest.who, newest.is_erased) == (NAME, False)
    assert len(sealing.subjects(database=lived.database)) == 3


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"why": " "}, BadInput),
        ({"also": ["of"]}, BadInput),
        ({"name": "nobody"}, Refusal),
        ({"name": "admin"}, NotAllowed),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    lived: Workspace, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    before = {name: text for name, text in _kept(lived) if "." not in name}
    with pytest.raises(refusal):
        _erase(lived, **changes)
    assert {name: text for name, text in _kept(lived) if "." not in name} == before


def test_every_column_that_could_hold_a_name_is_known() -> None:
    known = {f"{model.__name__}.{column}" for model, column in erasure.THEIRS.items()}
    known |= {
        f"{m.__name__}.{column}" for m, columns in erasure.NAMES.items() for column in columns
    }
    could = {
        f"{model.__name__}.{field.name}"
        for model in models.Subject._meta.apps.get_models()
        if model._meta.app_label == "records"
        for field in model._meta.local_concrete_fields
        if isinstance(field, orm.CharField) and field.max_length == 200
    }
    assert could - known - erasure.OTHER == set(), "a user's name, or not? say so in erasure.py"
    assert (known | erasure.OTHER) - could - {"ApiKey.name"} == set()


def test_json_is_searched_in_its_own_spelling(record_home: Workspace, tmp_path: Path) -> None:
    database = record_home.database
    users.create_user("zoë.quist", None, Role.REP, database=database)
    _row(models.Case, database, data={"note": "Zoë Quist called", "by": "zoë.quist"})
    _erase(record_home, name="zoë.quist", also=["Zoë Quist"])
    case = models.Case.objects.using(database).get()
    assert "quist" not in json.dumps(case.data).lower()
