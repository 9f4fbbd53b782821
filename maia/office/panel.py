"""The panel beside the agenda: a page of the office by its own address, asked for without its frame.

The same view, the same form, the same refusals. The agenda's script asks with `HEADER`; what
answers with a page gives it alone (`skeleton_of`), what would lead elsewhere says where
(`said_to_panel`), so that saving costs one request and nothing is read that nobody looks at.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse

HEADER = "Maia-Panel"
# What the panel shows; any other page takes the whole window.
MADE = ("new_appointment", "new_absence", "new_event")
OF_ONE = ("sheet", "contact", "correct_patient", "personal_event", "delete_event", "edit_absence")
PAGES = (*MADE, *OF_ONE)
ENDS = ("agenda", "absences")  # lists: what was done is over, and the agenda shows it


def is_in_panel(request: HttpRequest) -> bool:
    return HEADER in request.headers


def skeleton_of(request: HttpRequest) -> str:
    """What stands around a page of the office."""
    return "office/panel.html" if is_in_panel(request) else "base.html"


def said_to_panel(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """In place of a redirect after an act: where it leads, what the panel does with that (``stay``,
    ``close``, ``leave``) and what is said. Anything else stays as it is."""
    if not is_in_panel(request) or not isinstance(answer, HttpResponseRedirect):
        return answer
    then = _then(request, answer.url)
    said = [] if then == "leave" else [str(one) for one in messages.get_messages(request)]
    return JsonResponse({"to": answer.url, "then": then, "said": " ".join(said)})


def _then(request: HttpRequest, address: str) -> str:
    """What was made new is seen in the agenda; what was changed stays in sight."""
    try:
        name = resolve(address.partition("?")[0]).url_name
    except Resolver404:
        return "leave"
    was = request.resolver_match.url_name if request.resolver_match else None
    if name in ENDS or (name in PAGES and was in MADE):
        return "close"
    return "stay" if name in PAGES else "leave"


def addresses() -> list[str]:
    """Of `PAGES`, with a 0 for a number."""
    made = [reverse(f"office:{name}") for name in MADE]
    return [*made, *(reverse(f"office:{name}", args=[0]) for name in OF_ONE)]
