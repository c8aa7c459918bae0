"""Which connector a folder's files belong to, and which sheet of it each file is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wald.connectors.connector import Connector, Sheet
from wald.kernel.problem import BadInput, Problem


@dataclass(frozen=True, slots=True)
class Headed:
    """A file by its name, its stem (the name without ending) and its headers."""

    name: str
    stem: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A file that is `sheet`; `columns` maps each column of the sheet to a header's place."""

    file: Headed
    sheet: Sheet
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Recognition:
    connector: Connector
    matches: tuple[Match, ...]
    unknown: tuple[tuple[Headed, str], ...]  # files that are no sheet, and why


def plain(header: str) -> str:
    """Return the letters and digits of `header` in lower case, by which headers are compared."""
    return re.sub(r"[^a-z0-9]", "", header.lower())


def recognise(files: Sequence[Headed], connectors: Iterable[Connector]) -> Recognition:
    """Choose the connector that knows most of `files`, and match each file to a sheet.

    Raises BadInput if none knows any, if two know them equally well, or if a file has the
    name of a sheet and not its headers.
    """
    offers = [_offer(files, connector) for connector in connectors]
    fits = [offer for offer in offers if offer.matches and not _lacks(offer)]
    if not fits:
        raise _nothing(files, offers)
    best = max(fits, key=_strength)
    rivals = [offer for offer in fits if _strength(offer) == _strength(best)]
    if len(rivals) > 1:
        keys = " or ".join(sorted(offer.connector.key for offer in rivals))
        problem = Problem("connector", f"the files fit {keys} equally well", "name one")
        raise BadInput(f"The files could be {keys}; say which with --connector.", [problem])
    problems = [*_wrong_headers(best), *_doubled(best)]
    if problems:
        raise BadInput("The headers of some files cannot be used.", problems)
    return best


def _strength(offer: Recognition) -> tuple[int, int]:
    return len(offer.matches), sum(len(match.columns) for match in offer.matches)


def _lacks(offer: Recognition) -> list[str]:
    found = {match.sheet.key for match in offer.matches}
    return [s.key for s in offer.connector.sheets if s.needed and s.key not in found]


def _offer(files: Sequence[Headed], connector: Connector) -> Recognition:
    matches, unknown = [], []
    for file in files:
        places = _places(file)
        fits = [sheet for sheet in connector.sheets if not _missing(places, sheet)]
        fits = [sheet for sheet in fits if not sheet.stems or _stem_length(file, sheet)]
        if fits:
            sheet = max(fits, key=lambda s: (_stem_length(file, s), len(s.marks)))
            matches.append(Match(file, sheet, _columns(places, sheet)))
        else:
            unknown.append((file, _why_not(file, places, connector)))
    return Recognition(connector, tuple(matches), tuple(unknown))


def _places(file: Headed) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, header in enumerate(file.headers):
        places.setdefault(plain(header), place)
    return places


def _spellings(sheet: Sheet) -> dict[str, list[str]]:
    """Return the plain headers under which each column of `sheet` may stand."""
    spellings = {column: [plain(column)] for column in (*sheet.marks, *sheet.columns)}
    for header, column in sheet.aliases.items():
        spellings[column].append(plain(header))
    return spellings


def _columns(places: Mapping[str, int], sheet: Sheet) -> dict[str, int]:
    found = {}
    for column, spellings in _spellings(sheet).items():
        place = next((places[one] for one in spellings if one in places), None)
        if place is not None:
            found[column] = place
    return found


def _missing(places: Mapping[str, int], sheet: Sheet) -> list[str]:
    spellings = _spellings(sheet)
    return [m for m in sheet.marks if not any(one in places for one in spellings[m])]


def _stem_length(file: Headed, sheet: Sheet) -> int:
    stem = plain(file.stem)
    return max((len(plain(s)) for s in sheet.stems if plain(s) in stem), default=0)


def _is_named(file: Headed, sheet: Sheet) -> bool:
    return any(plain(stem) == plain(file.stem) for stem in sheet.stems)


def _why_not(file: Headed, places: Mapping[str, int], connector: Connector) -> str:
    """Say which sheet came nearest and what it lacks."""
    near = [s for s in connector.sheets if _is_named(file, s)]
    near = near or [s for s in connector.sheets if 2 * len(_missing(places, s)) <= len(s.marks)]
    if not near:
        return f"has none of the headers that {connector.title} files have"
    sheet = min(near, key=lambda s: len(_missing(places, s)))
    lacking = _missing(places, sheet)
    if not lacking:
        wanted = " or ".join(sheet.stems)
        return f"has the headers of {sheet.key}, but its name does not hold {wanted}"
    return f"comes nearest to {sheet.key}, but lacks {_listed(lacking)}"


def _wrong_headers(offer: Recognition) -> Iterable[Problem]:
    for file, why in offer.unknown:
        if any(_is_named(file, sheet) for sheet in offer.connector.sheets):
            yield Problem(
                f"{file.name}:1",
                f"{why} (it has {_listed(file.headers)})",
                "mend the header, or take the file out of the folder",
            )


def _doubled(offer: Recognition) -> Iterable[Problem]:
    """Yield a Problem per column that two headers of a file claim."""
    for match in offer.matches:
        headers = [plain(header) for header in match.file.headers]
        for column, place in match.columns.items():
            if headers.count(headers[place]) > 1:
                header = match.file.headers[place]
                fix = "rename or remove all but one"
                yield Problem(
                    f"{match.file.name}:1", f"the header {header!r} stands twice ({column})", fix
                )


def _nothing(files: Sequence[Headed], offers: Sequence[Recognition]) -> BadInput:
    problems = []
    for file in files:
        near = [(offer, why) for offer in offers for one, why in offer.unknown if one == file]
        nearest = [(o, why) for o, why in near if "comes nearest" in why or "its name" in why]
        for offer, why in (nearest or near)[:2] if nearest else []:
            problems.append(
                Problem(
                    f"{file.name}:1",
                    f"as {offer.connector.title} it {why}",
                    f"it has {_listed(file.headers)}; mend the header or the name",
                )
            )
        if not nearest:
            what = f"is no file that Wald knows (it has {_listed(file.headers)})"
            problems.append(Problem(f"{file.name}:1", what, "see the connectors' pages"))
    for offer in offers:
        if offer.matches:
            what = f"lacks the files {', '.join(_lacks(offer))}"
            problems.append(Problem(offer.connector.title, what, "put them into the folder"))
    known = ", ".join(offer.connector.title for offer in offers)
    return BadInput(f"Nothing in the folder was recognised. Wald reads {known}.", problems)


def _listed(names: Sequence[str]) -> str:
    """Join the first names; a file may have ten thousand."""
    shown = ", ".join(name or "(empty)" for name in names[:8])
    return shown + (f" and {len(names) - 8} more" if len(names) > 8 else "")
