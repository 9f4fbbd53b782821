"""Import of patients: a file, what each line would become, then yes."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from maia.office.access import OfficeRequest, settings_page, written_down
from maia.patients.importing import (
    MAX_LINES,
    Line,
    Refused,
    UnreadableFile,
    import_patients,
    read_patients,
)
from maia.privacy.journal import Act

MAX_BYTES = 500_000

_WORDS = {
    Refused.NO_NAME: gettext_lazy("the name or the first name is missing"),
    Refused.BAD_NAME: gettext_lazy("the name has no letters"),
    Refused.BAD_EMAIL: gettext_lazy("the email address is not one"),
    Refused.BAD_PHONE: gettext_lazy("the phone number is not one"),
    Refused.BAD_DATE: gettext_lazy("the birth date is not one"),
    Refused.TWICE: gettext_lazy("the same person is in the file twice"),
    Refused.THERE: gettext_lazy("there is a record of this person already"),
}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy(
            "Its first line names the columns: nom, prénom, email, mobile, date de naissance, notes."
        ),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MAX_BYTES)

    def clean(self) -> dict[str, str]:
        typed = super().clean() or {}
        file, text = typed.get("file"), typed.get("text") or ""
        if file:
            if file.size > MAX_BYTES:
                raise ValidationError(_("This file is too large: 500 kB at most."))
            text = _decoded(file.read())
        if not text.strip():
            self.add_error("file", _("Choose a file."))
        return {"text": text}


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
def patient_import(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    bound = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if bound else ImportForm()
    context = {"practice": practice, "form": form}
    if not bound or not form.is_valid():
        return render(request, "office/import.html", context, status=422 if bound else 200)
    text = form.cleaned_data["text"]
    try:
        lines = read_patients(text, practice)
    except UnreadableFile as error:
        form.add_error("file", _unreadable(error))
        return render(request, "office/import.html", context, status=422)
    if "yes" in request.POST:
        count = import_patients(lines)
        written_down(request, Act.IMPORTED, detail=str(count))
        words = ngettext("%(count)d record is in.", "%(count)d records are in.", count)
        messages.success(request, words % {"count": count})
        return redirect("office:patients")
    context |= {
        "text": text,
        "taken": [line for line in lines if line.record],
        "refused": [(line, _why(line)) for line in lines if line.refused],
    }
    return render(request, "office/import.html", context)


def _why(line: Line) -> str:
    return str(_WORDS[line.refused]) if line.refused else ""


def _unreadable(error: UnreadableFile) -> str:
    if error.code == "too_long":
        return _("At most %(count)d lines at once.") % {"count": MAX_LINES}
    return _("The first line must name the columns, among them “nom” and “prénom”.")


def _decoded(content: bytes) -> str:
    """UTF-8, or what older French programs write."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\x00", "")
