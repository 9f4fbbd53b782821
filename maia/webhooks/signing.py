"""Signatures as Standard Webhooks 1.0.0 writes them (standardwebhooks.com)."""

import base64
import hmac


def signed_headers(key: bytes, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """``timestamp`` is in seconds. The receiver refuses an old one, and an ``id`` seen before."""
    signed = f"{id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }
