"""Documents and their versions, as rows and as values. Approved versions are never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db.models import Max, Q

from wald.documents.reading import Written
from wald.documents.version import Bound, State, Version
from wald.records import models

_MOST_NAMED = 500  # of more documents all versions are read, and sorted out here
_LIGHT = (
    "pk",
    "number",
    "revision",
    "state",
    "author",
    "drafted_at",
    "starts_on",
    "ends_on",
    "approved_at",
    "withdrawn_at",
)


def versions_of(
    type: str, name: str, *, database: str, units: Sequence[str] | None = None
) -> tuple[Version, ...]:
    """Return every version of every unit's document of a name, or of some units'."""
    rows = models.DocumentVersion.objects.using(database).select_related("document")
    rows = rows.filter(document__type=type, document__name=name)
    if units is not None:
        rows = rows.filter(document__unit__in=units)
    return tuple(_version(row) for row in rows.order_by("document__unit", "number"))


def versions_of_type(
    type: str, *, database: str, units: Sequence[str] | None = ("",)
) -> tuple[Version, ...]:
    """Return every version of every document of a type, of some units, None: of all, by name, then
    unit."""
    rows = models.DocumentVersion.objects.using(database).select_related("document")
    rows = rows.filter(document__type=type)
    if units is not None:
        rows = rows.filter(document__unit__in=units)
    return tuple(
        _version(row) for row in rows.order_by("document__name", "document__unit", "number")
    )


def documents_like(
    *, database: str, type: str = "", text: str = "", state: State | None = None
) -> tuple[tuple[int, str, str, str], ...]:
    """Return number, type, name and unit of documents in which every word of `text` is found,
    and of which some version is of `state`."""
    rows = models.Document.objects.using(database)
    if type:
        rows = rows.filter(type=type)
    if state is not None:
        rows = rows.filter(versions__state=state.value).distinct()
    for word in text.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(type__icontains=word) | Q(unit__icontains=word)
        )
    return tuple(rows.order_by("type", "name", "unit").values_list("pk", "type", "name", "unit"))


def documents_about(type: str, field: str, value: str, *, database: str) -> frozenset[int]:
    """Return the numbers of documents of a type in whose every version a field of the content has
    this value."""
    rows = models.DocumentVersion.objects.using(database).filter(document__type=type)
    same = rows.filter(**{f"content__content__{field}": value})
    numbers = frozenset(same.values_list("document_id", flat=True))
    others = rows.filter(document_id__in=numbers).exclude(pk__in=same.values("pk"))
    return numbers - frozenset(others.values_list("document_id", flat=True))


def light_versions(
    documents: Sequence[tuple[int, str, str, str]], *, database: str
) -> dict[int, list[Version]]:
    """Return every version of these documents, by the document's number, with what a list needs:
    its state and its days. There may be thousands, so nothing else is read."""
    names = {number: (type, name, unit) for number, type, name, unit in documents}
    rows = models.DocumentVersion.objects.using(database).order_by("document_id", "number")
    if len(names) <= _MOST_NAMED:
        rows = rows.filter(document_id__in=list(names))
    found: dict[int, list[Version]] = {}
    for number, *columns in rows.values_list("document_id", *_LIGHT):
        if number in names:
            found.setdefault(number, []).append(_light(*names[number], *columns))
    return found


def overridden_names(*, database: str) -> tuple[tuple[str, str], ...]:
    """Return type and name of every document that some unit overrides."""
    rows = models.Document.objects.using(database).exclude(unit="")
    return tuple(rows.order_by("type", "name").values_list("type", "name").distinct())


def find_version(version_id: int, *, database: str, lock: bool = False) -> Version | None:
    """Return a version; with `lock` nobody else changes it until the transaction ends."""
    rows = models.DocumentVersion.objects.using(database).select_related("document")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=version_id).first()
    return None if row is None else _version(row)


def add_draft(
    written: Written, *, author: str, at: datetime, based_on: int | None, database: str
) -> Version:
    """Write the next version of a document, and the document with its first one."""
    document, _ = models.Document.objects.using(database).get_or_create(
        type=written.type,
        name=written.name,
        unit=written.unit,
        defaults={"created_at": at, "created_by": author},
    )
    newest = document.versions.aggregate(Max("number"))["number__max"] or 0
    row = models.DocumentVersion(
        document=document,
        number=newest + 1,
        state=State.DRAFT.value,
        author=author,
        editors=[author],
        drafted_at=at,
        based_on_id=based_on,
        **_columns(written),
    )
    row.save(using=database)
    return _version(row)


def change_draft(version: Version, written: Written, *, by: str, database: str) -> Version:
    """Replace the text of a version that is open; it is a draft again, of the next revision."""
    row = _open_row(version, database)
    for name, value in _columns(written).items():
        setattr(row, name, value)
    row.revision += 1
    row.state = State.DRAFT.value
    row.submitted_at = None
    row.editors = list(dict.fromkeys((*version.editors, by)))
    row.save(using=database)
    return _version(row)


def submit(version: Version, *, at: datetime, database: str) -> None:
    _change(version, database, state=State.IN_REVIEW.value, submitted_at=at, answer="")


def approve(version: Version, *, at: datetime, by: str, database: str) -> None:
    _change(version, database, state=State.APPROVED.value, approved_at=at, approved_by=by)


def send_back(version: Version, *, answer: str, database: str) -> None:
    _change(version, database, state=State.SENT_BACK.value, answer=answer, submitted_at=None)


def withdraw(version: Version, *, at: datetime, by: str, answer: str, database: str) -> None:
    """Withdraw a version; one that was approved keeps when, for what was known in between."""
    _change(
        version,
        database,
        state=State.WITHDRAWN.value,
        withdrawn_at=at,
        withdrawn_by=by,
        answer=answer,
    )


def had_cases(fingerprints: Iterable[str], *, database: str) -> frozenset[str]:
    """Return those of these fingerprints that some case carries, open or closed."""
    rows = models.Case.objects.using(database).filter(fingerprint__in=tuple(fingerprints))
    return frozenset(rows.values_list("fingerprint", flat=True))


def _open_row(version: Version, database: str) -> models.DocumentVersion:
    rows = models.DocumentVersion.objects.using(database).select_related("document")
    return rows.get(pk=version.version_id, revision=version.revision, approved_at=None)


def _change(version: Version, database: str, **columns: object) -> None:
    """Change a version that is still what was read; its row is locked by who read it."""
    rows = models.DocumentVersion.objects.using(database)
    same = rows.filter(pk=version.version_id, revision=version.revision, state=version.state.value)
    if same.update(**columns) != 1:
        raise RuntimeError(f"version {version.version_id} changed under its lock")


def _columns(written: Written) -> dict[str, object]:
    told = {
        "owner": written.owner,
        "local": [asdict(bound) for bound in written.local],
        "content": written.content,
    }
    return {
        "text": written.text,
        "content": told,
        "schema": written.schema,
        "why": written.reason,
        "starts_on": written.starts_on,
        "ends_on": written.ends_on,
    }


def _light(
    type: str,
    name: str,
    unit: str,
    version_id: int,
    number: int,
    revision: int,
    state: str,
    author: str,
    drafted_at: datetime,
    starts_on: date,
    ends_on: date | None,
    approved_at: datetime | None,
    withdrawn_at: datetime | None,
) -> Version:
    return Version(
        version_id=version_id,
        type=type,
        name=name,
        unit=unit,
        number=number,
        revision=revision,
        state=State(state),
        text="",
        content={},
        schema=0,
        owner="",
        reason="",
        local=(),
        author=author,
        editors=(),
        drafted_at=drafted_at,
        starts_on=starts_on,
        ends_on=ends_on,
        approved_at=approved_at,
        withdrawn_at=withdrawn_at,
    )


def _version(row: models.DocumentVersion) -> Version:
    told: Mapping[str, object] = row.content
    content, local = told.get("content"), told.get("local")
    return Version(
        version_id=row.pk,
        type=row.document.type,
        name=row.document.name,
        unit=row.document.unit,
        number=row.number,
        revision=row.revision,
        state=State(row.state),
        text=row.text,
        content=content if isinstance(content, dict) else {},
        schema=row.schema,
        owner=str(told.get("owner", "")),
        reason=row.why,
        local=tuple(_bound(one) for one in local) if isinstance(local, list) else (),
        author=row.author,
        editors=tuple(row.editors),
        drafted_at=row.drafted_at,
        starts_on=row.starts_on or row.drafted_at.date(),  # each has one; the column may be null
        ends_on=row.ends_on,
        submitted_at=row.submitted_at,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        answer=row.answer,
    )


def _bound(told: Mapping[str, object]) -> Bound:
    one_of = told["one_of"]
    return Bound(
        path=str(told["path"]),
        lowest=told["lowest"],
        highest=told["highest"],
        one_of=tuple(one_of) if isinstance(one_of, list) else None,
    )
