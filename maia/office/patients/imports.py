"""Import of patients: a file, what each column and line would become, then yes; and the way back."""

import csv
import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts.limits import TooOften
from maia.jobs import asking
from maia.office import refusals, sure
from maia.office.access import OfficeRequest, settings_page
from maia.office.patients import import_words
from maia.patients import import_jobs
from maia.patients.import_jobs import MAX_BYTES, NotNow
from maia.patients.import_models import PatientImport, unpacked
from maia.patients.lists.titles import NAMES, Column
from maia.patients.spreadsheet import harmless
from maia.patients.text import clean_text
from maia.privacy.reading import read_records

SHOWN_IMPORTS = 20
State = PatientImport.State


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file (.xlsx)"),
        allow_empty_file=True,  # it is said in our words
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=gettext_lazy(
            "From Doctolib, Maiia, Outlook, Google, Excel, another program: columns in any order, under"
            " any titles. You say on the next page what each one is. Nothing is written before."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("This file is too large: 10 MB at most."))
        if not file.size:
            raise ValidationError(import_words.unreadable("empty"))
        return file


class ColumnsForm(forms.Form):
    """What each column is read as. ``columns`` as `import_jobs` shows them."""

    def __init__(
        self, *args: Any, importing: PatientImport, shown: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.importing = importing
        self.titles: list[str] = [column["title"] for column in shown["columns"]]
        rows = [(str(number), f"{number}. {cells}") for number, cells in shown["rows"]]
        self.fields["titles_row"] = forms.ChoiceField(
            label=_("The titles of the columns are on line"),
            choices=[*rows, ("0", _("there are no titles: the first line is a patient"))],
            initial=str(importing.titles_row),
        )
        if str(importing.titles_row) not in dict(rows):
            self.fields["titles_row"].choices = [  # type: ignore[attr-defined]
                (str(importing.titles_row), str(importing.titles_row)),
                *self.fields["titles_row"].choices,  # type: ignore[attr-defined]
            ]
        for at, column in enumerate(shown["columns"]):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=column["title"] or _("Column %(number)d") % {"number": at + 1},
                choices=import_words.COLUMNS,
                initial=column["column"],
                required=False,
            )
        self.fields["existing"] = forms.ChoiceField(
            label=_("For patients who have a record already"),
            choices=PatientImport.Existing.choices,
            initial=importing.existing,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not NAMES & {Column(value) for value in self.columns}:
            raise ValidationError(_("Say which column holds the names."))
        return typed

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data.get(f"column-{at}", "") for at in range(len(self.titles))]

    @property
    def titles_row(self) -> int:
        return int(self.cleaned_data["titles_row"])

    @property
    def is_as_shown(self) -> bool:
        """Whether what would be done is what was counted."""
        return not {name for name in self.changed_data if name in self.fields}


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
def patient_import(request: OfficeRequest) -> HttpResponse:
    practice, now = request.seat.practice, timezone.now()
    bound = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if bound else ImportForm()
    status = 422 if bound else 200
    if bound and form.is_valid():
        file = form.cleaned_data["file"]
        name = " ".join(clean_text(file.name).split())[:200]
        try:
            importing = import_jobs.begin(
                practice, name, file.read(), by=request.seat.user, now=now
            )
        except asking.Refused:
            form.add_error(
                None, _("Many things are being done already: try again in some minutes.")
            )
        except TooOften as refusal:
            form.add_error(None, refusals.too_often_words(refusal))
            status = 429
        else:
            return redirect("office:import_of", importing.pk)
    imports = practice.patient_imports.select_related("asked_by", "job").defer(*_HEAVY)
    context = {
        "practice": practice,
        "form": form,
        "imports": imports[:SHOWN_IMPORTS],
        "most_lines": import_words.most_lines(),
    }
    return render(request, "office/patients/import.html", context, status=status)


_HEAVY = ("file", "table", "shown", "remarks")


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
def import_of(request: OfficeRequest, pk: int) -> HttpResponse:
    """One import, at any of its steps."""
    importing = _get(request, pk)
    now = timezone.now()
    shown = unpacked(importing.shown) or {}
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "importing": importing,
        "shown": shown,
        "counts": import_words.counts(importing),
        "undone": import_words.undone(importing),
        "remarks": [import_words.remark(one) for one in shown.get("remarks", [])],
        "may_be_undone": importing.may_be_undone(now),
    }
    if importing.is_busy:
        return render(request, "office/patients/import_busy.html", context)
    if importing.has_failed:
        context["why"] = import_words.failed(importing)
        return render(request, "office/patients/import_failed.html", context)
    if not importing.may_be_confirmed(now) or not shown:
        return render(request, "office/patients/import_done.html", context)
    form = ColumnsForm(request.POST or None, importing=importing, shown=shown)
    status = 200
    if request.method == "POST":
        try:
            if answer := _go_on(request, importing, form):
                return answer
        except TooOften as refusal:  # what she chose stays
            form.add_error(None, refusals.too_often_words(refusal))
            status = 429
    read_records(request.seat, now=now)  # the page shows who is in the file
    context |= {
        "form": form,
        "columns": [(column, form[f"column-{at}"]) for at, column in enumerate(shown["columns"])],
        "lines": [import_words.line(*line) for line in shown["lines"]],
        "warnings": import_words.about_file(shown["file"]),
        "more_lines": importing.counts.get("new", 0) > len(shown["lines"]),
        "has_names": bool(NAMES & set(importing.columns)),
    }
    status = status if status != 200 or not form.errors else 422
    return render(request, "office/patients/import_columns.html", context, status=status)


def _go_on(
    request: OfficeRequest, importing: PatientImport, form: ColumnsForm
) -> HttpResponse | None:
    """Counted again if she changed something, imported if she saw what it does."""
    by, now = request.seat.user, timezone.now()
    here = redirect("office:import_of", importing.pk)
    other_titles = "titles_row" in form.changed_data and form.data.get("titles_row")
    if not form.is_valid() and not (other_titles and "titles_row" not in form.errors):
        return None
    try:
        if form.is_as_shown and "import" in request.POST:
            import_jobs.confirm(importing, by=by, now=now)
        else:
            if "import" in request.POST:
                messages.info(
                    request, _("You changed something: look at what it does, then import.")
                )
            import_jobs.look_again(
                importing,
                columns=[] if other_titles else form.columns,
                titles_row=form.titles_row,
                existing=form.cleaned_data.get("existing", importing.existing),
                by=by,
                now=now,
            )
    except NotNow:
        return here
    except asking.Refused:
        form.add_error(None, _("Many things are being done already: try again in some minutes."))
        return None
    return here


@settings_page
@require_POST
def change_import(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    importing = _get(request, pk)
    match action:
        case "undo":
            try:
                import_jobs.take_back(importing, by=request.seat.user, now=timezone.now())
            except NotNow:
                messages.error(request, _("This import cannot be undone any more."))
            except asking.Refused:
                messages.error(
                    request, _("Many things are being done already: try again in some minutes.")
                )
        case "again":
            import_jobs.try_again(importing)
        case "leave" if not sure.is_sure(request):
            return sure.ask(
                request,
                _("Give this import up?"),
                [
                    _(
                        "The file is forgotten, with the columns that you have chosen. No record changes."
                    )
                ],
                _("Forget the file"),
                reverse("office:import_of", args=[pk]),
            )
        case "leave":
            import_jobs.leave(importing)
            return redirect("office:patient_import")
        case _:
            raise Http404
    return redirect("office:import_of", importing.pk)


@settings_page
@require_safe
def import_remarks(request: OfficeRequest, pk: int) -> HttpResponse:
    """All that there is to look at, for a spreadsheet, as long as the day lasts."""
    importing = _get(request, pk)
    read_records(request.seat, now=timezone.now())
    remarks = unpacked(importing.remarks)
    if remarks is None:
        raise Http404
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("Line"), _("Patient"), _("What"), _("Column"), _("Cell")])
    for number, name, code, title, value in remarks:
        cells = [number, name, import_words.REMARKS.get(code, code), title, value]
        writer.writerow([harmless(str(cell)) for cell in cells])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="import.csv"'
    return answer


def _get(request: OfficeRequest, pk: int) -> PatientImport:
    imports = request.seat.practice.patient_imports.select_related("job", "practice").defer(
        "file", "table"
    )
    importing: PatientImport = get_object_or_404(imports, pk=pk)
    return importing
