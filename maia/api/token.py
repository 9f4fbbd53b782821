"""What a token is, said to whoever shows it: so that a script warns before it ends."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import AnyToken
from maia.api.problems import errors

router = Router(tags=["token"], auth=AnyToken())


class TokenOut(Schema):
    name: str = Field(examples=["Accounting"])
    practice: str | None = Field(examples=["cabinet-des-lilas"])
    role: str = Field(examples=["assistant"])
    expires_at: str | None = Field(examples=["2027-12-01T10:00:00+00:00"])


@router.get("", response={200: TokenOut, **errors(401, 403, 422, 429)})
def read_token(request: HttpRequest) -> Any:
    """Whose practice it opens, at most as what, and until when; null: until it is revoked."""
    token = request.auth.token  # type: ignore[attr-defined]
    return {
        "name": token.name,
        "practice": token.practice.slug if token.practice else None,
        "role": token.role,
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
    }
