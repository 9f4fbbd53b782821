"""The patient's address and number, corrected from the sheet: on the telephone, before a message leaves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.office.access import OfficeRequest, get_appointment, office, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.patients.forms import ContactForm
from maia.practices.held import hold
from maia.privacy.journal import Act
from maia.privacy.reading import open_record


@office
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def contact(request: OfficeRequest, pk: int) -> HttpResponse:
    """The record's rule, form and line in the journal; back to the sheet."""
    appointment = get_appointment(request, pk)
    record = appointment.patient
    if request.method == "POST":
        hold(record)  # she may be erased at this moment
    if record.erased_at is not None:
        gone = {"practice": request.seat.practice, "record": record}
        return render(request, "office/patients/erased.html", gone, status=410)
    form = ContactForm(request.POST or None, instance=record, seat=request.seat)
    if form.is_valid():
        form.save()
        if form.changed_data:
            written_down(request, Act.CHANGED, patient=record, detail=form.changes())
        messages.success(request, _("Saved."))
        return redirect("office:sheet", pk)
    open_record(request.seat, record, now=timezone.now())
    name = record.name
    context = {
        "practice": request.seat.practice,
        "appointment": appointment,
        "name": name,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/appointments/contact.html", context, status=status)
