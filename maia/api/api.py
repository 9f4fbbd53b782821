"""The API itself: its routers, its document, its errors."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from maia.api import me, problems, public, token
from maia.api.office import (
    appointments,
    blocks,
    dated_hours,
    imports,
    messages,
    patients,
    personal,
    places,
    replacements,
    rooms,
    sheets,
    types,
)
from maia.api.office.stranded import stranded
from maia.appointments.changing_hours import Stranded

DESCRIPTION = """
Instants are ISO 8601 with an offset, dates `YYYY-MM-DD`, times `HH:MM`. Errors are
`application/problem+json` with a `code` for programs. Lists are paged with `limit` and `cursor`.
An `Idempotency-Key` on a POST that creates makes the same request safe to send again.

Tokens: `maia token EMAIL`, or the settings of a practice.
"""


IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 100},
    "description": "The same key again is answered the same, and creates nothing more.",
    "example": "7f0c2c2e-5d0f-4f7b-8c5e-2b9a3f1d6e4a",
}


class MaiaAPI(NinjaAPI):
    _document: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """Made once for each process: anybody may ask for it, and it takes half a second."""
        if not self._document:
            self._document = self._made_document(**options)
        return self._document

    def _made_document(self, **options: Any) -> Any:
        """The document says of errors what `problems` does: their own media type."""
        document = super().get_openapi_schema(**options)
        for path in document["paths"].values():
            for operation in path.values():
                if "201" in {str(status) for status in operation["responses"]}:
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        response["content"] = {problems.TYPE: content["application/json"]}
        return document


api = MaiaAPI(
    title="Maia", version="1", description=DESCRIPTION, urls_namespace="api", docs_url="docs",
    openapi_url="openapi.json",
)  # fmt: skip
problems.register(api)
api.add_exception_handler(Stranded, stranded)  # type: ignore[arg-type]
api.add_router("", public.router)
api.add_router("me/", me.router)
api.add_router("token", token.router)
api.add_router("office/", sheets.router)
api.add_router("office/appointment-types", types.router)
api.add_router("office/", dated_hours.of_practitioner)
api.add_router("office/appointment-types", dated_hours.of_type)
api.add_router("office/rooms", rooms.router)
api.add_router("office/patients", patients.router)
api.add_router("office/imports", imports.router)
api.add_router("office/", appointments.router)
api.add_router("office/", personal.router)
api.add_router("office/", blocks.router)
api.add_router("office/", replacements.router)
api.add_router("office/", messages.router)
api.add_router("office/", places.router)


@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    return problems.answer(404, "not_found", "There is no such address.")
