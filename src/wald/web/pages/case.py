"""One case: its time line, whom it waits for, and what the person may do with it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from wald.actions import case_moves, cases
from wald.cases.case import QUEUE_ROLES, Asks, title_of
from wald.cases.fold import Event, EventKind
from wald.cases.words import move_title, said
from wald.kernel.actor import Actor
from wald.kernel.instant import read_instant
from wald.kernel.problem import BadInput, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.cases import CasePage, one_case, workers
from wald.web.door import actor_of, workspace_of
from wald.web.refusals import status_of

# Where the page of a linked record is; what is not here has no page of its own.
_PAGES = {
    "opportunity": "/deals/{}/",
    "load": "/data/loads/{}/",
    "metric": "/metrics/{}/",
    "document": "/documents/{}/",
    "version": "/documents/versions/{}/",
    "insight": "/insights/{}/",
    "decision": "/decisions/{}/",
    "case": "/cases/{}/",
    "user": "/people/{}/",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the page tells it."""

    at: datetime
    by: str
    words: str
    text: str
    is_comment: bool
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What a form of the page asks for; `typed` is what was written into it."""

    actor: Actor
    workspace: Workspace
    case_id: int
    at: datetime
    typed: Mapping[str, str]

    @property
    def version(self) -> int | None:
        text = self.typed.get("version", "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


@login_required
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _page(request, case_id)


@login_required
@require_POST
def case_act(request: HttpRequest, case_id: int, deed: str) -> HttpResponse:
    """Do one of DEEDS to a case; a refusal keeps what was written and says why."""
    if deed not in DEEDS:
        raise Http404("There is nothing of this name to do to a case.")
    actor, workspace = actor_of(request), workspace_of(request)
    actor.must("cases.work")
    typed = {name: str(text).replace("\0", "") for name, text in request.POST.items()}
    try:
        words = DEEDS[deed](Act(actor, workspace, case_id, now(), typed))
    except Refusal as refusal:
        return _page(request, case_id, refusal, typed | {"deed": deed})
    if one_case(actor=actor, workspace=workspace, case_id=case_id, at=now()) is None:
        messages.success(request, f"{words} You no longer see it.")
        return redirect("cases")
    messages.success(request, words)
    return redirect("case", case_id)


def _page(
    request: HttpRequest,
    case_id: int,
    refusal: Refusal | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    page = one_case(actor=actor, workspace=workspace, case_id=case_id, at=at)
    if page is None:
        raise Http404("There is no such case, or none that you see.")
    context = {
        "page": page,
        "lines": [_line(event, page.case.text) for event in page.events],
        "links": [(link, address_of(link)) for link in page.case.links],
        "moves": _moves(page),
        "facts": _facts(page),
        "queues": [(role.value, role.title) for role in QUEUE_ROLES],
        "workers": workers(actor=actor, workspace=workspace) if page.may_assign else (),
        "watches": actor.name in page.case.watchers,
        "is_late": page.case.is_open and page.case.due_at is not None and page.case.due_at < at,
        "problem": refusal,
        "changed": refusal.changed if isinstance(refusal, Stale) else (),
        "typed": typed or {},
    }
    return render(request, "pages/case.html", context, status=status_of(refusal))


def _moves(page: CasePage) -> list[dict[str, object]]:
    """Return each move that can be made now, with what it asks and for whom it is made."""
    return [
        {
            "move": move,
            "asks_reason": Asks.REASON in move.asks,
            "asks_outcome": Asks.OUTCOME in move.asks,
            "for": page.stands_for.get(move.key, ""),
            "is_first": move is page.moves[0],
        }
        for move in page.moves
    ]


def _facts(page: CasePage) -> list[tuple[str, str]]:
    """Return what stands beside the time line, in words."""
    found = page.case
    pairs = [
        ("Kind", page.kind.title),
        ("Has it", found.assignee),
        ("Queue", title_of(found.queue)),
        ("Opened by", found.opened_by),
        ("Unit", found.unit),
        ("Person", found.person_id),
        ("Asked", ", ".join(found.approvers)),
        ("Needs", "all of them" if found.needs_all and len(found.approvers) > 1 else ""),
        ("Agreed", ", ".join(_voter(v.name, v.by) for v in found.votes)),
        ("Outcome", found.outcome),
        ("Watched by", ", ".join(found.watchers)),
    ]
    pairs += [(title_of(name), str(value)) for name, value in found.details.items()]
    return [(name, value) for name, value in pairs if value]


def _voter(name: str, by: str) -> str:
    return name if name == by else f"{by} for {name}"


def _line(event: Event, shown: str) -> Line:
    """Return an event as the page tells it; `shown` stands above the time line already."""
    is_comment = event.kind is EventKind.COMMENTED
    texts = [event.text(name) for name in ("text", "reason", "outcome")]
    return Line(
        at=event.at,
        by=event.by,
        words=said(event),
        text="\n".join(text for text in texts if text and (is_comment or text != shown)),
        is_comment=is_comment,
        links=tuple((link, address_of(link)) for link in event.texts("links")),
    )


def address_of(link: str) -> str:
    """Return where the page of a linked record is, "" for a record without one."""
    kind, _, key = link.partition(":")
    if kind == "statement":
        key, _, node = key.partition("#")
        return f"/pay/statements/{quote(key)}/" + (f"#{quote(node)}" if node else "")
    return _PAGES[kind].format(quote(key)) if kind in _PAGES else ""


def _comment(act: Act) -> str:
    cases.comment(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        text=act.typed.get("text", ""),
    )  # fmt: skip
    return "Your comment is kept."


def _link(act: Act) -> str:
    text = act.typed.get("links", "").strip()
    cases.link(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        links=[line.strip() for line in text.splitlines() if line.strip()],
    )  # fmt: skip
    return "The link is kept."


def _watch(act: Act) -> str:
    on = act.typed.get("on") == "1"
    cases.watch(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at, on=on
    )  # fmt: skip
    return "You hear of what happens here." if on else "You no longer hear of what happens here."


def _take(act: Act) -> str:
    case_moves.take(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        version=act.version,
    )  # fmt: skip
    return "It is yours."


def _give_back(act: Act) -> str:
    wanted = act.typed.get("queue", "")
    queue = next((role for role in QUEUE_ROLES if role.value == wanted), None)
    case_moves.give_back(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        version=act.version, queue=queue,
    )  # fmt: skip
    return "It is back in the queue."


def _assign(act: Act) -> str:
    to = act.typed.get("to", "").strip()
    case_moves.assign(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        version=act.version, to=to,
    )  # fmt: skip
    return f"{to} has it now."


def _due(act: Act) -> str:
    read = read_instant(act.typed.get("due", ""), "due")
    if isinstance(read, Problem):
        raise BadInput("The due time cannot be read.", [read])
    case_moves.set_due(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        version=act.version, due_at=read.astimezone(UTC),
    )  # fmt: skip
    return f"It is due on {read:%d %b %Y at %H:%M} UTC."


def _change(act: Act) -> str:
    cases.change_case(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        version=act.version, title=act.typed.get("title"), text=act.typed.get("text"),
    )  # fmt: skip
    return "It is changed."


def _move(act: Act) -> str:
    case_moves.move_case(
        actor=act.actor, workspace=act.workspace, case_id=act.case_id, at=act.at,
        version=act.version, move=act.typed.get("move", ""),
        reason=act.typed.get("reason", ""), outcome=act.typed.get("outcome", ""),
    )  # fmt: skip
    return f"{move_title(act.typed.get('kind', ''), act.typed.get('move', ''))}: it is done."


DEEDS: Mapping[str, Callable[[Act], str]] = {
    "comment": _comment,
    "link": _link,
    "watch": _watch,
    "take": _take,
    "give_back": _give_back,
    "assign": _assign,
    "due": _due,
    "change": _change,
    "move": _move,
}
