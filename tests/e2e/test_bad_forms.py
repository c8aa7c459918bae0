"""Whatever is typed into a page's form, or sent without one: no bug, and nothing half written."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from pytest_django import DjangoDbBlocker

from tests.bad_forms import FORMS
from tests.bad_input import World, counts, new_world
from tests.browsing import visitor
from tests.exports import write_export
from tests.serving import served

_HOSTILE = (
    "\0", "\ud800", "\u202eabc", "a\r\nSet-Cookie: x=1", "<script>alert(1)</script>", "' OR 1=1 --",
    "../../etc/passwd", "\uff19", "\U0001f600", " ", "-1", str(2**63), "99999999999999999999", ":",
    "due:", "2024-02-30", "[]", "NaN",
)  # fmt: skip
_EACH = 4  # hostile texts for each field; all of them turn up over the fields
_cookies: dict[str, dict[str, str]] = {}
_NOWHERE = {"load_id": 999, "name": "nobody", "delegation_id": 2**62}
_each = pytest.mark.parametrize("entry", FORMS)


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    root = tmp_path_factory.mktemp("forms")
    with (
        served(write_export(root / "first"), django_db_blocker),
        override_settings(IMPORT_ROOT=str(root)),
    ):
        made = new_world()
        for person in {form.by for form in FORMS.values()}:
            found = {name: one.value for name, one in visitor(person).cookies.items()}
            _cookies[person] = found
        yield made


def _sender(entry: str = "", **options: Any) -> Client:
    """Return a client with the session of who sends a form; signing in each time takes long."""
    person = Client(**options)
    by = FORMS[entry].by if entry else "ada"
    for name, value in _cookies[by].items():
        person.cookies[name] = value
    return person


def _post(
    entry: str, world: World, typed: object, person: Client | None = None, **parts: object
) -> tuple[Any, bool]:
    """Send a form and take back what it did; return the answer, and whether anything was done."""
    name = entry.partition(":")[0]
    address = reverse(name, kwargs={**FORMS[entry].parts(world), **parts})
    before = counts()
    with transaction.atomic():
        answer = (person or _sender(entry)).post(address, typed)
        answer.content  # noqa: B018  # so that it is made before all is taken back
        has_written = counts() != before
        transaction.set_rollback(True)
    return answer, has_written


def _names() -> list[str]:
    return [str(one.name) for one in get_resolver("wald.web.urls").url_patterns]


def test_every_page_that_takes_a_form_has_an_entry(world: World) -> None:
    known = {entry.partition(":")[0] for entry in FORMS}
    for pattern in get_resolver("wald.web.urls").url_patterns:
        if pattern.name in known:
            continue
        parts = {name: _sample(name, kind) for name, kind in pattern.pattern.converters.items()}
        try:
            address = reverse(str(pattern.name), kwargs=parts)
        except NoReverseMatch:
            continue
        with transaction.atomic():
            answer = _sender().post(address)
            transaction.set_rollback(True)
        assert answer.status_code in (404, 405), f"add {pattern.name} to tests/bad_forms.py"


def _sample(name: str, converter: object) -> object:
    return 1 if "Int" in type(converter).__name__ else "csv" if name == "format" else "x"


def test_no_entry_outlives_its_page() -> None:
    assert {entry.partition(":")[0] for entry in FORMS} <= set(_names())


@_each
def test_the_good_form_is_good(entry: str, world: World) -> None:
    answer, has_written = _post(entry, world, FORMS[entry].typed(world))
    assert answer.status_code < 400 or entry == "sign_in", answer.content[-3000:]
    assert has_written is FORMS[entry].writes, answer.content[-3000:]


@_each
def test_what_is_missing_is_asked_for(entry: str, world: World) -> None:
    good = FORMS[entry].typed(world)
    for name in FORMS[entry].needs:
        for typed in ({key: good[key] for key in good if key != name}, {**good, name: " "}):
            answer, has_written = _post(entry, world, typed)
            assert answer.status_code < 500, (name, answer.status_code)
            assert not has_written, (name, typed)


@_each
def test_what_is_too_long_is_refused(entry: str, world: World) -> None:
    good = FORMS[entry].typed(world)
    for name in FORMS[entry].long:
        answer, has_written = _post(entry, world, {**good, name: "x" * 300_000})
        assert answer.status_code < 500, (name, answer.status_code)
        assert not has_written, name
    if FORMS[entry].long:
        answer, has_written = _post(entry, world, {**good, "more": "x" * 3_000_000})
        assert answer.status_code in (302, 400, 404, 413), answer.status_code
        assert not has_written


@_each
def test_nothing_hostile_breaks_it(entry: str, world: World) -> None:
    good = FORMS[entry].typed(world)
    names = dict.fromkeys((*good, *FORMS[entry].long, "version", "next"))
    turn = cycle(_HOSTILE[len(entry) % len(_HOSTILE) :] + _HOSTILE)
    for name in names:
        for text in islice(turn, _EACH):
            sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            answer, has_written = _post(entry, world, {**good, name: sent})
            assert answer.status_code < 500, (name, text)
            assert not (has_written and answer.status_code >= 400), (name, text)


@_each
def test_what_is_not_there_is_not_found(entry: str, world: World) -> None:
    for name, value in FORMS[entry].parts(world).items():
        nowhere = _NOWHERE.get(name, 999_999_999 if isinstance(value, int) else "nothing")
        for other in (nowhere, 2**63 if isinstance(value, int) else "x" * 300):
            answer, has_written = _post(entry, world, FORMS[entry].typed(world), **{name: other})
            assert answer.status_code < 500, (name, other)
            assert not has_written, (name, other)


@_each
def test_a_form_of_another_site_does_nothing(entry: str, world: World) -> None:
    strict = _sender(entry, enforce_csrf_checks=True)
    answer, has_written = _post(entry, world, FORMS[entry].typed(world), strict)
    assert answer.status_code == 403
    assert not has_written


@_each
def test_strangers_do_nothing(entry: str, world: World) -> None:
    answer, has_written = _post(entry, world, FORMS[entry].typed(world), Client())
    assert answer.status_code in (200, 302, 404, 429)
    assert not has_written
