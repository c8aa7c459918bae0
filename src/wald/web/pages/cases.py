"""The inbox: cases by whose they are, filtered, and one thing done to many; opening a case."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wald.actions.case_bulk import Deed, Ended, do_to_many
from wald.actions.cases import open_case
from wald.cases.case import QUEUE_ROLES, CaseKind, kinds
from wald.kernel.instant import read_instant
from wald.kernel.problem import BadInput, Problem
from wald.queries.cases import SORTS, WHOSE, CasesAsk, CasesPage, cases_page, workers
from wald.web.door import Paging, actor_of, address, given, pager, paging_of, posted, workspace_of
from wald.web.refusals import by_field
from wald.web.undo import undo_message

ROWS = 50
STATUSES = (("open", "open"), ("closed", "closed"), ("any", "open or closed"))
SNOOZES = (("1", "due in 1 day"), ("3", "due in 3 days"), ("7", "due in a week"))
_DAYS = ("1", "3", "7")  # by which a due time may be put off
_SHOWN = 8  # refusals told one by one
_WORDS = {
    "take": "taken",
    "assign": "assigned",
    "give_back": "given back",
    "move": "moved",
    "due": "due later",
    "put_back_due": "due as before",
}
_UNDO = {
    "take": "give_back",
    "assign": "give_back",
    "move": "move:reopen",
    "due": "put_back_due",
    "put_back_due": "put_back_due",
}
_TYPED = ("kind", "title", "text", "assignee", "queue", "unit", "due", "links", "approvers",
          "needs")  # fmt: skip


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    actor, workspace, paging = (
        actor_of(request),
        workspace_of(request),
        paging_of(request, size=ROWS),
    )
    ask, problem, page = ask_of(request), None, None
    try:
        page = cases_page(
            actor=actor, workspace=workspace, ask=ask, at=now(),
            limit=paging.size, offset=paging.offset,
        )  # fmt: skip
    except BadInput as error:
        problem = error
    context = {
        "ask": ask,
        "page": page,
        "problem": problem,
        "kinds": kinds().values(),
        "statuses": STATUSES,
        "sorts": SORTS.items(),
        "now": now(),
        "may_work": actor.may("cases.work"),
        "may_open": actor.may("cases.open"),
        **(_shown(request, ask, page, paging) if page else {}),
    }
    if page and page.lines and actor.may("cases.work"):
        context["workers"] = workers(actor=actor, workspace=workspace)
    return render(request, "pages/cases.html", context, status=400 if problem else 200)


def ask_of(request: HttpRequest) -> CasesAsk:
    """Read which cases the address asks for."""
    return CasesAsk(
        whose=given(request, "whose") or "mine",
        status=given(request, "status") or "open",
        kind=given(request, "kind"),
        state=given(request, "state"),
        assignee=given(request, "assignee"),
        is_overdue=given(request, "overdue") == "1",
        search=given(request, "search"),
        link=given(request, "link"),
        sort=given(request, "sort") or "due",
    )


def _shown(
    request: HttpRequest, ask: CasesAsk, page: CasesPage, paging: Paging
) -> dict[str, object]:
    present = {line.kind for line in page.lines}
    return {
        "tabs": [
            (key, title, page.counts.get(key), address(request, whose=key, page=""))
            for key, title in WHOSE.items()
        ],
        "pager": pager(request, paging, page.total),
        "moves": _moves_of([kind for key, kind in kinds().items() if key in present]),
        "snoozes": SNOOZES,
        "here": request.get_full_path(),
        "is_filtered": bool(
            ask.kind or ask.state or ask.assignee or ask.search or ask.link or ask.is_overdue
            or ask.status != "open"
        ),
    }  # fmt: skip


def _moves_of(present: list[CaseKind]) -> list[tuple[str, str]]:
    """Return what can be chosen for many: every move of the kinds that are shown, once."""
    titles: dict[str, set[str]] = {}
    for kind in present:
        for move in kind.moves:
            if not move.is_vote:  # nobody agrees to many things at once
                titles.setdefault(move.key, set()).add(move.title)
    return [(key, " or ".join(sorted(found))) for key, found in titles.items()]


@login_required
@require_POST
def cases_bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing to the chosen cases; say for each that was refused why."""
    actor, at = actor_of(request), now()
    actor.must("cases.work")
    back = _back(request)
    chosen = _chosen(request)
    if not chosen:
        messages.warning(request, "Choose cases by the boxes before their titles.")
        return redirect(back)
    try:
        ended = do_to_many(
            actor=actor, workspace=workspace_of(request), cases=chosen,
            deed=_deed(request, at), at=at,
        )  # fmt: skip
    except BadInput as bad:
        said = " ".join(f"{one.where}: {one.what}; {one.fix}." for one in bad.problems)
        messages.error(request, f"{bad} {said}")
        return redirect(back)
    _tell(request, ended)
    return redirect(back)


def _deed(request: HttpRequest, at: datetime) -> Deed:
    what, _, which = posted(request, "deed").partition(":")
    return Deed(
        what=what,
        to=posted(request, "to"),
        move=which if what == "move" else "",
        reason=posted(request, "reason"),
        outcome=posted(request, "reason") if what == "move" else "",
        due_at=at + timedelta(days=int(which)) if what == "due" and which in _DAYS else None,
    )


def _chosen(request: HttpRequest) -> dict[int, int | None]:
    """Return the chosen cases with the version that their row showed."""
    chosen: dict[int, int | None] = {}
    for text in request.POST.getlist("case")[:1000]:
        if text.isdecimal() and len(text) < 16:
            version = request.POST.get(f"version_{text}", "")
            is_number = version.isdecimal() and len(version) < 10
            chosen[int(text)] = int(version) if is_number else None
    return chosen


def _tell(request: HttpRequest, ended: tuple[Ended, ...]) -> None:
    what = posted(request, "deed").partition(":")[0]
    done = [one for one in ended if one.is_done]
    refused = [one for one in ended if not one.is_done]
    if done:
        many = f"{len(done)} case{'' if len(done) == 1 else 's'} {_WORDS[what]}."
        if what in _UNDO:
            _offer_undo(request, many, _UNDO[what], done)
        else:
            messages.success(request, many)
    for one in refused[:_SHOWN]:
        messages.error(request, f"Case {one.case_id} is as it was: {one.words}")
    if len(refused) > _SHOWN:
        messages.error(request, f"{len(refused) - _SHOWN} more cases are as they were.")


def _offer_undo(request: HttpRequest, many: str, undo: str, done: list[Ended]) -> None:
    fields = {"deed": undo, "many": " ".join(str(one.case_id) for one in done),
              "reason": "Taken back", "next": _back(request)}  # fmt: skip
    undo_message(request, many, reverse("cases_undo"), fields)


@login_required
@require_POST
def cases_undo(request: HttpRequest) -> HttpResponse:
    """Take back what was done to many: they go back to their queue, or are opened again."""
    actor, at = actor_of(request), now()
    actor.must("cases.work")
    numbers = posted(request, "many").split()[:ROWS]
    chosen = {int(one): None for one in numbers if one.isdecimal() and len(one) < 16}
    if chosen:
        ended = do_to_many(
            actor=actor, workspace=workspace_of(request), cases=chosen,
            deed=_deed(request, at), at=at,
        )  # fmt: skip
        back = sum(one.is_done for one in ended)
        messages.success(request, f"{back} of {len(ended)} cases are back where they were.")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return to if is_ours and to.startswith("/") else reverse("cases")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """Open a case; a link may bring its kind and what it is about."""
    actor = actor_of(request)
    actor.must("cases.open")
    source = request.POST if request.method == "POST" else request.GET
    typed = {name: source.get(name, "").replace("\0", "") for name in _TYPED}
    if request.method == "GET" and request.GET.get("link"):
        typed["links"] = "\n".join(request.GET.getlist("link")).replace("\0", "")
    problem = None
    if request.method == "POST":
        try:
            case_id = _opened(request, typed)
        except BadInput as error:
            problem = error
        else:
            messages.success(request, f"Case {case_id} is open.")
            return redirect("case", case_id)
    context = {
        "typed": typed,
        "problem": problem,
        "wrong": by_field(problem, _field_of),
        "kinds": kinds().values(),
        "queues": [(role.value, role.title) for role in QUEUE_ROLES],
        "workers": workers(actor=actor, workspace=workspace_of(request)),
    }
    return render(request, "pages/case_new.html", context, status=400 if problem else 200)


def _opened(request: HttpRequest, typed: Mapping[str, str]) -> int:
    problems, due = [], None
    if typed["due"].strip():
        read = read_instant(typed["due"], "due")
        if isinstance(read, Problem):
            problems.append(read)
        else:
            due = read.astimezone(UTC)
    queue = next((role for role in QUEUE_ROLES if role.value == typed["queue"]), None)
    if typed["queue"] and queue is None:
        problems.append(Problem("queue", "there is no such queue", "choose one of the list"))
    if problems:
        raise BadInput("This case cannot be opened.", problems)
    return open_case(
        actor=actor_of(request),
        workspace=workspace_of(request),
        kind=typed["kind"],
        title=typed["title"],
        at=now(),
        assignee=typed["assignee"].strip(),
        queue=queue,
        unit=typed["unit"].strip(),
        due_at=due,
        links=[line.strip() for line in typed["links"].splitlines() if line.strip()],
        body=_body(typed),
    )


def _body(typed: Mapping[str, str]) -> dict[str, object]:
    body: dict[str, object] = {"text": typed["text"]}
    approvers = typed["approvers"].replace(",", " ").split()
    if approvers:
        body["approvers"] = approvers
        body["needs"] = typed["needs"] or "any"
    return body


def _field_of(where: str) -> str:
    """All links are written in one field."""
    return "links" if where.startswith("link ") else where
