"""`wald work`, `wald channels` and `wald notices` as somebody types them."""

from pathlib import Path

from tests.terminal import wald


def test_work_is_asked_for_looked_at_stopped_and_repeated(records: None, home: Path) -> None:
    assert wald("work", "list").err.startswith("There are no jobs.")
    assert wald("work", "run", "warm_pulse", "--json").json == {"job": 1}
    assert wald("work", "show", "1", "--json").json["state"] == "waiting"
    assert "Job 1 is stopped." in wald("work", "stop", "1").out
    assert wald("work", "stop", "1").code == 4
    assert "Job 1 waits." in wald("work", "repeat", "1").out
    assert [one["job"] for one in wald("work", "list", "--json").json] == [1]
    assert "No worker runs" in wald("work", "list").err
    kinds = [one["kind"] for one in wald("work", "schedule", "--json").json]
    assert {"deliver", "load_folder", "send_digests", "warm_pulse"} <= {*kinds}


def test_bad_words_are_refused_with_what_to_do(records: None, home: Path) -> None:
    for words in (
        ("work", "run", "fly"),
        ("work", "run", "warm_pulse", "--arguments", "[1]"),
        ("work", "list", "--state", "odd"),
        ("work", "show", "9"),
        ("work", "repeat", "9"),
        ("channels", "add", "x", "https://10.0.0.1/"),
        ("channels", "add", "x", "https://example.org/", "--form", "fax"),
        ("channels", "log", "nine"),
        ("channels", "stop", "9"),
        ("channels", "replay", "9"),
        ("notices", "list", "--for", "nobody"),
    ):
        ended = wald(*words)
        assert ended.code == 2, words
        assert ended.err, words


def test_a_channel_from_adding_to_removing(records: None, home: Path) -> None:
    made = wald("channels", "add", "crm", "https://example.org/T0", "--event", "case.*", "--json")
    assert made.json["secret"].startswith("whsec_")
    listed = wald("channels", "list", "--json").json
    assert [(one["host"], one["events"]) for one in listed] == [("https://example.org", ["case.*"])]
    assert wald("channels", "test", "1", "--json").json == {"delivery": 1}
    assert wald("channels", "log", "1", "--json").json[0]["type"] == "channel.test"
    assert "is changed" in wald("channels", "change", "1", "--all-events").out
    assert wald("channels", "rotate", "1").out.startswith("whsec_")
    assert "is stopped" in wald("channels", "stop", "1", "--why", "a test").out
    assert wald("channels", "test", "1").code == 4
    assert "runs" in wald("channels", "start", "1").out
    assert "waits for a worker" in wald("channels", "replay", "1").out
    assert "is removed" in wald("channels", "remove", "1").out


def test_notices_of_somebody(records: None, home: Path) -> None:
    wald("users", "add", "ana", "--generate")
    assert "nothing" in wald("notices", "list", "--for", "ana").err
    assert wald("notices", "read", "--for", "ana", "--json").json == {"read": 0}
    words = ("notices", "choose", "--for", "ana", "--mail", "each", "--zone", "Europe/Berlin")
    assert wald(*words, "--json").json["zone"] == "Europe/Berlin"
    assert wald(*words[:-1], "Mars").code == 2
