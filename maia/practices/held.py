"""A row that others may change or delete, held while a request writes on it."""

from django.db import models
from django.http import Http404


def hold(row: models.Model) -> None:
    """Reads it again and holds it until the transaction ends: two who write at the same moment come one
    after the other. Raises Http404 if it is gone: what writes some columns of no row is an error of the
    database.
    """
    rows = type(row)._base_manager.select_for_update(no_key=True)
    try:
        row.refresh_from_db(from_queryset=rows)
    except models.ObjectDoesNotExist:
        raise Http404 from None
