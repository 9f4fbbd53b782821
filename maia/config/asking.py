"""What is asked again for, in words: the page or the act, why it matters, and the way back.

By the names of addresses, all faces together, because the page that asks is one for all.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OPENS_RECORDS = _("It opens patients’ records, or changes them for good.")
GIVES_ACCESS = _("It decides who gets into the practice.")
LEAVES_THE_PRACTICE = _("It shows or sends the practice’s agenda outside of Maia.")
CHANGES_THE_KEY = _("It changes how your account is opened.")
IS_HERS = _("It is about everything that your account holds.")

Words = str | Promise


class Act(NamedTuple):
    page: Words
    form: Words  # what its form does
    why: Words
    back: str  # the name of an address; it may take the same `pk`


def _act(page: Words, why: Words, back: str, form: Words = "") -> Act:
    return Act(page, form or page, why, back)


ACTS: dict[str, Act] = {
    "office:team": _act(_("The team"), GIVES_ACCESS, "office:settings", _("Invite somebody")),
    "office:role": _act(_("Change somebody’s role"), GIVES_ACCESS, "office:settings"),
    "office:remove": _act(_("Remove somebody from the team"), GIVES_ACCESS, "office:settings"),
    "office:sign_out": _act(_("Sign somebody out everywhere"), GIVES_ACCESS, "office:settings"),
    "office:change_invitation": _act(
        _("Send an invitation again, or withdraw it"), GIVES_ACCESS, "office:settings"
    ),
    "office:second_factor": _act(
        _("Ask the team for a second factor, or not any more"), GIVES_ACCESS, "office:settings"
    ),
    "office:tokens": _act(
        _("Tokens of programs"), GIVES_ACCESS, "office:settings", _("Make a token for a program")
    ),
    "office:new_feed": _act(
        _("Make an address of an agenda"), LEAVES_THE_PRACTICE, "office:settings"
    ),
    "office:show_feeds": _act(
        _("Show the addresses of an agenda"), LEAVES_THE_PRACTICE, "office:settings"
    ),
    "office:webhooks": _act(
        _("Webhooks"),
        LEAVES_THE_PRACTICE,
        "office:settings",
        _("Tell another program"),
    ),
    "office:renew_secret": _act(
        _("Renew the secret of a program that is told"), LEAVES_THE_PRACTICE, "office:settings"
    ),
    "office:privacy": _act(
        _("How long records are kept"),
        OPENS_RECORDS,
        "office:settings",
        _("Change how long records are kept"),
    ),
    "office:export": _act(_("Export all records"), OPENS_RECORDS, "office:patients"),
    "office:export_appointments": _act(
        _("Export a list of appointments"), OPENS_RECORDS, "office:appointments"
    ),
    "office:hand_out": _act(_("Hand over a patient’s data"), OPENS_RECORDS, "office:patient"),
    "office:erase": _act(_("Erase a record"), OPENS_RECORDS, "office:patient"),
    "office:merge": _act(_("Merge two records"), OPENS_RECORDS, "office:patient"),
    "office:undo_merge": _act(_("Take two records apart again"), OPENS_RECORDS, "office:patient"),
    "account_data": _act(_("Download my data"), IS_HERS, "account"),
    "account_delete": _act(_("Delete my account"), IS_HERS, "account"),
    "account_email": _act(_("Change my email address"), CHANGES_THE_KEY, "account"),
    "account_set_password": _act(_("Choose a password"), CHANGES_THE_KEY, "account"),
    "mfa_activate_totp": _act(_("Set up an application"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_deactivate_totp": _act(_("Take the application away"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_add_webauthn": _act(_("Add a passkey"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_edit_webauthn": _act(_("Rename a passkey"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_remove_webauthn": _act(_("Remove a passkey"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_view_recovery_codes": _act(_("See my recovery codes"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_download_recovery_codes": _act(_("See my recovery codes"), CHANGES_THE_KEY, "mfa_index"),
    "mfa_generate_recovery_codes": _act(_("Make new recovery codes"), CHANGES_THE_KEY, "mfa_index"),
}


class Asked(NamedTuple):
    what: Words
    why: Words
    back: str  # a path


def asked_for(request: HttpRequest) -> Asked | None:
    """What the page that asks leads to (``next``), or what this page itself sends; None if it is
    nothing of ours."""
    given = request.GET.get(REDIRECT_FIELD_NAME) or request.POST.get(REDIRECT_FIELD_NAME)
    wanted = urlsplit(given or request.get_full_path())
    try:
        match = resolve(wanted.path)
    except Resolver404:
        return None
    act = ACTS.get(match.view_name)
    if act is None:
        return None
    takes_pk = act.back == "office:patient"
    back = reverse(act.back, args=[match.kwargs["pk"]] if takes_pk else [])
    return Asked(act.form if wanted.query == "again" else act.page, act.why, back)
