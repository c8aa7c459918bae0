"""The environment is read in one place, and what cannot work is said at the start."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from wald.actions.workspace import open_workspace
from wald.kernel.problem import Refusal
from wald.site import settings as project

SETTINGS = Path(project.__file__)
SHORT = "short"


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, object]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def test_a_key_is_made_once_and_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = read(monkeypatch, WALD_HOME=str(tmp_path))
    assert read(monkeypatch)["SECRET_KEY"] == first["SECRET_KEY"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_nothing_is_written_before_there_is_a_workspace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert read(monkeypatch, WALD_HOME=str(tmp_path / "none"))["SECRET_KEY"]
    assert not (tmp_path / "none").exists()


def test_a_short_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="has 5 characters; give it at least 32"):
        read(monkeypatch, WALD_SECRET_KEY=SHORT)


def test_errors_in_full_are_for_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"lets others in \(wald.example.com\)"):
        read(monkeypatch, WALD_DEBUG="1", WALD_HOSTS="localhost,wald.example.com")


def test_records_survive_a_power_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = read(monkeypatch, WALD_HOME=str(tmp_path))
    database = settings["DATABASES"]["default"]  # type: ignore[index]  # settings are a dict
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_a_workspace_needs_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="No workspace can be made in"):
        open_workspace(tmp_path / "file")
