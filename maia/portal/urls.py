"""What patients reach. `mine` and `link` are one appointment's pages, by account or by its link."""

from django.urls import include, path

from maia.portal import (
    account,
    calendar,
    converters,  # noqa: F401
    details,
    embed,
    home,
    invitations,
    notices,
    pictures,
    sign_in,
    space,
    stages,
    theme,
)
from maia.portal import booking as book

one_appointment = (
    [
        path("", space.appointment, name="appointment"),
        path("cancel/", space.cancel, name="cancel"),
        path("move/", space.move, name="move"),
        path("move/<instant:start>/", space.move_there, name="move_there"),
        path("rendez-vous.ics", space.calendar_file, name="ics"),
    ],
    "one",
)

# What a frame shows as well. In order: a practice's slug comes last.
shared_patterns = [
    path("mes-rendez-vous/", space.appointments, name="appointments"),
    path("mes-rendez-vous/<uuid:uid>/", include(one_appointment, namespace="mine")),
    path("theme/2/<str:colour>.css", theme.theme, name="theme"),
    path("media/<str:digest>.webp", pictures.picture, name="picture"),
    path("<slug:slug>/", book.what_for, name="practice"),
    path("<slug:slug>/confidentialite/", notices.data_notice, name="data_notice"),
    path("<slug:slug>/mentions-legales/", notices.legal_notice, name="legal_notice"),
    path("<slug:slug>/book/<type:type_id>/", book.when, name="slots"),
    path("<slug:slug>/book/<type:type_id>/dates/", stages.say_stage, name="stage"),
    path(
        "<slug:slug>/book/<type:type_id>/<int:practitioner_id>/<instant:start>/",
        include(
            [
                path("", book.confirm, name="confirm"),
                path("sign-in/", sign_in.ask_email, name="sign_in"),
                path("code/", sign_in.ask_code, name="code"),
            ]
        ),
    ),
    path("<slug:slug>/booked/<uuid:uid>/", book.booked, name="booked"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/coordonnees/<int:pk>/", details.details, name="account_details"),
    path("mon-compte/donnees/", account.data, name="account_data"),
    path("mon-compte/agenda/", calendar.calendar, name="account_calendar"),
    path("mon-compte/supprimer/", account.delete, name="account_delete"),
    path("mon-compte/encore/", account.again, name="account_again"),
    path("a/<str:token>/", include(one_appointment, namespace="link")),
    path("<slug:slug>/embed.js", embed.script, name="embed_script"),
    path("<slug:slug>/embed/", embed.enter, name="embed"),
    *shared_patterns,
]
