"""What a practice tells of itself and of patients' data: made from its settings, in French."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from maia.practices.models import Practice
from maia.privacy.models import terms_of
from maia.schedules.descriptions import description_html


@require_safe
def data_notice(request: HttpRequest, slug: str) -> HttpResponse:
    return _notice(request, slug, "portal/data_notice.html")


@require_safe
def legal_notice(request: HttpRequest, slug: str) -> HttpResponse:
    return _notice(request, slug, "portal/legal_notice.html")


def _notice(request: HttpRequest, slug: str, template: str) -> HttpResponse:
    practice = get_object_or_404(Practice.objects.select_related("logo"), slug=slug)
    terms = terms_of(practice)
    context = {
        "practice": practice,
        "practitioners": practice.practitioners.filter(is_active=True),
        "terms": terms,
        "more": description_html(terms.notice),
        "hosted_by": settings.HOSTED_BY,
    }
    return render(request, template, context)
