"""Undo as a button: a message says what was done, and one click takes it back.

    undo_message(request, "The view is deleted.", reverse("views_restore"), {"name": "Won"})
    return redirect("views")

The next page shows the sentence with a button that posts `fields` to `url`; there stands an
ordinary action with its own rights and its own journal entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

_KEPT = "undo"  # where the session keeps it until a page has shown it


@dataclass(frozen=True, slots=True)
class Undo:
    sentence: str
    url: str
    fields: tuple[tuple[str, str], ...]


def undo_message(
    request: HttpRequest, sentence: str, url: str, fields: Mapping[str, str] | None = None
) -> None:
    """Let the next page show `sentence` with a button that posts `fields` to `url`."""
    if not url.startswith("/") or url.startswith("//"):
        messages.success(request, sentence)  # only this site's own pages undo anything
        return
    request.session[_KEPT] = {"sentence": sentence, "url": url, "fields": dict(fields or {})}


def take_undo(request: HttpRequest) -> Undo | None:
    """Return what can be undone now, once."""
    session = getattr(request, "session", None)
    kept = session.pop(_KEPT, None) if session is not None else None
    if kept is None:
        return None
    return Undo(kept["sentence"], kept["url"], tuple(kept["fields"].items()))
