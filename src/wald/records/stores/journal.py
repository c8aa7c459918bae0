"""The journal as rows: entries are appended one after the other, and never changed.

Each entry's hash is SHA-256 over the hash before it and the entry's body, canonical JSON:
sorted keys, no spaces, UTF-8. `wald_verify` checks the chain without importing any of this.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from wald.records import models
from wald.records.stores.sealing import seal, subject_of
from wald.records.stores.transaction import together

GENESIS = "0" * 64  # stands before the first entry


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What happened, in words of this program. `concerns` is whose key seals the detail."""

    at: datetime
    who: str  # name of the actor
    door: str
    action: str
    about: str
    concerns: str
    detail: Mapping[str, object]  # JSON: before, after, why and what else is personal


def append(entry: NewEntry, *, database: str) -> int:
    """Write the next entry of the chain, in the transaction that is open; return its number."""
    with together(database=database):
        who, _ = subject_of(entry.who, database=database)
        concerned, key = subject_of(entry.concerns, database=database)
        head = _locked_head(database)
        seq = head.seq + 1
        body = canonical(
            {
                "about": entry.about,
                "action": entry.action,
                "at": stamp(entry.at),
                "concerns": concerned,
                "door": entry.door,
                "sealed": seal(key, concerned, entry.detail),
                "seq": seq,
                "who": who,
            }
        )
        found = chained(head.hash, body)
        models.JournalEntry.objects.using(database).create(
            seq=seq,
            at=entry.at,
            who=who,
            door=entry.door,
            action=entry.action,
            about=entry.about,
            body=body,
            previous=head.hash,
            hash=found,
        )
        models.JournalHead.objects.using(database).filter(id=1).update(seq=seq, hash=found)
        return seq


def canonical(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stamp(at: datetime) -> str:
    """Return an instant as the journal writes it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chained(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def _locked_head(database: str) -> models.JournalHead:
    """Return the newest entry's place, locked until the transaction ends."""
    heads = models.JournalHead.objects.using(database)
    heads.get_or_create(id=1)
    return heads.select_for_update().get(id=1)
