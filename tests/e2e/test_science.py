"""The science page shows what was measured, and every experiment can be asked for."""

from tests.science import __main__ as science


def test_the_page_holds_the_figures_that_are_kept() -> None:
    assert science.figures_text() in science.PAGE.read_text()


def test_every_experiment_goes_by_the_name_of_its_file() -> None:
    for key, one in science.experiments().items():
        assert one.key == key
        assert (science.HERE / f"{key}.py").exists()
