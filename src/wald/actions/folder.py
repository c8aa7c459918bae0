"""From a folder to sheets that feeds can read: recognised, fetched, forms decided, repaired."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wald.connectors.connector import Connector, Sheet, connectors
from wald.connectors.recognition import Headed, Match, Recognition, recognise
from wald.engine.intake import fetching, files, formats, lineage, sheets
from wald.engine.intake.fetching import Fetched
from wald.engine.intake.formats import Formats
from wald.facts.load_report import DATES, DECIMALS, FileReport, LoadOptions, RepairCount
from wald.facts.tables import TABLES
from wald.kernel.problem import BadInput, Problem
from wald.simulator.simulate import ANSWERS, INVENTED

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A folder as the engine now holds it: one relation per sheet of `connector`."""

    connector: Connector
    fetched: Mapping[str, tuple[Fetched, ...]]  # by sheet; sheets without files are absent
    formats: Mapping[str, Formats]  # by sheet
    files: tuple[FileReport, ...]
    repairs: tuple[RepairCount, ...]
    problems: tuple[Problem, ...]


def read_folder(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    options: LoadOptions,
    scratch: Path,
    progress: Progress,
) -> Reading:
    """Read `folder` into `connection`. Raises BadInput, with every Problem, if it cannot."""
    check_options(options)
    found = files.look(folder, given_encoding=options.encoding, delimiter=options.delimiter)
    recognition = _recognised(found, folder, options)
    fetched = _fetch(connection, found, recognition, options, scratch, progress)
    if not any(one.rows for many in fetched.values() for one in many):
        problem = Problem(str(folder), "its files hold headers and no rows", "export them again")
        raise BadInput(f"There are no rows in {folder}.", [problem])
    connector = recognition.connector
    show_sheets(connection, connector, fetched, as_text=False)
    decided = {
        sheet.key: _formats(connection, connector, sheet, options, fetched[sheet.key])
        for sheet in connector.sheets
        if sheet.key in fetched
    }
    repairs = repair_sheets(connection, connector, fetched, decided, options)
    reports = [*_used(connector, fetched, decided, options), *_unused(found, recognition)]
    return Reading(connector, fetched, decided, tuple(reports), repairs, _doubts(fetched, decided))


def says_invented(folder: Path) -> bool:
    """Does the folder say of itself that nothing in it exists, as `wald simulate` writes it?"""
    try:
        answers = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(answers, dict) and answers.get("notice") == INVENTED


def check_options(options: LoadOptions) -> None:
    """Raise BadInput for an option that Wald does not know."""
    known = connectors()
    wanted = (
        ("connector", options.connector, tuple(known)),
        ("decimal", options.decimal, DECIMALS),
        ("dates", options.dates, DATES),
        ("delimiter", options.delimiter, tuple(files.DELIMITERS)),
    )
    problems = [
        Problem(f"--{name}", f"is {value!r}", f"give one of {', '.join(map(repr, choices))}")
        for name, value, choices in wanted
        if value is not None and value not in choices
    ]
    code = options.currency
    if code is not None and not (len(code) == 3 and code.isascii() and code.isupper()):
        problems.append(Problem("--currency", f"is {code!r}", "give an ISO 4217 code such as EUR"))
    repairs = {repair.key for connector in known.values() for repair in connector.repairs}
    for name in sorted(options.without_repairs - repairs):
        choices = ", ".join(sorted(repairs)) or "none"
        problems.append(Problem("repair", f"there is no repair {name!r}", f"known are {choices}"))
    if problems:
        raise BadInput("Some options cannot be used.", problems)


def _recognised(found: files.Found, folder: Path, options: LoadOptions) -> Recognition:
    headed = [Headed(file.name, file.stem, file.headers) for file in found.files]
    known = connectors()
    offered = [known[options.connector]] if options.connector else list(known.values())
    try:
        return recognise(headed, offered)
    except BadInput as refusal:
        problems = list(refusal.problems)
        if found.folders:
            what = f"has folders inside: {', '.join(found.folders[:8])}"
            problems.append(Problem(str(folder), what, "load one of them"))
        elif not found.files:
            names = ", ".join(name for name, _ in found.others[:8])
            what = f"holds no CSV, Parquet or XLSX file (only {names})"
            problems.append(Problem(str(folder), what, "put the export's files in"))
        raise BadInput(str(refusal), problems) from None


def _fetch(
    connection: duckdb.DuckDBPyConnection,
    found: files.Found,
    recognition: Recognition,
    options: LoadOptions,
    scratch: Path,
    progress: Progress,
) -> dict[str, tuple[Fetched, ...]]:
    by_name = {file.name: file for file in found.files}
    fetched: dict[str, tuple[Fetched, ...]] = {}
    problems: list[Problem] = []
    for done, match in enumerate(recognition.matches):
        progress(f"Reading {match.file.name}", done, len(recognition.matches))
        file = by_name[match.file.name]
        try:
            one = fetching.fetch(connection, file, _sorted(match), scratch, options.encoding)
        except BadInput as refusal:
            problems += refusal.problems
            continue
        key = match.sheet.key
        fetched[key] = (*fetched.get(key, ()), one)
    if problems:
        raise BadInput(f"{len(problems)} places in the files cannot be read.", problems)
    return fetched


def _sorted(match: Match) -> dict[str, int]:
    return dict(sorted(match.columns.items(), key=lambda item: item[1]))


def show_sheets(
    connection: duckdb.DuckDBPyConnection,
    connector: Connector,
    fetched: Mapping[str, tuple[Fetched, ...]],
    *,
    as_text: bool,
) -> None:
    """Create a relation for every sheet of `connector`, also for those that have no file."""
    for sheet in connector.sheets:
        columns = (*sheet.marks, *sheet.columns)
        sheets.show(connection, sheet.key, columns, fetched.get(sheet.key, ()), as_text=as_text)


def repair_sheets(
    connection: duckdb.DuckDBPyConnection,
    connector: Connector,
    fetched: Mapping[str, tuple[Fetched, ...]],
    decided: Mapping[str, Formats],
    options: LoadOptions,
) -> tuple[RepairCount, ...]:
    """Apply the repairs that are on, and count what each changed; list those that are off."""
    counts: Counter[str] = Counter()  # one cure can hold for several columns
    for sheet in connector.sheets:
        own = [r for r in connector.repairs if r.sheet == sheet.key and sheet.key in fetched]
        on = [repair for repair in own if repair.key not in options.without_repairs]
        if on:
            formats.define_macros(connection, decided[sheet.key])
            pairs = [(repair.column, repair.expression) for repair in on]
            rows = sheets.repair(connection, sheet.key, pairs)
            for repair, count in zip(on, rows, strict=True):
                counts[repair.key] += count
    listed = {repair.key: repair for repair in connector.repairs if repair.sheet in fetched}
    return tuple(
        RepairCount(
            repair.key,
            repair.title,
            counts[repair.key],
            repair.key not in options.without_repairs,
        )
        for repair in listed.values()
    )


def _formats(
    connection: duckdb.DuckDBPyConnection,
    connector: Connector,
    sheet: Sheet,
    options: LoadOptions,
    fetched: tuple[Fetched, ...],
) -> Formats:
    if all(one.typed for one in fetched):
        return Formats("point", "iso")
    numbers: set[str] = set()
    days: set[str] = set()
    present = {column for one in fetched for column in one.columns}
    for feed in connector.feeds:
        if feed.sheet == sheet.key:
            more = lineage.numbers_and_days(feed.select, TABLES[feed.table], present)
            numbers.update(more[0])
            days.update(more[1])
    return formats.decide(
        connection,
        sheet.key,
        sorted(numbers),
        sorted(days),
        decimal=options.decimal,
        dates=options.dates,
    )


def _used(
    connector: Connector,
    fetched: Mapping[str, tuple[Fetched, ...]],
    decided: Mapping[str, Formats],
    options: LoadOptions,
) -> list[FileReport]:
    given = tuple(
        name
        for name in ("encoding", "delimiter", "decimal", "dates")
        if getattr(options, name) is not None
    )
    fed = {feed.sheet for feed in connector.feeds}
    return [
        FileReport(
            file=one.file.name,
            sheet=key,
            rows=one.rows,
            encoding=one.encoding,
            delimiter=one.file.delimiter or None,
            decimal=None if one.typed else decided[key].decimal,
            dates=None if one.typed else decided[key].dates,
            given=() if one.typed else given,
            note=_note(one, looked_up=key not in fed),
        )
        for key, many in fetched.items()
        for one in many
    ]


def _note(one: Fetched, *, looked_up: bool) -> str:
    if not one.rows:
        return "a header and no rows"
    return "looked up by other files, or of no use to Wald" if looked_up else ""


def _unused(found: files.Found, recognition: Recognition) -> list[FileReport]:
    unknown = [(file.name, why) for file, why in recognition.unknown]
    folders = [(f"{name}/", "a folder; load it by itself") for name in found.folders]
    return [
        FileReport(name, None, 0, note=why) for name, why in (*unknown, *found.others, *folders)
    ]


def _doubts(
    fetched: Mapping[str, tuple[Fetched, ...]], decided: Mapping[str, Formats]
) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            ", ".join(one.file.name for one in fetched[key]),
            doubt,
            "check a row, and say which if it is wrong",
        )
        for key, forms in decided.items()
        for doubt in forms.doubts
    )
