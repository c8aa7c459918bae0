"""Every address: the API under its version, all else is pages."""

from django.urls import include, path

from wald.api.urls import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("wald.web.urls")),
]
