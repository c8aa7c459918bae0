"""The verdict on the win rate of the Maven CRM folder, by person."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.connecting import taken
from wald.brain.verdict import Kind
from wald.engine.connect import connect
from wald.facts.settings import Settings, terms_of
from wald.queries.measure import View
from wald.queries.verdict import VerdictAsk, VerdictPage, verdict_in


def maven_verdict(folder: Path, metric: str = "win_rate") -> VerdictPage:
    with TemporaryDirectory() as room:
        stored = taken(folder, Path(room)).snapshot
        engine = connect("", Path())
        engine.attach(stored)
        settings = Settings("USD")
        page = verdict_in(View(stored, engine, terms_of(settings), settings), VerdictAsk(metric))
        engine.close()
    return page


def maven_words(folder: Path) -> tuple[Kind, bool, float]:
    """Return the verdict, whether reps differ, and how often luck makes them differ as much."""
    found = maven_verdict(folder).verdict
    if found is None:
        raise ValueError("the folder holds no deals")
    return found.kind, found.differ, found.differ_p
