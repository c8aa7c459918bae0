"""Every page of the site with an address to look at it: a new page without one fails a test.

`SAMPLES` has, by the name of its address, what to open; {deal}, {load}, {case} and so on stand for
records that `tests/sample_records.py` makes. `NOT_LOOKED_AT` are files, and what only takes a form.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.urls import URLPattern

from wald.web.urls import urlpatterns

SAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "home": ("/", "/?as_of=2024-02-15", "/?as_of=soon"),
        "metrics": ("/metrics/",),
        "metric": ("/metrics/win_rate/?by=region", "/metrics/win_rate/?where=regio = 1"),
        "deals": ("/deals/", "/deals/?outcome=won", "/deals/?where=x"),
        "deal": ("/deals/O1/",),
        "data": ("/data/",),
        "load": ("/data/loads/{load}/",),
        "load_new": ("/data/loads/new/",),
        "load_undo": ("/data/loads/{newest}/undo/",),
        "definitions": ("/definitions/",),
        "cases": ("/cases/", "/cases/?whose=all&status=any", "/cases/?kind=x"),
        "case_new": ("/cases/new/",),
        "delegations": ("/cases/delegations/",),
        "case": ("/cases/{case}/",),
        "insights": ("/insights/",),
        "night": ("/insights/night/", "/insights/night/?as_of=moon"),
        "insight_new": ("/insights/new/",),
        "insight": ("/insights/{insight}/",),
        "decisions": ("/decisions/",),
        "decision_new": ("/decisions/new/?insight={insight}",),
        "calibration": ("/decisions/calibration/",),
        "decision": ("/decisions/{decision}/",),
        "documents": ("/documents/",),
        "document_new": ("/documents/new/",),
        "document": (
            "/documents/approval_policy/discounts/",
            "/documents/approval_policy/discounts/?unit=EMEA",
        ),
        "document_version": ("/documents/versions/{version}/", "/documents/versions/{draft}/"),
        "version_edit": ("/documents/versions/{draft}/edit/",),
        "version_form": ("/documents/versions/{draft}/form/",),
        "pipeline": ("/pipeline/", "/pipeline/?by=team&by=stage&org=now", "/pipeline/?where=x"),
        "stage_history": (
            "/pipeline/process/",
            "/pipeline/process/?where=x",
            "/pipeline/process/?team=none",
        ),
        "verdict": (
            "/verdict/",
            "/verdict/?metric=average_cycle_days&by=team",
            "/verdict/?metric=moon&by=sun",
            "/verdict/?where=x",
        ),
        "hygiene": (
            "/hygiene/",
            "/hygiene/?rule=no_amount&severity=high&owner=nobody",
            "/hygiene/?rule=none&as_of=soon",
            "/hygiene/?severity=none",
        ),
        "hygiene_fixes": ("/hygiene/fixes/",),
        "hygiene_fix_new": (
            "/hygiene/fixes/new/?deal=O4",
            "/hygiene/fixes/new/?rule=no_amount",
            "/hygiene/fixes/new/?rule=none",
        ),
        "hygiene_fix": ("/hygiene/fixes/{fix}/",),
        "hygiene_cases": ("/hygiene/cases/", "/hygiene/cases/?rule=none"),
        "hygiene_rules": ("/hygiene/rules/", "/hygiene/rules/?as_of=soon"),
        "exit_criteria": ("/pipeline/process/criteria/", "/pipeline/process/criteria/?where=x"),
        "criterion_deals": (
            "/pipeline/process/criteria/deals/?of=Talks",
            "/pipeline/process/criteria/deals/?of=none",
        ),
        "calibrations": ("/calibration/", "/calibration/?as_of=soon"),
        "calibration_draft": ("/calibration/draft/",),
        "incentives": ("/calibration/incentives/", "/calibration/incentives/?as_of=soon"),
        "velocity": (
            "/pipeline/process/velocity/",
            "/pipeline/process/velocity/?by=rep&period=2024-Q1&beside=2023-Q4",
            "/pipeline/process/velocity/?by=moon&period=soon",
        ),
        "pushes": ("/pipeline/process/pushes/", "/pipeline/process/pushes/?period=soon"),
        "pushed_deals": (
            "/pipeline/process/pushes/pushed/?period=2024-Q1",
            "/pipeline/process/pushes/serial/?period=soon",
        ),
        "pipeline_changes": (
            "/pipeline/changes/",
            "/pipeline/changes/?from=2024-01-31&to=2024-03-31&period=2024-Q2",
            "/pipeline/changes/?from=soon&period=x",
        ),
        "pipeline_bar": (
            "/pipeline/changes/new/?from=2024-01-01&to=2024-03-31",
            "/pipeline/changes/start/?from=x",
        ),
        "forecast": ("/forecast/", "/forecast/?period=x", "/forecast/?unit=nowhere"),
        "forecast_model": ("/forecast/model/", "/forecast/model/?unit=nowhere&grain=x"),
        "forecast_track_record": ("/forecast/track-record/", "/forecast/track-record/?level=x"),
        "win_chance": ("/forecast/win-chance/", "/forecast/win-chance/?deal=nowhere"),
        "forecast_person": ("/forecast/people/P1/", "/forecast/people/P1/?period=2024-Q2"),
        "forecast_rows": ("/forecast/rows/?what=commit", "/forecast/rows/?what=x"),
        "quotas": ("/quotas/", "/quotas/?on=soon", "/quotas/?plan=company&on=2027-01-01"),
        "quota": ("/quotas/company/organization/?on=2027-01-01",),
        "quota_person": ("/quotas/@P1/?on=2027-01-01",),
        "quota_attainment": ("/quotas/attainment/", "/quotas/attainment/?period=x"),
        "pay": ("/pay/",),
        "pay_mine": ("/pay/mine/",),
        "pay_plan": ("/pay/plan/",),
        "pay_acceptances": ("/pay/acceptances/",),
        "pay_estimate": ("/pay/estimate/", "/pay/estimate/?amount=x", "/pay/estimate/?amount=5"),
        "pay_what_if": ("/pay/what-if/", "/pay/what-if/?version=x&over=2024"),
        "pay_books": ("/pay/books/", "/pay/books/?period=x", "/pay/books/?period=2024-01"),
        "pay_statement": ("/pay/statements/{pay_run}/P1/",),
        "pay_line": ("/pay/statements/{pay_run}/P1/lines/{pay_line}/",),
        "pay_run": ("/pay/runs/{pay_run}/", "/pay/runs/{pay_run}/?search=nobody"),
        "journal": ("/journal/",),
        "work": ("/work/",),
        "job": ("/work/{job}/",),
        "notices": ("/notices/",),
        "channels": ("/channels/",),
        "channel": ("/channels/{channel}/",),
        "channel_remove": ("/channels/{channel}/remove/",),
        "unsubscribe": ("/notices/unsubscribe/nothing/",),
        "journal_entry": ("/journal/1/",),
        "people": ("/people/",),
        "person": ("/people/rae/", "/people/ana/"),
        "account": ("/account/",),
        "find": ("/find/", "/find/?q=one"),
        "keyboard": ("/keyboard/",),
        "views": ("/views/", "/views/?address=/deals/%3Foutcome=won"),
        "api_keys": ("/account/keys/",),
        "sign_in": ("/sign-in/",),
    }
)
NOT_LOOKED_AT = frozenset(
    {
        "metric_file",
        "quotas_file",
        "quotas_publish",
        "forecast_backtest",
        "hygiene_fix_undo",
        "hygiene_fix_file",
        "quota_attainment_file",
        "deals_file",
        "reject_file",
        "sign_out",
        "theme",
        "view_change",
        "cases_bulk",
        "cases_undo",
        "delegation_end",
        "case_act",
        "document_check",
        "of_unit",
        "payroll_file",
        "pay_statement_file",
        "pay_lift",
        "pay_decide",
        "pay_retract",
        "version_text",
        "version_step",
        "people_file",
        "job_stop",
        "job_repeat",
        "work_run",
        "notices_read",
        "notices_choose",
        "channel_change",
        "channel_rotate",
        "channel_stop",
        "channel_start",
        "channel_test",
        "delivery_replay",
        "openid",
        "openid_return",
        "view_delete",
        "api_key_revoke",
        "api_key_rotate",
    }
)


def names() -> Iterator[str]:
    """Return the name of every page's address."""
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
