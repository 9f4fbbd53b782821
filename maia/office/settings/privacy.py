"""How long data is kept, who reads notes, what patients are told. For the owner."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
from maia.office.fields.kept_form import KeptRowForm, in_turn
from maia.practices.held import hold
from maia.practices.models import Practice
from maia.privacy.journal import Act
from maia.privacy.models import Terms, terms_of


class TermsForm(KeptRowForm):
    notes_for_practitioners = forms.BooleanField(
        label=gettext_lazy("Notes are for practitioners only"),
        required=False,
        help_text=gettext_lazy(
            "Assistants neither read nor write the notes of records and of appointments."
        ),
    )

    class Meta:
        model = Terms
        fields = [
            "records_years",
            "messages_months",
            "journal_months",
            "pregnancy_months",
            "notice",
        ]
        widgets = {"notice": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        practice = self.instance.practice
        self.initial["notes_for_practitioners"] = practice.notes_for_practitioners

    def save(self, commit: bool = True) -> Any:
        practice = Practice.objects.filter(pk=self.instance.practice.pk)
        if "notes_for_practitioners" in self.changed_data:
            wanted = self.cleaned_data["notes_for_practitioners"]
            practice.update(notes_for_practitioners=wanted)
        return super().save(commit)


@owner_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def privacy(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    if request.method == "POST":
        hold(practice)  # which has a column of this form, and may have no terms yet
    form = TermsForm(request.POST or None, instance=terms_of(practice))
    if form.is_valid():
        form.save()
        written_down(request, Act.SETTINGS, detail=form.changes())
        messages.success(request, _("Saved."))
        return redirect("office:privacy")
    context = {"practice": practice, "form": form}
    return render(
        request, "office/settings/privacy.html", context, status=422 if form.is_bound else 200
    )
