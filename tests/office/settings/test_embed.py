"""The settings of the embed: the list of websites, the snippet, its preview."""

import html

import pytest
from django.urls import reverse


def add(client, website):
    return client.post("/pro/settings/embed/", {"website": website})


def listed(practice):
    return [str(website) for website in practice.websites.all()]


def test_a_pasted_address_becomes_an_origin_once(owner, practice):
    assert add(owner, "www.mon-site.fr/contact").status_code == 302
    assert add(owner, "https://www.mon-site.fr/").status_code == 302
    assert listed(practice) == ["https://www.mon-site.fr"]
    page = owner.get("/pro/settings/embed/").content.decode()
    assert "et https://mon-site.fr" in page


@pytest.mark.parametrize("website", ["*.fr", "mon site", "http://mon-site.fr", ""])
def test_nonsense_is_refused_where_it_was_typed(owner, practice, website):
    answer = add(owner, website)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert f'value="{website}"' in answer.content.decode() or not website
    assert listed(practice) == []


def test_a_website_is_removed(owner, practice):
    add(owner, "mon-site.fr")
    website = practice.websites.get()
    path = reverse("office:remove_website", args=[website.pk])
    page = owner.post(path).content.decode()
    assert website.origin in page
    assert len(listed(practice)) == 1
    owner.post(path, {"yes": "1"})
    assert listed(practice) == []


def test_the_snippet_says_what_was_chosen(owner, anne, follow_up):
    def snippet(**chosen):
        page = owner.get("/pro/settings/embed/", chosen).content.decode()
        return html.unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea")[0])

    plain = snippet()
    assert '<script async src="http://127.0.0.1:8000/tilleuls/embed.js"></script>' in plain
    assert '<a href="http://127.0.0.1:8000/tilleuls/">Prendre rendez-vous</a>' in plain
    full = snippet(
        practitioner=anne.pk, type=follow_up.pk, language="en", own_accent="on", accent="#7a4f9a"
    )
    assert (
        f' data-practitioner="{anne.pk}" data-type="{follow_up.pk}" data-language="en" '
        'data-accent="#7a4f9a"></script>'
    ) in full
    assert snippet(type="x", accent='"><script>', own_accent="on") == plain


def test_choices_of_another_practice_are_none_of_ours(owner, anne, follow_up, elsewhere):
    page = owner.get("/pro/settings/embed/", {"type": elsewhere["type"].pk}).content.decode()
    assert "data-type" not in page
