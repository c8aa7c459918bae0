"""All tables, private to the stores."""

from wald.records.models.cases import Case, CaseEvent, CaseLink
from wald.records.models.documents import Document, DocumentVersion
from wald.records.models.fixes import HygieneCase, HygieneFix, HygieneFixLine
from wald.records.models.forecast import ForecastEntry
from wald.records.models.journal import IdempotentCall, JournalEntry, JournalHead
from wald.records.models.knowledge import Decision, Insight, InsightEvent, Outcome, SearchEntry
from wald.records.models.loads import Load, Part, Reject, Setting
from wald.records.models.nights import Night
from wald.records.models.notices import Channel, Delivery, Event, Notice, NoticeChoice
from wald.records.models.pay import PayAdjustment, PayHold, PayrollMapping, PayRun
from wald.records.models.pay_statements import PlanAcceptance
from wald.records.models.people import (
    ApiKey,
    Delegation,
    Profile,
    SavedView,
    SignInFailure,
    Subject,
)
from wald.records.models.work import Job, Schedule

__all__ = [
    "ApiKey",
    "Case",
    "CaseEvent",
    "CaseLink",
    "Channel",
    "Decision",
    "Delegation",
    "Delivery",
    "Document",
    "DocumentVersion",
    "Event",
    "ForecastEntry",
    "HygieneCase",
    "HygieneFix",
    "HygieneFixLine",
    "IdempotentCall",
    "Insight",
    "InsightEvent",
    "Job",
    "JournalEntry",
    "JournalHead",
    "Load",
    "Night",
    "Notice",
    "NoticeChoice",
    "Outcome",
    "Part",
    "PayAdjustment",
    "PayHold",
    "PayRun",
    "PayrollMapping",
    "PlanAcceptance",
    "Profile",
    "Reject",
    "SavedView",
    "Schedule",
    "SearchEntry",
    "Setting",
    "SignInFailure",
    "Subject",
]
