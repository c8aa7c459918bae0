"""Every operation of the API, what it needs, and where it stands; see tests/house/routes.py."""

from dataclasses import dataclass

OUTSIDE = "outside"
WRITES = "writes"


@dataclass(frozen=True)
class Route:
    needs: str
    addresses: tuple[str, ...]


def route(needs: str, *addresses: str) -> Route:
    return Route(needs, addresses)


_route = route
_BY = "by=account&by=rep&by=team"
_WHERE = "where=account%20%3D%20%27BETAMARK%20account%27"

API = {
    "openapi-json": _route(OUTSIDE, "/api/v1/openapi.json"),
    "api-root": _route(OUTSIDE, "/api/v1/"),
    "list_metrics": _route("", "/api/v1/metrics"),
    "one_metric": _route("", "/api/v1/metrics/bookings"),
    "metric_verdict": _route("facts.read", "/api/v1/verdicts/win_rate?by=person"),
    "measure": _route(
        "facts.read",
        f"/api/v1/metrics/bookings/measure?{_BY}",
        f"/api/v1/metrics/open_pipeline/measure?{_BY}&as_of=2024-02-14",
        f"/api/v1/metrics/won_deals/measure?{_WHERE}",
    ),
    "rows": _route(
        "facts.read",
        *(
            f"/api/v1/metrics/{key}/rows"
            for key in ("bookings", "open_pipeline", "push_count", "lead_conversion")
        ),
    ),
    "pulse": _route("facts.read", "/api/v1/pulse"),
    "list_loads": _route("facts.read", "/api/v1/loads"),
    "load": _route(WRITES, "/api/v1/loads"),
    "one_load": _route("facts.load", "/api/v1/loads/1"),
    "rejects": _route("facts.load", "/api/v1/loads/1/rejects"),
    "undo": _route(WRITES, "/api/v1/loads/1/undo"),
    "list_keys": _route("keys.keep", "/api/v1/keys"),
    "add_key": _route(WRITES, "/api/v1/keys"),
    "one_key": _route("keys.keep", "/api/v1/keys/1"),
    "revoke_key": _route(WRITES, "/api/v1/keys/1/revoke"),
    "rotate_key": _route(WRITES, "/api/v1/keys/1/rotate"),
    "list_people": _route("users.read", "/api/v1/people"),
    "add_person": _route(WRITES, "/api/v1/people"),
    "one_person": _route("users.read", "/api/v1/people/ben"),
    "change_person": _route(WRITES, "/api/v1/people/ben"),
    "find_persons": _route("users.read", "/api/v1/persons?find=B"),
    "disable_person": _route(WRITES, "/api/v1/people/ben/disable"),
    "enable_person": _route(WRITES, "/api/v1/people/ben/enable"),
    "set_password": _route(WRITES, "/api/v1/people/ben/password"),
    "list_journal": _route("journal.read", "/api/v1/journal"),
    "journal_head": _route("journal.read", "/api/v1/journal/head"),
    "journal_entry": _route("journal.read", "/api/v1/journal/1"),
    "list_views": _route("views.keep", "/api/v1/views"),
    "add_view": _route(WRITES, "/api/v1/views"),
    "one_view": _route("views.keep", "/api/v1/views/1"),
    "change_view": _route(WRITES, "/api/v1/views/1"),
    "delete_view": _route(WRITES, "/api/v1/views/1"),
    "list_documents": _route("documents.read", "/api/v1/documents"),
    "draft_document": _route(WRITES, "/api/v1/documents"),
    "document_types_list": _route("documents.read", "/api/v1/documents/types"),
    "document_schema": _route("documents.read", "/api/v1/documents/types/approval_policy/schema"),
    "plan_document": _route(WRITES, "/api/v1/documents/plan"),
    "one_version": _route("documents.read", "/api/v1/documents/versions/1"),
    "version_diff": _route("documents.read", "/api/v1/documents/versions/1/diff"),
    "submit_version": _route(WRITES, "/api/v1/documents/versions/1/submit"),
    "approve_version": _route(WRITES, "/api/v1/documents/versions/1/approve"),
    "return_version": _route(WRITES, "/api/v1/documents/versions/1/return"),
    "withdraw_version": _route(WRITES, "/api/v1/documents/versions/1/withdraw"),
    "one_document": _route("documents.read", "/api/v1/documents/approval_policy/deals"),
    "effective_document": _route(
        "documents.read", "/api/v1/documents/approval_policy/deals/effective"
    ),
    "list_insights": _route("insights.read", "/api/v1/insights"),
    "record_insight": _route(WRITES, "/api/v1/insights"),
    "the_night": _route("insights.read", "/api/v1/night"),
    "one_insight": _route("insights.read", "/api/v1/insights/1"),
    "insight_rows": _route("insights.read", "/api/v1/insights/1/rows"),
    "insight_history": _route("insights.read", "/api/v1/insights/1/history"),
    "similar_insights": _route("insights.read", "/api/v1/insights/1/similar"),
    "insight_proposal": _route("insights.read", "/api/v1/insights/1/proposal"),
    "change_insight_status": _route(WRITES, "/api/v1/insights/1/status"),
    "open_insight_case": _route(WRITES, "/api/v1/insights/1/case"),
    "list_decisions": _route("decisions.read", "/api/v1/decisions"),
    "make_decision": _route(WRITES, "/api/v1/decisions"),
    "calibration": _route("decisions.read", "/api/v1/decisions/calibration"),
    "one_decision": _route("decisions.read", "/api/v1/decisions/1"),
    "similar_decisions": _route("decisions.read", "/api/v1/decisions/1/similar"),
    "check_decision": _route(WRITES, "/api/v1/decisions/check"),
    "review_decisions": _route(WRITES, "/api/v1/decisions/review"),
    "search": _route("insights.read", "/api/v1/search?text=MARK"),
    "list_jobs": _route("work.read", "/api/v1/work"),
    "run_work": _route(WRITES, "/api/v1/work"),
    "schedule": _route("work.read", "/api/v1/work/schedule"),
    "one_job": _route("work.read", "/api/v1/work/1"),
    "stop_work": _route(WRITES, "/api/v1/work/1/stop"),
    "repeat_work": _route(WRITES, "/api/v1/work/1/repeat"),
    "list_notices": _route("notices.keep", "/api/v1/notices"),
    "read_notices": _route(WRITES, "/api/v1/notices/read"),
    "notice_choice": _route("notices.keep", "/api/v1/notices/choice"),
    "choose_notices": _route(WRITES, "/api/v1/notices/choice"),
    "list_channels": _route("channels.change", "/api/v1/channels"),
    "add_channel": _route(WRITES, "/api/v1/channels"),
    "one_channel": _route("channels.change", "/api/v1/channels/1"),
    "change_channel": _route(WRITES, "/api/v1/channels/1"),
    "remove_channel": _route(WRITES, "/api/v1/channels/1"),
    "rotate_channel": _route(WRITES, "/api/v1/channels/1/rotate"),
    "stop_channel": _route(WRITES, "/api/v1/channels/1/stop"),
    "start_channel": _route(WRITES, "/api/v1/channels/1/start"),
    "send_test_message": _route(WRITES, "/api/v1/channels/1/test"),
    "list_deliveries": _route("channels.change", "/api/v1/channels/1/deliveries"),
    "replay_delivery": _route(WRITES, "/api/v1/channels/1/deliveries/1/replay"),
    "pipeline_as_of": _route(
        "facts.read", "/api/v1/pipeline?by=account", "/api/v1/pipeline?by=rep&as_of=2024-02-14"
    ),
    "coverage_needed": _route("facts.read", "/api/v1/pipeline/coverage"),
    "sales_process": _route(
        "facts.read", "/api/v1/pipeline/process", "/api/v1/pipeline/process?as_of=2024-02-14"
    ),
    "exit_criteria": _route(
        "facts.read", "/api/v1/pipeline/criteria", "/api/v1/pipeline/criteria?as_of=2024-02-14"
    ),
    "exit_criterion_deals": _route("facts.read", "/api/v1/pipeline/criteria/deals?stage=Talks"),
    "pipeline_velocity": _route("facts.read", "/api/v1/pipeline/velocity?by=rep&period=2024-01"),
    "pipeline_pushes": _route("facts.read", "/api/v1/pipeline/pushes?period=2024-Q1"),
    "pipeline_pushed_deals": _route(
        "facts.read",
        *(
            f"/api/v1/pipeline/pushes/deals?kind={kind}&period=2024-Q1"
            for kind in ("pushed", "gone_back", "serial")
        ),
    ),
    "pipeline_changes": _route(
        "facts.read", "/api/v1/pipeline/changes", "/api/v1/pipeline/changes?from=2024-01-25"
    ),
    "pipeline_changed_deals": _route(
        "facts.read",
        *(
            f"/api/v1/pipeline/changes/deals?bar={bar}&from=2024-01-25"
            for bar in ("new", "start", "finish", "owner_in", "owner_out")
        ),
    ),
    "stages_calibrated": _route("facts.read", "/api/v1/calibration/stages"),
    "categories_calibrated": _route("facts.read", "/api/v1/calibration/categories"),
    "quotas_calibrated": _route("facts.read", "/api/v1/calibration/quotas"),
    "clauses_looked_at": _route("facts.read", "/api/v1/calibration/incentives"),
    "proposed_chances": _route("documents.draft", "/api/v1/calibration/proposal"),
    "draft_chances": _route(WRITES, "/api/v1/calibration/draft"),
    "hygiene_findings": _route("facts.read", "/api/v1/hygiene", "/api/v1/hygiene?limit=9"),
    "hygiene_rule_list": _route("facts.read", "/api/v1/hygiene/rules"),
    "hygiene_fix_list": _route("facts.read", "/api/v1/hygiene/fixes"),
    "one_hygiene_fix": _route("facts.read", "/api/v1/hygiene/fixes/1"),
    "hygiene_fix_file": _route("facts.read", "/api/v1/hygiene/fixes/file"),
    "hygiene_fix_preview": _route(WRITES, "/api/v1/hygiene/fixes/preview"),
    "write_hygiene_fix": _route(WRITES, "/api/v1/hygiene/fixes"),
    "undo_hygiene_fix": _route(WRITES, "/api/v1/hygiene/fixes/1/undo"),
    "open_finding_cases": _route(WRITES, "/api/v1/hygiene/cases"),
    "forecast_methods": _route("facts.read", "/api/v1/forecast/methods"),
    "model_forecast": _route("facts.read", "/api/v1/forecast/model"),
    "forecast_track_record_of": _route("facts.read", "/api/v1/forecast/track-record"),
    "win_chance_list": _route("facts.read", "/api/v1/forecast/win-chance"),
    "forecast_roll_up": _route("facts.read", "/api/v1/forecast", "/api/v1/forecast?period=2024-Q1"),
    "one_forecast": _route(
        "facts.read", "/api/v1/forecast/people/R2", "/api/v1/forecast/people/R3"
    ),
    "forecast_row_list": _route("facts.read", "/api/v1/forecast/rows?what=closed"),
    "forecast_overrides": _route("facts.read", "/api/v1/forecast/overrides"),
    "submit_forecast": _route(WRITES, "/api/v1/forecast/submissions"),
    "override_forecast": _route(WRITES, "/api/v1/forecast/overrides"),
    "list_quota_plans": _route("documents.read", "/api/v1/quotas"),
    "one_quota_plan": _route("documents.read", "/api/v1/quotas/company"),
    "quota_steps": _route("documents.read", "/api/v1/quotas/company/steps?node=South"),
    "publish_quotas": _route(WRITES, "/api/v1/quotas/company/publish"),
    "quota_attainment": _route("facts.read", "/api/v1/attainment"),
    "list_cases": _route("cases.read", "/api/v1/cases", "/api/v1/cases?search=MARK"),
    "open_case": _route(WRITES, "/api/v1/cases"),
    "one_case": _route("cases.read", "/api/v1/cases/1", "/api/v1/cases/2"),
    "case_events": _route("cases.read", "/api/v1/cases/1/events", "/api/v1/cases/2/events"),
    "comment_case": _route(WRITES, "/api/v1/cases/1/comments"),
    "link_case": _route(WRITES, "/api/v1/cases/1/links"),
    "watch_case": _route(WRITES, "/api/v1/cases/1/watch"),
    "assign_case": _route(WRITES, "/api/v1/cases/1/assign"),
    "take_case": _route(WRITES, "/api/v1/cases/1/take"),
    "give_back_case": _route(WRITES, "/api/v1/cases/1/give-back"),
    "move_case": _route(WRITES, "/api/v1/cases/1/moves"),
    "set_case_due": _route(WRITES, "/api/v1/cases/1/due"),
    "change_case_words": _route(WRITES, "/api/v1/cases/1/words"),
    "list_pay_runs": _route("pay.read", "/api/v1/pay/runs"),
    "run_pay": _route(WRITES, "/api/v1/pay/runs"),
    "one_pay_run": _route("pay.read", "/api/v1/pay/runs/1"),
    "release_pay_run": _route(WRITES, "/api/v1/pay/runs/1/release"),
    "withdraw_pay_run": _route(WRITES, "/api/v1/pay/runs/1/withdraw"),
    "payroll_lines": _route("pay.read_all", "/api/v1/pay/runs/1/payroll"),
    "pay_deltas": _route("pay.read", "/api/v1/pay/deltas/R2"),
    "list_statements": _route(
        "pay.read", "/api/v1/pay/statements", "/api/v1/pay/statements?person=R3"
    ),
    "one_statement": _route("pay.read", "/api/v1/pay/statements/1?person=R1"),
    "diagnose_line": _route("pay.read", "/api/v1/pay/diagnosis?run=1&person=R1&line=n1"),
    "list_pay_disputes": _route("pay.read", "/api/v1/pay/disputes?run=1&person=R1"),
    "dispute_line": _route(WRITES, "/api/v1/pay/disputes"),
    "list_own_plans": _route("pay.read", "/api/v1/pay/plans", "/api/v1/pay/plans?person=R3"),
    "accept_plan": _route(WRITES, "/api/v1/pay/plans/1/acceptance"),
    "list_unaccepted": _route("pay.read_all", "/api/v1/pay/unaccepted"),
    "estimate_deal": _route("pay.read", "/api/v1/pay/estimate?deal=BETAMARK-2"),
    "try_plan": _route(WRITES, "/api/v1/pay/what-if"),
    "lint_plan": _route(WRITES, "/api/v1/plans/lint"),
    "pay_plain": _route(WRITES, "/api/v1/pay/plain"),
    "list_accruals": _route("pay.read_all", "/api/v1/pay/accruals?period=2024-01"),
    "pay_journal": _route("pay.read_all", "/api/v1/pay/books?period=2024-01"),
    "list_pay_holds": _route("pay.read_all", "/api/v1/pay/holds"),
    "hold_pay": _route(WRITES, "/api/v1/pay/holds"),
    "lift_pay_hold": _route(WRITES, "/api/v1/pay/holds/1/lift"),
    "list_pay_adjustments": _route("pay.read_all", "/api/v1/pay/adjustments"),
    "adjust_pay": _route(WRITES, "/api/v1/pay/adjustments"),
    "decide_pay_adjustment": _route(WRITES, "/api/v1/pay/adjustments/1/decision"),
    "retract_pay_adjustment": _route(WRITES, "/api/v1/pay/adjustments/1/retract"),
    "list_delegations": _route("cases.read", "/api/v1/delegations"),
    "add_delegation": _route(WRITES, "/api/v1/delegations"),
    "end_delegation": _route(WRITES, "/api/v1/delegations/1/end"),
}
