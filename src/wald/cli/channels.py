"""Where events are sent: webhooks and chats, and what became of each message."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.queries.channels import ChannelLine
    from wald.records.stores.channels import Form

CHANNELS_EXAMPLES = """\b
Examples:
  wald channels add crm https://crm.example.org/hooks/wald --event 'case.*'
  wald channels add sales https://chat.example.org/services/T0/B0/X --form slack
  wald channels test 1                 send a message, to see that it comes
  wald channels log 1                  what was sent, and what became of it
  wald channels replay 17              send delivery 17 again, under the same id
  wald channels rotate 1               a new secret; for a day the old one signs too

\b
The secret that signs a webhook's messages is printed once, on standard output. A worker
sends: `wald serve` has one, `wald worker` is one.
"""

ChannelNumber = Annotated[int, typer.Argument(metavar="CHANNEL", help="Its number in the list.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="Where to send; https://…")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="TYPE", help="Such as load.published, case.*; repeatable."),
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=CHANNELS_EXAMPLES)
def list_channels(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List the channels."""
    workspace = opened(home)
    from wald.queries.channels import channel_json, channels

    found = channels(actor=person(), workspace=workspace)
    if as_json:
        put_json([channel_json(one) for one in found])
    elif not found:
        say("Events are sent nowhere yet; `wald channels add` adds a channel.")
    else:
        put_records([_line(one) for one in found], numbers=("channel",))


@app.command("add", epilog=CHANNELS_EXAMPLES)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How you call it.")],
    url: Url,
    form: Annotated[str, typer.Option(metavar="FORM", help="webhook or slack.")] = "webhook",
    event: Events = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Send events somewhere: those of the types given, or all."""
    workspace = opened(home)
    from wald.actions.channels import add_channel

    made = add_channel(
        actor=person(),
        workspace=workspace,
        name=name,
        form=_form(form),
        url=url,
        events=event or (),
        at=moment(),
    )
    if as_json:
        put_json({"channel": made.channel_id, "secret": made.secret})
        return
    say(f"Channel {made.channel_id} is there; `wald channels test {made.channel_id}` tries it.")
    _put_secret(made.secret)


@app.command("change", epilog=CHANNELS_EXAMPLES)
def change(
    channel_id: ChannelNumber,
    url: Annotated[str, typer.Option(metavar="URL", help="[default: as it is]")] = "",
    event: Events = None,
    all_events: Annotated[bool, typer.Option("--all-events", help="Send all types.")] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Send to another address, or other types of events."""
    workspace = opened(home)
    from wald.actions.channels import change_channel
    from wald.queries.channels import one_channel

    found = one_channel(actor=person(), workspace=workspace, channel_id=channel_id)
    if found is None:
        raise Refusal(f"There is no channel {channel_id}; `wald channels list` shows them.")
    change_channel(
        actor=person(),
        workspace=workspace,
        channel_id=channel_id,
        url=url,
        events=() if all_events else (event or found.events),
        version=found.version,
        at=moment(),
    )
    _put_done(channel_id, "is changed.", as_json=as_json)


@app.command("rotate", epilog=CHANNELS_EXAMPLES)
def rotate(channel_id: ChannelNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Make a new secret and print it once; for a day the one before signs too."""
    workspace = opened(home)
    from wald.actions.channels import rotate_secret

    secret = rotate_secret(actor=person(), workspace=workspace, channel_id=channel_id, at=moment())
    if as_json:
        put_json({"channel": channel_id, "secret": secret})
    else:
        _put_secret(secret)


@app.command("stop", epilog=CHANNELS_EXAMPLES)
def stop(
    channel_id: ChannelNumber,
    why: Annotated[str, typer.Option(metavar="WORDS", help="The reason.")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Send nothing more to a channel; what waits is given up."""
    workspace = opened(home)
    from wald.actions.channels import stop_channel

    stop_channel(actor=person(), workspace=workspace, channel_id=channel_id, at=moment(), why=why)
    _put_done(channel_id, "is stopped.", as_json=as_json)


@app.command("start", epilog=CHANNELS_EXAMPLES)
def start(channel_id: ChannelNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Send to a stopped channel again, events from now on."""
    workspace = opened(home)
    from wald.actions.channels import start_channel

    start_channel(actor=person(), workspace=workspace, channel_id=channel_id, at=moment())
    _put_done(channel_id, "runs.", as_json=as_json)


@app.command("remove", epilog=CHANNELS_EXAMPLES)
def remove(channel_id: ChannelNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Remove a channel, and the log of what was sent to it."""
    workspace = opened(home)
    from wald.actions.channels import remove_channel

    remove_channel(actor=person(), workspace=workspace, channel_id=channel_id, at=moment())
    _put_done(channel_id, "is removed.", as_json=as_json)


@app.command("test", epilog=CHANNELS_EXAMPLES)
def send_test(
    channel_id: ChannelNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False
) -> None:
    """Send a test message to one channel; a worker takes it there."""
    workspace = opened(home)
    from wald.actions import channels

    number = channels.send_test(
        actor=person(), workspace=workspace, channel_id=channel_id, at=moment()
    )
    _put_delivery(number, channel_id, as_json=as_json)


@app.command("log", epilog=CHANNELS_EXAMPLES)
def log(
    channel_id: ChannelNumber,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Lines to show.")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what was sent to a channel, newest first, and what became of it."""
    workspace = opened(home)
    from wald.queries.channels import channel_deliveries, delivery_json

    found = channel_deliveries(
        actor=person(), workspace=workspace, channel_id=channel_id, limit=limit
    )
    if as_json:
        put_json([delivery_json(one) for one in found])
    elif not found:
        say("Nothing was sent to it yet.")
    else:
        shown = ("delivery", "type", "state", "attempts", "tried_at", "status", "error")
        lines = [delivery_json(one) for one in found]
        put_records([{name: line[name] for name in shown} for line in lines])


@app.command("replay", epilog=CHANNELS_EXAMPLES)
def replay(
    delivery_id: Annotated[int, typer.Argument(metavar="DELIVERY", help="See `log`.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Send a delivery once more, under the id it had."""
    workspace = opened(home)
    from wald.actions import channels

    number = channels.replay(
        actor=person(), workspace=workspace, delivery_id=delivery_id, at=moment()
    )
    _put_delivery(number, None, as_json=as_json)


def _form(text: str) -> "Form":
    from wald.records.stores.channels import Form

    known = [one.value for one in Form]
    if text not in known:
        problem = Problem("--form", f"is {text!r}", f"give one of {', '.join(known)}")
        raise BadInput("There is no such form.", [problem])
    return Form(text)


def _line(one: "ChannelLine") -> dict[str, object]:
    return {
        "channel": one.channel_id,
        "name": one.name,
        "form": one.form.value,
        "to": one.host or "cannot be read",
        "events": ", ".join(one.events) or "all",
        "state": one.why_stopped or ("stopped" if one.stopped_at else "runs"),
    }


def _put_secret(secret: str) -> None:
    if secret:
        say("Its secret is shown this once; whoever receives checks the signature with it:")
        console().print(secret)


def _put_done(channel_id: int, words: str, *, as_json: bool) -> None:
    if as_json:
        put_json({"channel": channel_id})
    else:
        console().print(f"Channel {channel_id} {words}")


def _put_delivery(number: int, channel_id: int | None, *, as_json: bool) -> None:
    if as_json:
        put_json({"delivery": number})
        return
    where = "" if channel_id is None else f"; `wald channels log {channel_id}` tells"
    console().print(f"Delivery {number} waits for a worker{where}.")
