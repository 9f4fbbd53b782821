"""Why a message did not leave, in the practice's words."""

from django.utils.translation import gettext_lazy as _

from maia.messaging.models import Message
from maia.outside.words import why_not_fetched

_WORDS = {
    "answered": _("the request has been answered"),
    "accepted": _("the invitation has been accepted"),
    "another_patient": _("the appointment is somebody else’s"),
    "barred": _("online booking is blocked for this patient"),
    "box_unticked": _("its box is not ticked any more"),
    "booked_since": _("the patient has booked it meanwhile"),
    "not_online": _("this type cannot be booked online any more"),
    "step_over": _("its dates are over, or not known"),
    "step_removed": _("the step is no part of the pathway any more"),
    "cancelled_since": _("the appointment was cancelled"),
    "expired": _("the invitation has expired"),
    "grouped": _("the SMS of an earlier appointment that day says it"),
    "gave_up": _("nothing was answered for two days"),
    "late": _("the confirmation was sent later than that and says the same"),
    "moved_since": _("the appointment has moved"),
    "no_address": _("no email address on the record"),
    "no_mobile": _("no phone number on the record"),
    "no_sms": _("the patient wants no reminder by SMS"),
    "no_mail_server": _("no mail server is set up: it leaves once there is one"),
    "silent": _("the practice is suspended: it leaves once it is open again"),
    "no_sms_provider": _("no SMS provider is set up"),
    "not_mobile": _("the number is not a mobile"),
    "paused": _("the webhook is paused"),
    "past": _("the appointment is past"),
    "sms_a_day": _("the practice has sent as many SMS as it may in a day"),
    "undone": _("the move was undone"),
    "unconfirmed": _("the appointment is not confirmed"),
    "undeliverable": _("this address does not work: an earlier email came back"),
    "withdrawn": _("the invitation was withdrawn"),
    "worker_died": _("the sender stopped before it knew whether it had left"),
    "MAIA_SMS_URL": _("the SMS provider is not set up right"),
}
_SERVER = _("the provider refused it (%(code)s)")
_LATER = _("the provider cannot take it yet (%(code)s)")
_ACCOUNT = _(
    "the provider refuses the account that sends: whoever runs this server must put it right; "
    "then it leaves by itself (%(code)s)"
)
_LOST = _("the provider's answer was lost (%(code)s)")


def words_of(code: str) -> str:
    """Of a code of the judge's."""
    return str(_WORDS[code])


def reason(message: Message) -> str:
    """Empty when nothing is wrong with it."""
    if not message.error:
        return ""
    if message.webhook_id is not None and message.error not in _WORDS:
        return why_not_fetched(message.error)
    if message.error in _WORDS:
        return str(_WORDS[message.error])
    about, _space, code = message.error.partition(" ")
    if about == "account":
        return str(_ACCOUNT) % {"code": code}
    words = {Message.Status.QUEUED: _LATER, Message.Status.UNCERTAIN: _LOST}
    return str(words.get(Message.Status(message.status), _SERVER)) % {"code": message.error}
