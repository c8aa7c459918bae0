"""Signing in through another system: there, and back."""

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wald.actions.single_sign_on import Stranger, admit
from wald.kernel.actor import Actor, Door
from wald.kernel.problem import Refusal
from wald.web.door import given, workspace_of
from wald.web.openid import Claims, Errand, OpenId, Provider, errand

_KEPT = "openid"  # where the session keeps the errand
_BACKEND = "wald.records.stores.backend.WithRole"
_DOORKEEPER = Actor("openid connect", frozenset({"users.change"}), door=Door.PAGE)


@never_cache
@require_safe
def openid(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider."""
    configured = _configured()
    back = given(request, "next")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    sent, challenge = errand(back if is_ours else resolve_url("home"))
    try:
        address = Provider(configured, _return_address(request)).address(sent, challenge)
    except Refusal as refusal:
        return _refused(request, refusal)
    request.session[_KEPT] = asdict(sent)
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def openid_return(request: HttpRequest) -> HttpResponse:
    """Sign in who comes back from the provider, if all that they bring is right."""
    configured = _configured()
    kept = request.session.pop(_KEPT, None)
    if kept is None or given(request, "state") != kept["state"]:
        return _refused(request, Refusal("This sign-in was not begun here; begin it anew."))
    code = given(request, "code")
    if not code:
        return _refused(request, Refusal("The sign-in provider let nobody in; try again."))
    sent = Errand(**kept)
    try:
        claims = Provider(configured, _return_address(request)).claims(code, sent)
        name = admit(
            actor=_DOORKEEPER,
            workspace=workspace_of(request),
            stranger=_stranger(configured, claims),
            at=now(),
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    login(request, User.objects.get(username=name), backend=_BACKEND)
    return redirect(sent.next)


def _configured() -> OpenId:
    found: OpenId | None = settings.OPENID
    if found is None:
        raise Http404("No other system signs people in here.")
    return found


def _return_address(request: HttpRequest) -> str:
    """Return where the provider sends people back to, as it was told beforehand."""
    path = reverse("openid_return")
    if settings.WALD_URL:
        return f"{settings.WALD_URL}{path}"
    return request.build_absolute_uri(path)


def _stranger(configured: OpenId, claims: Claims) -> Stranger:
    return Stranger(
        issuer=configured.issuer,
        subject=str(claims["sub"]),
        name=str(claims.get("preferred_username", "")),
        email=str(claims.get("email", "")),
        role=configured.role_of(claims),
        has_verified_email=claims.get("email_verified") in (True, "true"),  # some write a text
    )


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    messages.error(request, str(refusal))
    return redirect("sign_in")
