"""Findings of hygiene as plain values, the same for the terminal, the interface and files."""

from wald.brain.rule_record import Group
from wald.brain.stats import Interval
from wald.heart.hygiene.rule import Proposal, Unjudged
from wald.queries.hygiene import FindingLine, HygienePage, Part, RulePart
from wald.queries.hygiene_record import HygieneRecord, RuleFared
from wald.queries.plain import Json, plain
from wald.queries.plain_forecasts import amount, share


def hygiene_json(page: HygienePage) -> Json:
    return {
        "as_of": plain(page.on),
        "known_at": plain(page.known_at),
        "reaches": plain(page.reaches),
        "currency": page.currency,
        "open_deals": page.open_deals,
        "open_amount": plain(page.open_amount),
        "total": part_json(page.total),
        "rules": [_rule_part(one) for one in page.rules],
        "severities": [part_json(one) for one in page.severities],
        "owners": [part_json(one) for one in page.owners],
        "teams": [part_json(one) for one in page.teams],
        "findings": [line_json(one) for one in page.lines],
        "narrows": {"period": page.values.period, "unable": page.values.why},
        "notes": [
            {"key": one.key, "records": one.records, "sentence": one.sentence}
            for one in page.doubts
        ],
    }


def part_json(part: Part) -> Json:
    return {
        "key": part.key,
        "title": part.title,
        "findings": part.findings,
        "deals": part.deals,
        "amount": plain(part.amount),
        "without_amount": part.unpriced,
        "narrows": amount(part.narrows),
    }


def line_json(line: FindingLine) -> Json:
    found, deal = line.finding, line.deal
    return {
        "opportunity_id": deal.deal_id,
        "name": deal.name,
        "owner_id": deal.owner_id,
        "owner": deal.owner,
        "team": deal.team,
        "stage": deal.stage,
        "close_on": plain(deal.close_on),
        "amount": plain(deal.amount),
        "rule": found.rule,
        "severity": found.severity.word,
        "words": found.words,
        "column": found.column,
        "proposal": None if found.proposal is None else _proposal(found.proposal),
        "cure": found.cure,
        "narrows": amount(line.value.width) if line.value else None,
    }


def record_json(record: HygieneRecord) -> Json:
    return {
        "as_of": plain(record.on),
        "days": [plain(one) for one in record.days],
        "ahead_days": record.ahead_days,
        "deals": record.deals,
        "rules": [_fared(one) for one in record.rules],
    }


def _rule_part(one: RulePart) -> Json:
    return {
        **part_json(one.part),
        "what": one.rule.what,
        "severity": one.rule.severity.word,
        "cannot_tell": [_unjudged(each) for each in one.unjudged],
    }


def _unjudged(one: Unjudged) -> Json:
    return {"why": one.why, "deals": one.deals}


def _proposal(one: Proposal) -> Json:
    return {"value": plain(one.value), "why": one.why}


def _fared(one: RuleFared) -> Json:
    rule, record = one.rule, one.record
    return {
        "key": rule.key,
        "title": rule.title,
        "what": rule.what,
        "measures": rule.measures,
        "cure": rule.cure,
        "severity": rule.severity.word,
        "column": rule.column or None,
        "source": rule.source,
        "found": _group(record.found),
        "others": _group(record.others),
        "difference": None if record.difference is None else _interval(record.difference),
        "verdict": record.verdict,
        "could_not_tell": one.unjudged,
    }


def _group(one: Group) -> Json:
    told = None if one.share is None else _interval(one.share)
    return {"won": one.won, "deals": one.deals, "share": told}


def _interval(one: Interval) -> Json:
    return {"low": share(one.low), "estimate": share(one.estimate), "high": share(one.high)}
