"""The SELECTs of the connectors, one SQL file each, so that an analyst can read and run them."""

from importlib.resources import files

_FOLDER = files("wald.connectors").joinpath("sql")


def statement(name: str, *given: str) -> str:
    """Return the SELECT in `sql/<name>.sql`, such as "northwind/booking".

    It may read each of the `given` statements, and these the ones before them, as a relation
    under the last word of its name. Raises FileNotFoundError, naming the file it misses.
    """
    text = _text(name)
    if not given:
        return text
    relations = ",\n".join(f"{one.rpartition('/')[2]} AS (\n{_text(one)}\n)" for one in given)
    return f"WITH {relations}\nSELECT * FROM (\n{text}\n) AS made"


def names(line: str) -> tuple[str, ...]:
    """Return the words of `line`: a sheet's columns read better as a line than as a list."""
    return tuple(line.split())


def _text(name: str) -> str:
    return _FOLDER.joinpath(f"{name}.sql").read_text("utf-8").strip()
