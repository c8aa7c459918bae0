"""Signing in and out, and choosing the light one reads in."""

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from wald.records.stores.sign_in import address_of, begin_attempt, end_attempts
from wald.web.shell import THEME_COOKIE, THEMES

_YEAR = 365 * 24 * 3600


class SignIn(LoginView):
    """Django's page, with waits between wrong attempts; Django wants a class here."""

    template_name = "pages/sign_in.html"
    next_page = "home"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        name = request.POST.get("username", "").replace("\0", "")
        address = address_of(request.META, settings.PROXIES)
        wait = begin_attempt(name, address, at=now(), database="default")
        if not wait:
            return super().post(request, *args, **kwargs)
        form = AuthenticationForm(request, initial={"username": name})
        response = self.render_to_response(self.get_context_data(form=form, wait=wait), status=429)
        response.headers["Retry-After"] = str(wait)
        return response

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        end_attempts(form.get_user().get_username(), database="default")
        return super().form_valid(form)

    def render_to_response(self, context: dict[str, object], **options: object) -> HttpResponse:
        return super().render_to_response({**context, "openid": settings.OPENID}, **options)


sign_in = SignIn.as_view()


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark, or neither (the system decides), and go back to the page."""
    chosen, back = request.POST.get("theme", ""), request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if is_ours else resolve_url("home"))
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
