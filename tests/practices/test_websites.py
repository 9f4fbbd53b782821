"""What may frame a booking page: what people paste, what is refused."""

import pytest
from django.core.exceptions import ValidationError

from maia.practices.websites import frame_sources, parse_origin

pytestmark = pytest.mark.once  # no row is read or written


@pytest.mark.parametrize(
    ("pasted", "origin"),
    [
        ("https://www.mon-site.fr", "https://www.mon-site.fr"),
        ("www.mon-site.fr", "https://www.mon-site.fr"),
        ("mon-site.fr/", "https://mon-site.fr"),
        ("  HTTPS://Mon-Site.FR/contact/?a=1#top ", "https://mon-site.fr"),
        ("« https://mon-site.fr »", "https://mon-site.fr"),
        ("https://mon-site.fr:443/", "https://mon-site.fr"),
        ("https://mon-site.fr:8443/rdv", "https://mon-site.fr:8443"),
        ("mon-site.fr.", "https://mon-site.fr"),
        ("https://sage-femme-élodie.fr", "https://xn--sage-femme-lodie-lqb.fr"),
        ("cabinet.wixsite.com/monsite", "https://cabinet.wixsite.com"),
        ("*.mon-site.fr", "https://*.mon-site.fr"),
        ("localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:5500/index.html", "http://127.0.0.1:5500"),
    ],
)
def test_what_people_paste(pasted, origin):
    assert parse_origin(pasted) == origin


@pytest.mark.rule("3.11.1")
@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "not_an_address"),
        ("mon site", "not_an_address"),
        ("fr", "not_an_address"),
        ("*", "not_an_address"),
        ("https://*", "not_an_address"),
        ("https://a.*.fr", "not_an_address"),
        ("javascript:alert(1)", "not_an_address"),
        ("data://mon-site.fr", "not_an_address"),
        ("https://moi:secret@mon-site.fr", "not_an_address"),
        ("https://mon-site.fr:99999", "not_an_address"),
        ("https://mon-site.fr;script-src", "not_an_address"),
        ("https://mon-site.fr 'self'", "not_an_address"),
        ("https://[::1", "not_an_address"),
        ("http://mon-site.fr", "not_https"),
        ("https://192.168.1.4", "number"),
        ("*.fr", "public_suffix"),
        ("*.co.uk", "public_suffix"),
        ("*.wixsite.com", "public_suffix"),
        ("https://github.io", "public_suffix"),
    ],
)
def test_what_is_refused(pasted, code):
    with pytest.raises(ValidationError) as refused:
        parse_origin(pasted)
    assert refused.value.code == code


def test_a_site_and_its_www_are_one_site():
    assert frame_sources(["https://mon-site.fr"]) == [
        "https://mon-site.fr",
        "https://www.mon-site.fr",
    ]
    assert frame_sources(["https://www.mon-site.fr:8443"]) == [
        "https://mon-site.fr:8443",
        "https://www.mon-site.fr:8443",
    ]


@pytest.mark.parametrize(
    "origin", ["https://rdv.mon-site.fr", "https://*.mon-site.fr", "http://localhost:8080"]
)
def test_others_have_no_twin(origin):
    assert frame_sources([origin]) == [origin]
