"""What belongs to a practice: every row of every model that leads to one, found from the models
themselves, so that a new one is exported and deleted with the rest."""

from functools import cache

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet

from maia.practices.models import Practice


def _links(model: type[Model]) -> list[ForeignKey]:  # type: ignore[type-arg]
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


@cache
def models_of_a_practice() -> tuple[type[Model], ...]:
    """Without `Practice` itself; what points at another comes before it."""
    belonging: set[type[Model]] = set()
    before = -1
    while before != len(belonging):
        before = len(belonging)
        for model in apps.get_models(include_auto_created=True):  # what ties many to many too
            if model is Practice:
                continue
            if any(f.related_model in belonging | {Practice} for f in _links(model)):
                belonging.add(model)
    ordered: list[type[Model]] = []
    waiting = sorted(belonging, key=lambda model: model._meta.label)
    while waiting:
        for model in waiting:
            pointed_at = any(
                field.related_model is model
                for other in waiting
                if other is not model
                for field in _links(other)
            )
            if not pointed_at:
                ordered.append(model)
                waiting.remove(model)
                break
        else:
            raise AssertionError(f"these point at each other: {waiting}")
    return tuple(ordered)


def rows_of(model: type[Model], practice: Practice) -> QuerySet[Model]:
    """By its own column if it always has one, else by whatever it points at."""
    return model._default_manager.filter(_belongs(model, practice))


def _belongs(model: type[Model], practice: Practice) -> Q:
    direct = [field for field in _links(model) if field.related_model is Practice]
    if direct and not direct[0].null:
        return Q(**{direct[0].name: practice})
    found = Q(**{direct[0].name: practice}) if direct else Q(pk__in=[])
    for field in _links(model):
        parent = field.related_model
        if isinstance(parent, type) and parent in models_of_a_practice() and parent is not model:
            rows = parent._default_manager.filter(_belongs(parent, practice))
            found |= Q(**{f"{field.name}__in": rows.order_by().values("pk")})
    return found
