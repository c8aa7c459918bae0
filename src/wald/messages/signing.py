"""Signatures of webhooks after the Standard Webhooks specification, 1.0 (symmetric, v1).

Signed is "id.timestamp.body" with HMAC-SHA256; the secret is shown as whsec_ and base64.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

SECRET_BYTES = 32  # the specification allows 24 to 64


def shown_secret(secret: bytes) -> str:
    """Return a secret as the receiver takes it."""
    return f"whsec_{b64encode(secret).decode()}"


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()}"


def signed_headers(
    secrets: Sequence[bytes], message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the three headers; while a secret is being changed, one signature for each."""
    timestamp = int(at.timestamp())
    signatures = (signature(secret, message_id, timestamp, body) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
