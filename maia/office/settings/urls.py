"""Settings: addresses under `/pro/`."""

from django.urls import path

from maia.office.settings import (
    calendars,
    doors,
    embed,
    index,
    journal,
    openings,
    periods,
    practice,
    practitioner,
    privacy,
    roles,
    schedule,
    start,
    team,
    tokens,
    types,
    webhooks,
)

urlpatterns = [
    path("settings/", index.index, name="settings"),
    path("settings/start/", start.start, name="first_steps"),
    path("settings/booking-page/", start.booking_page, name="booking_page"),
    path("settings/practitioners/<int:pk>/", practitioner.practitioner, name="practitioner"),
    path(
        "settings/practitioners/<int:pk>/schedule/",
        schedule.schedule,
        {"of": "practitioner"},
        name="schedule",
    ),
    path(
        "settings/practitioners/<int:pk>/periods/",
        periods.periods,
        {"of": "practitioner"},
        name="periods",
    ),
    path(
        "settings/practitioners/<int:pk>/periods/new/",
        periods.new_period,
        {"of": "practitioner"},
        name="new_period",
    ),
    path("settings/periods/<int:pk>/", periods.edit_period, name="edit_period"),
    path("settings/periods/<int:pk>/delete/", periods.delete_period, name="delete_period"),
    path(
        "settings/practitioners/<int:pk>/openings/",
        openings.openings,
        {"of": "practitioner"},
        name="openings",
    ),
    path(
        "settings/practitioners/<int:pk>/openings/new/",
        openings.new_opening,
        {"of": "practitioner"},
        name="new_opening",
    ),
    path("settings/openings/<int:pk>/", openings.edit_opening, name="edit_opening"),
    path("settings/openings/<int:pk>/delete/", openings.delete_opening, name="delete_opening"),
    path("settings/practitioners/<int:pk>/calendars/", calendars.calendars, name="calendars"),
    path("settings/practitioners/<int:pk>/calendars/feed/", calendars.new_feed, name="new_feed"),
    path(
        "settings/practitioners/<int:pk>/calendars/addresses/",
        calendars.show_feeds,
        name="show_feeds",
    ),
    path("settings/feeds/<int:pk>/revoke/", calendars.revoke_feed, name="revoke_feed"),
    path(
        "settings/calendars/<int:pk>/<str:action>/",
        calendars.change_calendar,
        name="change_calendar",
    ),
    path("settings/sms/preview/", practitioner.preview_sms, name="preview_sms"),
    path("settings/practice/", practice.practice, name="practice"),
    path("settings/embed/", embed.embed, name="embed"),
    path("settings/embed/<int:pk>/remove/", embed.remove_website, name="remove_website"),
    path("settings/embed/none/", embed.no_website, name="no_website"),
    path("settings/privacy/", privacy.privacy, name="privacy"),
    path("settings/privacy/journal/", journal.journal, name="journal"),
    path("settings/doors/", doors.doors, name="doors"),
    path("settings/team/second-factor/", team.second_factor, name="second_factor"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/<int:pk>/role/", roles.role, name="role"),
    path("settings/team/<int:pk>/sign-out/", team.sign_out, name="sign_out"),
    path("settings/team/<int:pk>/remove/", team.remove, name="remove"),
    path(
        "settings/team/invitations/<int:pk>/<str:action>/",
        team.change_invitation,
        name="change_invitation",
    ),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/<int:pk>/secret/", webhooks.renew_secret, name="renew_secret"),
    path(
        "settings/webhooks/<int:pk>/<str:action>/", webhooks.change_webhook, name="change_webhook"
    ),
    path("settings/types/", types.types, name="types"),
    path("settings/types/preview/", types.preview_type, name="preview_type"),
    path("settings/types/new/", types.new_type, name="new_type"),
    path("settings/types/<int:pk>/", types.edit_type, name="edit_type"),
    path(
        "settings/types/<int:pk>/schedule/", schedule.schedule, {"of": "type"}, name="type_schedule"
    ),
    path("settings/types/<int:pk>/periods/", periods.periods, {"of": "type"}, name="type_periods"),
    path(
        "settings/types/<int:pk>/periods/new/",
        periods.new_period,
        {"of": "type"},
        name="new_type_period",
    ),
    path(
        "settings/types/<int:pk>/openings/", openings.openings, {"of": "type"}, name="type_openings"
    ),
    path(
        "settings/types/<int:pk>/openings/new/",
        openings.new_opening,
        {"of": "type"},
        name="new_type_opening",
    ),
    path("settings/types/<int:pk>/<str:action>/", types.change_type, name="change_type"),
]
