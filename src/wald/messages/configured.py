"""What whoever runs this installation has said about messages, in the environment."""

from django.conf import settings

from wald.messages.addresses import Allowed


def allowed() -> Allowed:
    """Return which hosts and networks may be reached although they are not public."""
    found: Allowed = settings.CHANNEL_NETWORKS
    return found


def has_mail() -> bool:
    """Is there a mail server to send through?"""
    return bool(settings.EMAIL_HOST)


def site_address() -> str:
    """Return where people reach Wald, without a slash at the end; "" if nobody has said."""
    return str(settings.WALD_URL)
