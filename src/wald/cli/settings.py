"""See and change on which terms a workspace gives its numbers."""

from typing import Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import put_json, put_records

SETTINGS_EXAMPLES = """\b
Examples:
  wald settings show
  wald settings set currency EUR
  wald settings set rate_rule latest            one rate for all, that of the day asked about
  wald settings set calendar 4-4-5
  wald settings set fiscal_year_starts 2        the year starts in February

\b
rate_rule: on_the_day, latest. calendar: months, 4-4-5, 4-5-4, 5-4-4, custom.
custom_years: "2024: 2024-02-01 2024-03-01 …; 2025: …", thirteen days for each year.
"""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("show", epilog=SETTINGS_EXAMPLES)
def show(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show currency, rate rule and fiscal calendar."""
    _put(home, as_json=as_json)


@app.command("set", epilog=SETTINGS_EXAMPLES)
def change(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Such as currency.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Such as EUR.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Change one of them; every number follows, past ones too."""
    workspace = opened(home)
    from wald.actions.settings import change_setting

    change_setting(actor=person(), workspace=workspace, key=key, value=value, at=moment())
    _put(home, as_json=as_json)


def _put(home: Home, *, as_json: bool) -> None:
    workspace = opened(home)
    from wald.queries.settings import settings_of

    found = settings_of(actor=person(), workspace=workspace)
    years = {str(number): [str(day) for day in days] for number, days in found.custom_years}
    values: dict[str, object] = {
        "currency": found.currency,
        "rate_rule": found.rate_rule.value,
        "calendar": found.calendar,
        "fiscal_year_starts": found.fiscal_year_starts,
        "custom_years": years,
    }
    if as_json:
        put_json(values)
        return
    undecided = {"currency": "the first load decides", "custom_years": "none"}
    put_records(
        [{"Setting": key, "Value": value or undecided[key]} for key, value in values.items()]
    )
