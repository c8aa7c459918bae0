"""Every page's address, in one list. Addresses are nouns and never change."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from wald.web.pages import (
    account,
    data,
    deals,
    definitions,
    home,
    journal,
    keys,
    metrics,
    palette,
    people,
    signing,
    views,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("metrics/", metrics.metric_list, name="metrics"),
    path("metrics/<slug:key>/", metrics.metric, name="metric"),
    path("metrics/<slug:key>/<slug:what>.<slug:format>", metrics.metric_file, name="metric_file"),
    path("deals/", deals.deals, name="deals"),
    path("deals.<slug:format>", deals.deals_file, name="deals_file"),
    path("deals/<path:opportunity_id>/", deals.deal, name="deal"),
    path("data/", data.data, name="data"),
    path("data/loads/<int:load_id>/", data.load, name="load"),
    path("data/loads/<int:load_id>/undo/", data.load_undo, name="load_undo"),
    path("data/loads/<int:load_id>/rejects/<int:number>.csv", data.reject_file, name="reject_file"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("journal/", journal.journal, name="journal"),
    path("journal/<int:seq>/", journal.journal_entry, name="journal_entry"),
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("theme/", signing.theme, name="theme"),
    path("find/", palette.find, name="find"),
    path("views/", views.views, name="views"),
    path("views/<int:view_id>/change/", views.view_change, name="view_change"),
    path("views/<int:view_id>/delete/", views.view_delete, name="view_delete"),
    path("keyboard/", palette.keyboard, name="keyboard"),
    path("people/", people.people, name="people"),
    path("people.<slug:format>", people.people_file, name="people_file"),
    path("people/<str:name>/", people.person, name="person"),
    path("account/", account.account, name="account"),
    path("account/keys/", keys.key_list, name="api_keys"),
    path("account/keys/<int:key_id>/revoke/", keys.key_revoke, name="api_key_revoke"),
    path("account/keys/<int:key_id>/rotate/", keys.key_rotate, name="api_key_rotate"),
]
