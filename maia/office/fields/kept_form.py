"""Forms over what others change too: they write what she changed, and nothing else.

Each field carries along, hidden, what the page showed her (Django's ``show_hidden_initial``). So

1. a field that was not on the page stays as it is;
2. what she did not change stays as it is now, whoever changed it meanwhile;
3. what she and somebody else both changed is refused at the field, with what stands there now;
   saved again, it is hers.

A program that posts without the hidden values has seen no page: what it sends is the whole form.

Its view is `in_turn`: what stands there is held while it is compared and until it is saved.
"""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from maia.practices.held import hold

LONGEST_SHOWN = 80  # characters of what somebody else wrote

Asked = TypeVar("Asked", bound=Callable[..., HttpResponse])


def in_turn(view: Asked) -> Asked:
    """Behind all doors: a form that is posted is read, compared and saved in one transaction, so
    that what its view holds stays as it was compared. Pages that are only shown hold nothing."""

    @wraps(view)
    def wrapped(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    wrapped.in_turn = True  # type: ignore[attr-defined]  # for the test that walks every form
    return wrapped  # type: ignore[return-value]


class KeptForm(forms.BaseForm):
    """For any form; its view writes ``changed_data`` alone. Rows: see `KeptRowForm`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember_what_was_shown()

    def remember_what_was_shown(self) -> None:
        """Again after fields were added."""
        prefix = "initial-"
        is_from_page = not self.is_bound or any(name.startswith(prefix) for name in self.data)
        for name, field in self.fields.items():
            if isinstance(field, forms.FileField) or not is_from_page:
                continue
            shown = not self.is_bound or self[name].html_initial_name in self.data
            field.show_hidden_initial = shown
            if not shown and self[name].html_name not in self.data:
                self.keep(name)
        # What a form still says of its fields, a label, is read when they are shown.
        self._bound_fields_cache.clear()  # type: ignore[attr-defined]

    def keep(self, name: str) -> None:
        """It was not on the page: it stays as it is."""
        if self.get_initial_for_field(self.fields[name], name) not in (None, "", False):
            self.fields[name].disabled = True

    def changes(self) -> str:
        """What she changed, as the journal says it."""
        return ", ".join(str(self.fields[name].label or name) for name in self.changed_data)

    def _post_clean(self) -> None:
        for name in self.changed_data:
            if name in self.cleaned_data and self._is_changed_by_another(name):
                self.add_error(name, self._said_meanwhile(name))
        super()._post_clean()  # type: ignore[misc]

    def _is_changed_by_another(self, name: str) -> bool:
        field, bound = self.fields[name], self[name]
        if not field.show_hidden_initial:
            return False
        now = _read(field, self.get_initial_for_field(field, name))
        posted = self._widget_data_value(field.hidden_widget(), bound.html_initial_name)  # type: ignore[attr-defined]
        shown = _read(field, posted)
        return now not in (shown, _read(field, bound.data))

    def _said_meanwhile(self, name: str) -> str:
        """What stands there now; and from now on that is what she has been shown."""
        field = self.fields[name]
        now = field.prepare_value(self.get_initial_for_field(field, name))
        words = field.hidden_widget().format_value(now) or ""
        posted: Any = self.data
        posted = posted.copy()
        if isinstance(words, list):  # of several choices
            posted.setlist(self[name].html_initial_name, words)
        else:
            posted[self[name].html_initial_name] = words
        self.data = posted
        if isinstance(field, forms.BooleanField):
            words = _("yes") if now else _("no")
        elif choices := getattr(field.widget, "choices", ()):
            labels = {str(value): str(label) for value, label in choices}
            several = words if isinstance(words, list) else [words]
            words = ", ".join(labels.get(str(word), str(word)) for word in several)
        elif isinstance(now, datetime.time):
            words = f"{now:%H:%M}"
        elif isinstance(now, datetime.date):
            words = f"{now:%d/%m/%Y}"
        if len(words) > LONGEST_SHOWN:
            words = words[:LONGEST_SHOWN] + "…"
        if not words:
            return _("Somebody has emptied this meanwhile. Save again to keep what you typed.")
        return _(
            "Meanwhile somebody has put “%(words)s” here. Save again to keep what you typed."
        ) % {"words": words}


def _read(field: forms.Field, value: Any) -> Any:
    """Of a field's value, stored or posted, what it says: browsers end lines in two characters."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n")
    try:
        said = field.to_python(value)
    except ValidationError:
        return value
    return "" if said is None else said


class KeptRowForm(KeptForm, forms.ModelForm):
    """Saves the columns that she changed, on the row as it is then. Posted, it holds the row."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if data is not None and row is not None and not row._state.adding:
            hold(row)
        super().__init__(data, *args, **kwargs)

    def _post_clean(self) -> None:
        unchanged = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in self.changed_data and not self.instance._state.adding
        }
        for name in unchanged:  # the row keeps its own
            del self.cleaned_data[name]
        super()._post_clean()
        self.cleaned_data = unchanged | self.cleaned_data

    def columns(self) -> set[str]:
        """Those to write. A form whose fields become other columns adds them."""
        return {field.name for field in self.instance._meta.fields} & set(self.changed_data)

    def save(self, commit: bool = True) -> Any:
        if not commit or self.instance._state.adding or self.errors:
            return super().save(commit)
        columns = self.columns()
        row = type(self.instance)._base_manager.get(pk=self.instance.pk)
        for name in columns:
            setattr(row, name, getattr(self.instance, name))
        row.save(update_fields=columns)
        self.instance = row
        return row
