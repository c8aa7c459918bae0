"""Take a person out of the records: where names stand is said here, in this one place.

A name becomes the person's pseudonym in every column that holds who did something, so that what
was done still belongs together. What was theirs alone is deleted. E-mail addresses, and other
spellings that are given, are replaced in free texts too, as whole words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import connections
from django.db import models as orm
from django.db.models.functions import Cast

from wald.kernel.words import words_of
from wald.records import models

# Columns that hold the name of a user.
NAMES: Mapping[type[orm.Model], tuple[str, ...]] = {
    models.Case: ("opened_by", "assignee"),
    models.CaseEvent: ("by", "for_name"),
    models.Channel: ("created_by",),
    models.Decision: ("decided_by",),
    models.Delegation: ("owner", "delegate"),
    models.Document: ("created_by",),
    models.DocumentVersion: ("author", "approved_by", "withdrawn_by"),
    models.ForecastEntry: ("by",),
    models.HygieneFix: ("made_by",),
    models.HygieneFixLine: ("undone_by",),
    models.Insight: ("recorded_by",),
    models.InsightEvent: ("by",),
    models.Job: ("queued_by",),
    models.Load: ("loaded_by", "undone_by"),
    models.Night: ("by",),
    models.PayAdjustment: ("entered_by", "approved_by", "refused_by"),
    models.PayHold: ("placed_by", "lifted_by"),
    models.PayrollMapping: ("saved_by",),
    models.PayRun: ("made_by", "released_by", "withdrawn_by"),
    models.PlanAcceptance: ("accepted_by",),
}
# Rows that belong to one user, by the column of their name: deleted.
THEIRS: Mapping[type[orm.Model], str] = {
    models.IdempotentCall: "name",
    models.Notice: "name",
    models.NoticeChoice: "name",
    models.SavedView: "owner",
    models.SignInFailure: "name",
}
# Columns of 200 characters that hold no name of a user, though they could.
OTHER = {
    "ApiKey.name", "Case.person_id", "Case.unit", "Channel.secret", "Decision.person_id",
    "Document.name", "Document.unit", "ForecastEntry.by_person_id", "ForecastEntry.person_id",
    "Insight.person_id", "Job.key",
    "PayAdjustment.person_id", "PayHold.subject", "PlanAcceptance.person_id",
    "Profile.person_id", "Profile.unit", "SearchEntry.person_id", "Subject.name",
}  # fmt: skip
# Never rewritten, with the reason.
KEPT: Mapping[str, str] = {
    "DocumentVersion.text": "what was agreed is kept to the byte",
    "DocumentVersion.content": "what was agreed is kept to the byte",
    "PayAdjustment.person_id": "a key of the facts, by which pay is computed again",
    "PayHold.subject": "a key of the facts, by which pay is computed again",
    "PayRun.inputs": "what a run rested on is kept, so that it can be computed again",
    "PlanAcceptance.person_id": "a key of the facts, by which pay is computed again",
}
# Keys of JSON whose values are names of users.
_KEYS = frozenset(
    "approver approvers assignee author by delegate editors for for_name from names owner to user "
    "users voters votes who".split()
)
_SHORTEST = 100  # characters of a column that may hold words of people
_WORDS_ANEW = "INSERT INTO records_searchentry_fts(records_searchentry_fts) VALUES ('rebuild')"
_CHAINED = (models.JournalEntry, models.JournalHead, models.Subject)


@dataclass(frozen=True, slots=True)
class Terms:
    """What to replace, and by what. `spellings` are replaced in free texts too."""

    name: str
    spellings: tuple[str, ...]  # none is empty
    pseudonym: str

    @property
    def as_words(self) -> "Terms":
        """Return the same for a text that was cut into plain words, to be searched."""
        plain = (" ".join(words_of(word)) for word in self.spellings)
        return replace(
            self, spellings=tuple(dict.fromkeys((*filter(None, plain), *self.spellings)))
        )

    def reworded(self, text: str) -> str:
        """Return a free text with links to the user, mentions and every spelling replaced."""
        name, mark = re.escape(self.name), self.pseudonym
        text = re.sub(rf"\buser:{name}(?![\w.@+-])", f"user:{mark}", text)
        text = re.sub(rf"(?<![\w.])@{name}(?![\w@+-])", mark, text)
        text = text.replace(f"/people/{self.name}/", f"/people/{mark}/")
        for word in sorted(self.spellings, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", mark, text, flags=re.IGNORECASE)
        return text


def rewrite(terms: Terms, *, database: str) -> tuple[dict[str, int], dict[str, int]]:
    """Replace and delete, in the transaction that is open.

    Returns how many rows changed, by table, and how many still hold a spelling, by column.
    """
    changed: Counter[str] = Counter()
    for model, column in THEIRS.items():
        gone, _ = model._default_manager.using(database).filter(**{column: terms.name}).delete()
        changed[model.__name__] += gone
    changed["Notice"] += _notices_of_them(terms, database)
    for model, columns in NAMES.items():
        for column in columns:
            rows = model._default_manager.using(database).filter(**{column: terms.name})
            changed[model.__name__] += rows.update(**{column: terms.pseudonym})
    left: Counter[str] = Counter()
    for model, field in _texts():
        place = f"{model.__name__}.{field.name}"
        if place in KEPT:
            left[place] += sum(1 for _ in _holding(model, field, terms, database))
        else:
            spelled = terms.as_words if model is models.SearchEntry else terms
            changed[model.__name__] += _rewritten(model, field, spelled, database)
    _end_access(terms, database)
    return {name: n for name, n in changed.items() if n}, {name: n for name, n in left.items() if n}


def sweep(*, database: str) -> None:
    """Overwrite what was deleted: free pages, the search index, the write-ahead log."""
    connection = connections[database]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_WORDS_ANEW)
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        cursor.execute("VACUUM FULL")


def _texts() -> Iterator[tuple[type[orm.Model], "orm.Field[object, object]"]]:
    """Yield every column in which people's words may stand."""
    for model in models.Subject._meta.apps.get_models():
        if model._meta.app_label != "records" or model in _CHAINED:
            continue
        for field in model._meta.local_concrete_fields:
            is_short = isinstance(field, orm.CharField) and (field.max_length or 0) < _SHORTEST
            if isinstance(field, orm.JSONField | orm.TextField | orm.CharField) and not is_short:
                yield model, field


def _holding(
    model: type[orm.Model], field: "orm.Field[object, object]", terms: Terms, database: str
) -> Iterator[tuple[object, object]]:
    """Yield key and value of the rows whose column may hold a spelling or the name."""
    wanted = orm.Q()
    for word in {terms.name, *terms.spellings}:
        for form in {word, json.dumps(word)[1:-1]}:
            wanted |= orm.Q(as_text__icontains=form)
    rows = model._default_manager.using(database)
    found = rows.annotate(as_text=Cast(field.name, orm.TextField())).filter(wanted)
    yield from found.values_list("pk", field.name)


def _rewritten(
    model: type[orm.Model], field: "orm.Field[object, object]", terms: Terms, database: str
) -> int:
    is_json, count = isinstance(field, orm.JSONField), 0
    for key, value in [*_holding(model, field, terms, database)]:
        if is_json:
            new = _renamed(value, field.name, terms)
        else:
            new = terms.reworded(str(value))
            new = new[: field.max_length] if field.max_length else new
        if new != value:
            rows = model._default_manager.using(database).filter(pk=key)
            rows.update(**{field.name: new})
            count += 1
    return count


def _renamed(value: object, key: str, terms: Terms) -> object:
    """Return JSON with the person replaced; `key` is the one that the value stands under."""
    if isinstance(value, str):
        is_name = key in _KEYS and value == terms.name
        return terms.pseudonym if is_name else terms.reworded(value)
    if isinstance(value, list):
        return [_renamed(one, key, terms) for one in value]
    if isinstance(value, dict):
        return {
            terms.pseudonym if key in _KEYS and name == terms.name else name: _renamed(
                inner, name, terms
            )
            for name, inner in value.items()
        }
    return value


def _notices_of_them(terms: Terms, database: str) -> int:
    """Delete what others were told of them: "Max commented on case 17"."""
    rows = models.Notice.objects.using(database).filter(title__icontains=terms.name)
    word = re.compile(rf"(?<![\w.@+-]){re.escape(terms.name)}(?![\w@+-])", re.IGNORECASE)
    gone = [key for key, title in rows.values_list("pk", "title") if word.search(title)]
    models.Notice.objects.using(database).filter(pk__in=gone).delete()
    return len(gone)


def _end_access(terms: Terms, database: str) -> None:
    """Leave of the user a row that nobody can sign in with, and that says nothing."""
    user = User.objects.using(database).filter(username=terms.name).first()
    if user is None:
        return
    for relation in User._meta.related_objects:
        model = relation.related_model
        if model is not models.Profile and isinstance(relation.field, orm.ForeignKey):
            rows: orm.QuerySet[orm.Model] = model._default_manager.using(database)  # type: ignore[union-attr]  # a model, not "self"
            rows.filter(**{relation.field.name: user}).delete()
    models.Profile.objects.using(database).filter(user=user).update(person_id="", unit="")
    user.username, user.email, user.first_name, user.last_name = terms.pseudonym, "", "", ""
    user.is_active = False
    user.set_unusable_password()
    user.save(using=database)


def email_of(name: str, *, database: str) -> str:
    """Return a user's e-mail address, "" if there is none."""
    return (
        User.objects.using(database).filter(username=name).values_list("email", flat=True).first()
        or ""
    )
