"""Every address of the site, what it needs, and where it stands: one line for each route.

A route that has no line here fails tests/house/test_access.py. `needs` is the permission that
reading it asks for, or several with | of which one will do; "" for what everybody who has signed
in may see, OUTSIDE for what needs no sign-in, WRITES for what only takes POST and the like. Then
come addresses of the route that the tests visit, those of both teams where it has any.
"""

from tests.house.api_routes import API, OUTSIDE, WRITES, Route
from tests.house.api_routes import route as _route

__all__ = ["API", "OUTSIDE", "PAGES", "WRITES", "Route"]

_BY = "by=account&by=rep&by=team"
_WHERE = "where=account%20%3D%20%27BETAMARK%20account%27"

PAGES = {
    "home": _route("facts.read", "/", "/?as_of=2024-02-14", "/?period=2024-Q1"),
    "metrics": _route("facts.read", "/metrics/"),
    "metric": _route(
        "facts.read",
        "/metrics/bookings/?by=account",
        "/metrics/open_pipeline/?by=rep",
        "/metrics/quota_attainment/?by=team",
        "/metrics/push_count/?by=rep",
        "/metrics/activities_per_rep/?by=rep",
        "/metrics/lead_conversion/?by=rep",
        "/metrics/gross_margin/?by=account",
        f"/metrics/won_deals/?{_WHERE}",
    ),
    "metric_file": _route(
        "facts.read",
        *(f"/metrics/{key}/rows.csv" for key in ("bookings", "open_pipeline", "stale_deals")),
        *(f"/metrics/{key}/groups.csv?by=rep" for key in ("bookings", "stage_conversion")),
    ),
    "deals": _route(
        "facts.read", "/deals/", "/deals/?search=MARK", "/deals/?as_of=2024-02-14", "/deals/?q=B"
    ),
    "deals_file": _route("facts.read", "/deals.csv", "/deals.csv?as_of=2024-02-14"),
    "deal": _route(
        "facts.read", "/deals/ALPHAMARK-2/", "/deals/BETAMARK-2/", "/deals/ORPHANMARK-1/"
    ),
    "data": _route("facts.read", "/data/"),
    "load": _route("facts.load", "/data/loads/1/"),
    "load_undo": _route("facts.load", "/data/loads/1/undo/"),
    "reject_file": _route("facts.load", "/data/loads/1/rejects/1.csv"),
    "load_new": _route("facts.load", "/data/loads/new/"),
    "insights": _route("insights.read", "/insights/"),
    "night": _route("insights.read", "/insights/night/"),
    "insight_new": _route("insights.record", "/insights/new/"),
    "insight": _route("insights.read", "/insights/1/"),
    "decisions": _route("decisions.read", "/decisions/"),
    "decision_new": _route("decisions.make", "/decisions/new/"),
    "calibration": _route("decisions.read", "/decisions/calibration/"),
    "decision": _route("decisions.read", "/decisions/1/"),
    "cases": _route("cases.read", "/cases/", "/cases/?whose=all", "/cases/?whose=team"),
    "cases_bulk": _route(WRITES, "/cases/bulk/"),
    "cases_undo": _route(WRITES, "/cases/undo/"),
    "case_new": _route("cases.open", "/cases/new/"),
    "case": _route("cases.read", "/cases/1/", "/cases/2/"),
    "case_act": _route(WRITES, "/cases/1/comment/"),
    "delegations": _route("cases.read", "/cases/delegations/"),
    "delegation_end": _route(WRITES, "/cases/delegations/1/end/"),
    "work": _route("work.read", "/work/"),
    "job": _route("work.read", "/work/1/"),
    "job_stop": _route(WRITES, "/work/1/stop/"),
    "job_repeat": _route(WRITES, "/work/1/repeat/"),
    "notices": _route("notices.keep", "/notices/"),
    "notices_read": _route(WRITES, "/notices/read/"),
    "notices_choose": _route(WRITES, "/notices/choose/"),
    "unsubscribe": _route(OUTSIDE, "/notices/unsubscribe/x/"),
    "channels": _route("channels.change", "/channels/"),
    "channel": _route("channels.change", "/channels/1/"),
    "channel_change": _route(WRITES, "/channels/1/change/"),
    "channel_rotate": _route(WRITES, "/channels/1/rotate/"),
    "channel_stop": _route(WRITES, "/channels/1/stop/"),
    "channel_start": _route(WRITES, "/channels/1/start/"),
    "channel_test": _route(WRITES, "/channels/1/test/"),
    "channel_remove": _route(WRITES, "/channels/1/remove/"),
    "delivery_replay": _route(WRITES, "/channels/1/deliveries/1/replay/"),
    "definitions": _route("", "/definitions/"),
    "pay": _route("pay.read", "/pay/"),
    "pay_run": _route("pay.read", "/pay/runs/1/"),
    "payroll_file": _route("pay.read_all", "/pay/runs/1/payroll.csv"),
    "pay_mine": _route("pay.read", "/pay/mine/"),
    "pay_plan": _route("pay.read", "/pay/plan/"),
    "pay_acceptances": _route("pay.read_all", "/pay/acceptances/"),
    "pay_estimate": _route("pay.read", "/pay/estimate/"),
    "pay_what_if": _route("pay.read", "/pay/what-if/"),
    "pay_books": _route("pay.read_all", "/pay/books/"),
    "pay_statement": _route("pay.read", "/pay/statements/1/R1/", "/pay/statements/1/R3/"),
    "pay_statement_file": _route(
        "pay.read", "/pay/statements/1/R1/file.json", "/pay/statements/1/R3/file.csv"
    ),
    "pay_line": _route("pay.read", "/pay/statements/1/R1/lines/n1/"),
    "pay_lift": _route(WRITES, "/pay/holds/1/lift/"),
    "pay_decide": _route(WRITES, "/pay/adjustments/1/decide/"),
    "pay_retract": _route(WRITES, "/pay/adjustments/1/retract/"),
    "documents": _route("documents.read", "/documents/"),
    "document_new": _route("documents.draft|documents.override", "/documents/new/"),
    "document_check": _route(WRITES, "/documents/check/"),
    "document_version": _route("documents.read", "/documents/versions/1/"),
    "version_edit": _route("documents.read", "/documents/versions/1/edit/"),
    "version_form": _route("documents.read", "/documents/versions/1/form/"),
    "version_text": _route("documents.read", "/documents/versions/1/text.yaml"),
    "version_step": _route(WRITES, "/documents/versions/1/submit/"),
    "document": _route("documents.read", "/documents/approval_policy/deals/"),
    "of_unit": _route("documents.read", "/documents/approval_policy/deals@EMEA/"),
    "pipeline": _route(
        "facts.read", "/pipeline/", "/pipeline/?by=rep&as_of=2024-02-14", "/pipeline/?by=account"
    ),
    "stage_history": _route(
        "facts.read", "/pipeline/process/", "/pipeline/process/?as_of=2024-02-14"
    ),
    "exit_criteria": _route(
        "facts.read", "/pipeline/process/criteria/", "/pipeline/process/criteria/?as_of=2024-02-14"
    ),
    "criterion_deals": _route("facts.read", "/pipeline/process/criteria/deals/?of=Talks"),
    "velocity": _route("facts.read", "/pipeline/process/velocity/?by=rep&period=2024-01"),
    "pushes": _route("facts.read", "/pipeline/process/pushes/?period=2024-Q1"),
    "pushed_deals": _route(
        "facts.read",
        *(f"/pipeline/process/pushes/{kind}/" for kind in ("pushed", "round_trip", "serial")),
    ),
    "pipeline_changes": _route(
        "facts.read", "/pipeline/changes/", "/pipeline/changes/?from=2024-01-15&to=2024-03-01"
    ),
    "pipeline_bar": _route(
        "facts.read",
        *(
            f"/pipeline/changes/{bar}/?from=2024-01-25&to=2024-03-05"
            for bar in ("new", "start", "finish", "won", "lost", "owner_in", "owner_out")
        ),
    ),
    "calibrations": _route("facts.read", "/calibration/"),
    "calibration_draft": _route("documents.draft", "/calibration/draft/"),
    "incentives": _route("facts.read", "/calibration/incentives/"),
    "verdict": _route("facts.read", "/verdict/", "/verdict/?metric=stage_conversion&by=team"),
    "hygiene": _route("facts.read", "/hygiene/", "/hygiene/?as_of=2024-02-14"),
    "hygiene_rules": _route("facts.read", "/hygiene/rules/"),
    "hygiene_fixes": _route("facts.read", "/hygiene/fixes/"),
    "hygiene_fix_new": _route("hygiene.fix", "/hygiene/fixes/new/"),
    "hygiene_fix": _route("facts.read", "/hygiene/fixes/1/"),
    "hygiene_fix_undo": _route(WRITES, "/hygiene/fixes/1/undo/"),
    "hygiene_fix_file": _route("facts.read", "/hygiene/fixes/update.csv"),
    "hygiene_cases": _route("cases.open", "/hygiene/cases/"),
    "forecast": _route("facts.read", "/forecast/", "/forecast/?period=2024-Q1"),
    "forecast_model": _route("facts.read", "/forecast/model/", "/forecast/model/?unit=rep:R2"),
    "forecast_track_record": _route("facts.read", "/forecast/track-record/"),
    "win_chance": _route("facts.read", "/forecast/win-chance/", "/forecast/win-chance/?deal=O1"),
    "forecast_backtest": _route(WRITES, "/forecast/backtest/"),
    "forecast_rows": _route("facts.read", "/forecast/rows/", "/forecast/rows/?what=commit"),
    "forecast_person": _route("facts.read", "/forecast/people/R2/", "/forecast/people/R3/"),
    "quotas": _route("documents.read", "/quotas/"),
    "quotas_file": _route("documents.read", "/quotas.csv?plan=company"),
    "quotas_publish": _route(WRITES, "/quotas/publish/"),
    "quota_attainment": _route(
        "facts.read", "/quotas/attainment/", "/quotas/attainment/?period=2024-Q1"
    ),
    "quota_attainment_file": _route("facts.read", "/quotas/attainment.csv?period=2024-Q1"),
    "quota_person": _route("documents.read", "/quotas/@R2/"),
    "quota": _route("documents.read", "/quotas/company/South/"),
    "journal": _route("journal.read", "/journal/"),
    "journal_entry": _route("journal.read", "/journal/1/"),
    "sign_in": _route(OUTSIDE, "/sign-in/"),
    "openid": _route(OUTSIDE, "/sign-in/openid/"),
    "openid_return": _route(OUTSIDE, "/sign-in/openid/return/"),
    "sign_out": _route(OUTSIDE, "/sign-out/"),
    "theme": _route(OUTSIDE, "/theme/"),
    "find": _route("", "/find/", "/find/?q=MARK", "/find/?q=7222"),
    "views": _route("views.keep", "/views/"),
    "view_change": _route(WRITES, "/views/1/change/"),
    "view_delete": _route(WRITES, "/views/1/delete/"),
    "keyboard": _route("", "/keyboard/"),
    "people": _route("users.read", "/people/"),
    "people_file": _route("users.read", "/people.csv"),
    "person": _route("users.read", "/people/ben/", "/people/ben/?find=B"),
    "account": _route("account.keep", "/account/"),
    "api_keys": _route("keys.keep", "/account/keys/"),
    "api_key_revoke": _route(WRITES, "/account/keys/1/revoke/"),
    "api_key_rotate": _route(WRITES, "/account/keys/1/rotate/"),
}
