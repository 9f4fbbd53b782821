"""Imports of patients: what became of each. A file is sent on the pages, where its columns are seen."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, seat
from maia.api.fields import Id
from maia.api.paging import Pages, page
from maia.api.problems import errors
from maia.patients.import_models import PatientImport

router = Router(tags=["office"], auth=OfficeToken())


class ImportOut(Schema):
    id: int
    kind: str = Field(examples=["patients"])
    file_name: str
    created_at: str
    state: str = Field(
        description="reading, read (to be confirmed), importing, done, undoing, undone, forgotten, failed."
    )
    done: int = Field(description="Lines, of the step that runs.")
    of: int | None
    result: dict[str, Any] = Field(
        description="How many lines of each outcome: new, updated, there, twice, unsure, refused, blank."
    )


class ImportsOut(Schema):
    items: list[ImportOut]
    next: str | None


def shown(importing: PatientImport) -> dict[str, Any]:
    job = importing.job if importing.is_busy else None
    return {
        "id": importing.pk,
        "kind": "patients",
        "file_name": importing.file_name,
        "created_at": importing.created_at.isoformat(),
        "state": "failed" if importing.has_failed else importing.state,
        "done": job.done if job else 0,
        "of": job.of if job else None,
        "result": importing.counts,
    }


@router.get("", response={200: ImportsOut, **errors(401, 403, 422, 429)})
def list_imports(request: HttpRequest, paging: Pages) -> Any:
    """In the order in which they were asked for."""
    return page(_imports(request), paging, shown)


@router.get("/{id}", response={200: ImportOut, **errors(401, 403, 404, 422, 429)})
def read_import(request: HttpRequest, id: Id) -> Any:
    return shown(get_object_or_404(_imports(request), pk=id))


def _imports(request: HttpRequest) -> Any:
    """Of her practice, without what was in the files."""
    holder = seat(request)
    if not holder.may_change_settings:
        raise PermissionDenied
    imports = holder.practice.patient_imports.select_related("job")
    return imports.defer("file", "table", "shown", "remarks")
