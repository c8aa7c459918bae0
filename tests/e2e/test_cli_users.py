"""An administrator adds people, gives passwords and decides on which terms numbers are given."""

import csv
import io
import sys
from pathlib import Path

import pytest

from tests.exports import write_export
from tests.terminal import wald

pytestmark = pytest.mark.usefixtures("home")


def _typed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_somebody_is_added_with_a_made_password_on_standard_output() -> None:
    ended = wald("users", "add", "ana", "--role", "sales_operations", "--generate")
    assert ended.code == 0
    assert len(ended.out.strip()) >= 20
    assert ended.out.strip() not in ended.err
    (ana,) = wald("users", "list", "--json").json
    assert (ana["name"], ana["role"], ana["signed_in_at"]) == ("ana", "sales_operations", None)
    assert "ana" in wald("users", "list").out


def test_a_password_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    _typed("four quiet words here\n", monkeypatch)
    assert wald("users", "add", "rae", "--password-stdin").code == 0


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _typed("", monkeypatch)
    for words in (["users", "add", "rae"], ["users", "add", "rae", "--no-input"]):
        ended = wald(*words)
        assert ended.code == 2
        assert "--generate" in ended.err


@pytest.mark.parametrize("password", ["short", "", "x" * 2000, "my name is rosalind"])
def test_a_weak_password_is_refused(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _typed(f"{password}\n", monkeypatch)
    ended = wald("users", "add", "rosalind", "--password-stdin")
    assert ended.code == 2
    assert "four words" in ended.err
    assert wald("users", "list", "--json").json == []


@pytest.mark.parametrize("name", ["", "a b", "x" * 200, "a\nb", "<b>"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    assert wald("users", "add", "--generate", "--", name).code == 2


def test_a_name_is_given_once() -> None:
    wald("users", "add", "ana", "--generate")
    ended = wald("users", "add", "ana", "--generate")
    assert ended.code == 2
    assert "wald users password ana" in ended.err


def test_a_password_is_changed() -> None:
    first = wald("users", "add", "ana", "--generate").out
    second = wald("users", "password", "ana", "--generate")
    assert second.code == 0
    assert second.out != first


def test_a_password_of_nobody_is_refused() -> None:
    ended = wald("users", "password", "zed", "--generate")
    assert ended.code == 2
    assert "no user 'zed'" in ended.err


def test_settings_have_sensible_defaults() -> None:
    assert wald("settings", "show", "--json").json == {
        "currency": None,
        "rate_rule": "on_the_day",
        "calendar": "months",
        "fiscal_year_starts": 1,
        "custom_years": {},
    }
    assert "the first load decides" in wald("settings", "show").out


def test_a_setting_changes_every_number(tmp_path: Path) -> None:
    wald("load", str(write_export(tmp_path / "export")))
    words = ["measure", "bookings", "--by", "quarter", "--json"]
    before = [row["quarter"] for row in wald(*words).json["rows"]]
    assert wald("settings", "set", "fiscal_year_starts", "3").code == 0
    after = [row["quarter"] for row in wald(*words).json["rows"]]
    assert before == ["2024-Q1"]
    assert after == ["FY2024-Q4", "FY2025-Q1"]


def test_custom_years_are_a_table_of_days() -> None:
    days = "2024-02-01 2024-03-01 2024-04-01 2024-05-01 2024-06-01 2024-07-01 2024-08-01 " \
           "2024-09-01 2024-10-01 2024-11-01 2024-12-01 2025-01-01 2025-02-01"  # fmt: skip
    assert wald("settings", "set", "custom_years", f"2024: {days}").code == 0
    assert wald("settings", "set", "calendar", "custom", "--json").json["calendar"] == "custom"


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("currency", "euros", "ISO 4217"),
        ("rate_rule", "weekly", "on_the_day"),
        ("calendar", "3-3-3", "4-4-5"),
        ("fiscal_year_starts", "13", "1 to 12"),
        ("custom_years", "2024: 2024-01-01", "thirteen"),
        ("custom_years", "soon: 2024-01-01", "thirteen"),
        ("colour", "blue", "currency"),
    ],
)
def test_a_wrong_setting_changes_nothing_and_says_what_fits(
    key: str, value: str, hint: str
) -> None:
    before = wald("settings", "show", "--json").json
    ended = wald("settings", "set", key, value)
    assert ended.code == 2
    assert hint in ended.err
    assert wald("settings", "show", "--json").json == before


def test_rights_are_given_taken_and_reviewed() -> None:
    wald("users", "add", "ada", "--role", "administrator", "--generate")
    wald("users", "add", "max", "--generate")
    assert wald("users", "role", "max", "manager").code == 2, "another role needs a reason"
    assert wald("users", "role", "max", "manager", "--why", "leads the North").code == 0
    assert wald("users", "person", "max", "P1").code == 0
    assert wald("users", "unit", "max", "North").code == 0
    assert wald("users", "person", "ada", "=1+1").code == 0
    assert "'=1+1" in wald("users", "review", "--csv").out
    assert wald("users", "person", "ada", "").code == 0
    assert wald("users", "disable", "max", "--why", "left").code == 0
    ada, max_ = wald("users", "review", "--json").json
    assert (max_["role"], max_["person"], max_["may_sign_in"]) == ("manager", "P1", False)
    assert (ada["sees"], ada["dormant"]) == ("everybody's rows", False)
    rows = csv.DictReader(io.StringIO(wald("users", "review", "--csv").out))
    words = {None: "", True: "true", False: "false"}
    for one, row in zip((ada, max_), rows, strict=True):
        assert {**row, "reviewed_at": ""} == {
            **{name: words.get(value, value) for name, value in one.items()},
            "reviewed_at": "",
        }
    assert wald("users", "review", "--csv", "--json").code == 2
    assert wald("users", "enable", "max", "--why", "came back").code == 0
    last = wald("users", "disable", "ada", "--why", "tired")
    assert last.code == 2
    assert "the last administrator" in last.err
    assert wald("users", "disable", "nobody", "--why", "x").code == 2
    assert wald("users", "password", "max", "--none").code == 0
    assert wald("users", "password", "max", "--none", "--generate").code == 2
