"""From a request to plain values: who asks, of which workspace, as of when."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from wald.kernel.actor import Actor, Door
from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.records.stores.users import actor_of as actor_of_user

_PLACE = re.compile(r"character (\d+)")
_WORD = re.compile(r"\w+|'[^']*'|.")  # what a Problem's place points at
_LONGEST_NUMBER = 9  # digits of a page


@dataclass(frozen=True, slots=True)
class Dates:
    """Which period, as of which day, as known when: "" and None are the sensible defaults."""

    period: str = ""
    as_of: date | None = None
    known: datetime | None = None

    @property
    def query(self) -> str:
        """Return the dates as the end of an address, "" for the defaults."""
        asked = {
            "period": self.period,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "known": f"{self.known:%Y-%m-%dT%H:%M:%S}" if self.known else "",
        }
        given = {name: text for name, text in asked.items() if text}
        return f"?{urlencode(given)}" if given else ""

    def of(self, period: str) -> str:
        """Return the end of the address of another period, "" if there is none."""
        return replace(self, period=period).query if period else ""


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks, with the same rights as at the other doors."""
    return actor_of_user(request.user, Door.PAGE)


def posted(request: HttpRequest, name: str) -> str:
    """Return a field of a form as it is read: without NUL, without space around it, "" for none."""
    return request.POST.get(name, "").replace("\0", "").strip()


def workspace_of(request: HttpRequest) -> Workspace:
    """Return the workspace whose records are this project's default database."""
    return Workspace(Path(settings.HOME), "default")


def given(request: HttpRequest, name: str) -> str:
    """Return what the address says for `name`, "" for nothing; no text of ours holds a NUL."""
    return request.GET.get(name, "").replace("\0", "").strip()


def dates_of(request: HttpRequest) -> Dates:
    """Read `period`, `as_of` and `known` of the address. Raises BadInput with every Problem."""
    as_of, known = given(request, "as_of"), given(request, "known")
    day = read_day(as_of, "as of") if as_of else None
    instant = read_instant(known, "known at") if known else None
    if isinstance(day, Problem) or isinstance(instant, Problem):
        problems = [one for one in (day, instant) if isinstance(one, Problem)]
        raise BadInput("These dates cannot be read.", problems)
    return Dates(given(request, "period"), day, instant)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a long table, from 1, and how many rows it has."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one is in a long table, and the addresses of the pages around."""

    page: int
    pages: int
    first: int
    last: int
    total: int
    addresses: tuple[tuple[str, str], ...]  # first, previous, next, last: "" where one is


def paging_of(request: HttpRequest, *, size: int) -> Paging:
    text = given(request, "page")
    return Paging(max(1, int(text)) if is_number(text) else 1, size)


def is_number(text: str) -> bool:
    """Is it a whole number that can be the number of something?"""
    return text.isdecimal() and len(text) < _LONGEST_NUMBER


def pager(request: HttpRequest, paging: Paging, total: int) -> Pager:
    """Return the way through `total` rows."""
    pages = max(1, -(-total // paging.size))
    page = paging.page
    steps = (("First", 1), ("Previous", page - 1), ("Next", page + 1), ("Last", pages))
    return Pager(
        page=page,
        pages=pages,
        first=min(paging.offset + 1, total),
        last=min(paging.offset + paging.size, total),
        total=total,
        addresses=tuple(
            (name, address(request, page=str(to)) if to != page and 1 <= to <= pages else "")
            for name, to in steps
        ),
    )


def address(request: HttpRequest, **changes: str) -> str:
    """Return the end of this page's address with some of its parts changed, "" taking one out."""
    asked = request.GET.copy()
    for name, text in changes.items():
        asked[name] = text
    given = [(name, text) for name, texts in asked.lists() for text in texts if text]
    return f"?{urlencode(given)}" if given else "?"


def marked(text: str, problem: BadInput | None) -> tuple[tuple[str, bool], ...]:
    """Return a filter in pieces, each with whether a Problem names its place; () if none does."""
    found = (_PLACE.search(one.where) for one in (problem.problems if problem else ()))
    places = sorted({int(place[1]) - 1 for place in found if place})
    pieces, done = [], 0
    for at in places:
        word = _WORD.match(text, at)
        if word is not None and at >= done:
            pieces += [(text[done:at], False), (word[0], True)]
            done = word.end()
    return (*pieces, (text[done:], False)) if pieces else ()
