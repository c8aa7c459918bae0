"""Work in the background as JSON, the same at every door."""

from wald.queries.plain import Json, plain
from wald.records.stores.work import JobRecord


def job_json(job: JobRecord) -> Json:
    """Return a job; `done` of `total` tells how far its running step is."""
    return {
        "job": job.job_id,
        "kind": job.kind,
        "state": job.state.value,
        "arguments": dict(job.arguments),
        "queued_at": plain(job.queued_at),
        "queued_by": job.queued_by,
        "not_before": plain(job.not_before),
        "started_at": plain(job.started_at),
        "ended_at": plain(job.ended_at),
        "steps_done": job.step,
        "kept": {name: value for name, value in job.kept.items() if name},
        "words": job.words,
        "done": job.done,
        "total": job.total,
        "attempts": job.attempts,
        "error": job.error,
    }
