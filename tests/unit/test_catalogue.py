"""One file is one extension: found by walking the folder, refused by name if it is wrong."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from wald.kernel.catalogue import collect

Make = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Toy:
    key: str


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return what makes a package of toys, one text per module, and gives its name."""

    def made(modules: Mapping[str, str]) -> str:
        folder = tmp_path / "toys_of_the_test"
        folder.mkdir()
        (folder / "__init__.py").touch()
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(f"from {__name__} import Toy\n{text}\n")
        monkeypatch.syspath_prepend(tmp_path)
        for name in [name for name in sys.modules if name.startswith(folder.name)]:
            monkeypatch.delitem(sys.modules, name)
        return folder.name

    return made


def test_finds_every_module_by_its_key_in_the_alphabets_order(package: Make) -> None:
    name = package({"top": "TOY = Toy('top')", "ball": "TOY = Toy('ball')"})
    assert list(collect(name, Toy, "TOY")) == ["ball", "top"]


def test_a_folder_without_modules_has_no_extensions(package: Make) -> None:
    assert dict(collect(package({}), Toy, "TOY")) == {}


@pytest.mark.parametrize(
    "text", ["", "TOY = 'a ball'", "TOY = Toy('top')", "BALL = Toy('ball')"], ids=str
)
def test_a_wrong_file_is_named(package: Make, text: str) -> None:
    name = package({"ball": text})
    with pytest.raises(
        TypeError, match=rf"{name}\.ball must define TOY, a Toy whose key is 'ball'"
    ):
        collect(name, Toy, "TOY")


def test_nobody_can_change_what_was_found(package: Make) -> None:
    found = collect(package({"ball": "TOY = Toy('ball')"}), Toy, "TOY")
    with pytest.raises(TypeError):
        found["top"] = Toy("top")  # type: ignore[index]  # a reader has no such method
