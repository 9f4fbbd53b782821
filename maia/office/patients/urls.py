"""Patients: addresses under `/pro/`."""

from django.urls import path

from maia.office.patients import finding, imports, invitations, leaving, making, merges, record

urlpatterns = [
    path("patients/", finding.patients, name="patients"),
    path("patients/new/", making.new_patient, name="new_patient"),
    path("patients/found/", finding.patients_found, name="patients_found"),
    path("patients/import/", imports.patient_import, name="patient_import"),
    path("patients/import/<int:pk>/", imports.import_of, name="import_of"),
    path("patients/import/<int:pk>/remarks.csv", imports.import_remarks, name="import_remarks"),
    path(
        "patients/import/<int:pk>/<str:action>/",
        imports.change_import,
        name="change_import",
    ),
    path("patients/export/", finding.export_patients, name="export"),
    path("patients/<int:pk>/", record.patient, name="patient"),
    path("patients/<int:pk>/merge/", merges.merge, name="merge"),
    path("patients/<int:pk>/merge/undo/", merges.undo_merge, name="undo_merge"),
    path("patients/<int:pk>/invite/", invitations.invite, name="invite"),
    path(
        "patients/<int:pk>/invite/withdraw/",
        invitations.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path(
        "patients/<int:pk>/invite/<int:step>/",
        invitations.invite_to_book_step,
        name="invite_to_book",
    ),
    path("patients/<int:pk>/data/", leaving.hand_out, name="hand_out"),
    path("patients/<int:pk>/erase/", leaving.erase, name="erase"),
    path("patients/search/", finding.search_as_typed, name="patient_search"),
]
