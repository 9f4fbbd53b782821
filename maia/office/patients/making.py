"""A record made without an appointment."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.accounts import short_memory
from maia.office.access import OfficeRequest, office, written_down
from maia.office.meant import is_meant, mark_of
from maia.office.once import made_once
from maia.office.patients.finding import NEW, SHOWN
from maia.office.patients.forms import PatientForm
from maia.patients.models import Patient
from maia.privacy.journal import Act
from maia.privacy.reading import find_alike, find_sharing


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_patient(request: OfficeRequest) -> HttpResponse:
    """Begins with what the search was asked for. Whoever may be there already is shown first;
    ``anyway`` makes her all the same."""
    made = Patient(practice=request.seat.practice)
    typed = short_memory.take(request.session, NEW)
    form = PatientForm(request.POST or None, instance=made, initial=typed, seat=request.seat)
    if not form.is_bound:
        form.fields["first_name"].widget.attrs["autofocus"] = True
    others: list[Patient] = []
    if form.is_valid():
        record = form.save(commit=False)
        now = timezone.now()
        others = find_alike(request.seat, record, SHOWN, now=now)
        sharing = find_sharing(request.seat, record, record.email, SHOWN, now=now)
        others += [one for one in sharing if one not in others]
        seen = [other.pk for other in others]
        if not others or is_meant(request, "anyway", seen):
            record.save()
            written_down(request, Act.CREATED, patient=record)
            messages.success(request, _("The record is made."))
            return redirect("office:patient", record.pk)
    context = {"practice": request.seat.practice, "form": form, "others": others}
    context["mark"] = mark_of([other.pk for other in others])
    status = 409 if others else 422 if form.is_bound else 200
    return render(request, "office/patients/new.html", context, status=status)
