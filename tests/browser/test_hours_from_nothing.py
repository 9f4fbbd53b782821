"""A midwife whose weeks are not all the same, from nothing: even and odd weeks, a summer, a Saturday for two types, a
second site, visits at home, a room shared with a colleague, a replacement. Each date on the booking page, in the API and
in the agenda."""

import secrets
from datetime import date, timedelta

import pytest

from tests.browser.test_from_nothing import by_code, line

pytestmark = pytest.mark.once

COLLEAGUE = """
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import Schedule
practice = Practice.objects.get(slug="{slug}")
one = Practitioner.objects.create(
    practice=practice, first_name="Lou", last_name="Kerr", position=1, booking_horizon_days=365)
Schedule.objects.create(practitioner=one).write({{n: [(840, 960)] for n in range(7)}})
print(one.pk)
"""


class Practice:
    """The pages of one practice, and what each date is there."""

    def __init__(self, page, site, slug):
        self.page, self.site, self.slug = page, site, slug

    def open(self, path):
        self.page.goto(f"{self.site.base}/pro/settings/{path}")

    def save(self, button="Enregistrer"):
        self.page.get_by_role("button", name=button, exact=True).first.click()
        self.page.locator(".message").first.wait_for()

    def new_type(self, name, place="site", **ticks):
        self.open("types/new/")
        self.page.fill("#id_name", name)
        self.page.fill("#id_duration_minutes", "60")
        self.page.select_option("#id_place", place)
        for box in ticks.get("boxes", ()):
            self.page.get_by_label(box, exact=True).check()
        self.save()
        return int(
            self.page.get_by_role("link", name=name)
            .first.get_attribute("href")
            .rstrip("/")
            .split("/")[-1]
        )

    def on_page(self, type, practitioner, day):
        self.page.goto(
            f"{self.site.base}/{self.slug}/book/{type}/?practitioner={practitioner}&from={day}"
        )
        weekday = self.page.locator(".days > li").first
        times = [slot.inner_text()[:5] for slot in weekday.locator(".slot").all()]
        return times, weekday.locator(".site").all_inner_texts()

    def in_api(self, type, practitioner, day):
        path = f"practices/{self.slug}/slots?type={type}&practitioner={practitioner}&from={day}&to={day}"
        answer = self.page.request.get(f"{self.site.base}/api/v1/{path}").json()
        return [slot["start"][11:16] for slot in answer["slots"]]

    def in_agenda(self, practitioner, day):
        """When the agenda is open, and what it names on the day."""
        after = day + timedelta(days=1)
        asked = f"start={day}T00:00&end={after}T00:00"
        rows = self.page.request.get(f"{self.site.base}/pro/agenda/events/?{asked}").json()
        of_one = [row for row in rows if practitioner in row["resourceIds"]]
        shut = [row for row in of_one if "closed" in row["classNames"]]
        opened, edge = [], f"{day}T00:00:00"
        for row in sorted(shut, key=lambda row: row["start"]):
            if row["start"] > edge:
                opened.append((edge[11:16], row["start"][11:16]))
            edge = max(edge, row["end"])
        if edge < f"{after}T00:00:00":
            opened.append((edge[11:16], "00:00"))
        return opened, {row["title"] for row in of_one if row.get("title")}


def test_weeks_that_are_not_all_the_same_from_nothing(site, page, code_for):
    slug = f"marais-{secrets.token_hex(3)}"
    nina = f"nina@{slug}.example"
    site.manage(
        *("practice", "create", "--name", "Cabinet du Marais", "--slug", slug),
        *("--owner", nina, "--first-name", "Nina", "--last-name", "Le Goff"),
    )
    lou = int(site.manage("shell", "--no-imports", "-c", COLLEAGUE.format(slug=slug)).split()[-1])
    by_code(page, site, code_for, nina, "**/pro/")
    practice = Practice(page, site, slug)

    # 1. A second site, before the hours that name it.
    practice.open("places/new/")
    for name, value in (("name", "Maison du Quai"), ("street", "1 quai Neuf"), ("city", "Rennes")):
        page.fill(f"#id_{name}", value)
    practice.save()

    # 2. Odd and even weeks, Thursdays at the other site.
    page.get_by_role("link", name="Emploi du temps type").first.click()
    owner = int(page.url.split("/practitioners/")[1].split("/")[0])
    page.select_option("#id_how", "number")
    page.locator("#id_week_2-start_0").wait_for()
    for weekday in (0, 3):
        line(page, weekday, "09:00", "", "", "11:00")
    page.select_option("#id_place_3", label="Maison du Quai")
    for weekday in (0, 3):
        for name, value in (("start", "14:00"), ("end", "16:00")):
            page.fill(f"#id_week_2-{name}_{weekday}", value)
    page.select_option("#id_week_2-place_3", label="Maison du Quai")
    practice.save()

    # 3. How far ahead, and where she visits.
    practice.open(f"practitioners/{owner}/")
    page.fill("#id_booking_horizon_days", "365")
    page.fill("#id_postcodes_served", "35000 35200 35700")
    practice.save()

    # 4. A room that two share, and three types.
    practice.open("rooms/")
    page.fill("#id_name", "Échographe")
    practice.save("Ajouter")
    follow_up = practice.new_type("Suivi")
    scan = practice.new_type("Échographie", boxes=["Échographe"])
    visit = practice.new_type("Visite", place="home")

    # 5. The summer from 1 July; a Saturday for two types; a fortnight's replacement.
    today = date.today()  # noqa: DTZ011
    year = today.year + (today.month >= 5)
    summer = date(year, 7, 1)
    practice.open(f"practitioners/{owner}/periods/new/")
    page.fill("#id_name", "Été")
    page.fill("#id_first_date", f"{summer}")
    page.fill("#id_last_date", f"{date(year, 8, 31)}")
    page.select_option("#id_how", "same")
    page.locator("#id_week_2-start_0").wait_for(state="detached")
    for weekday in (0, 3):
        line(page, weekday, "08:00", "", "", "10:00")
    page.select_option("#id_place_3", label="Cabinet du Marais")
    practice.save()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 + 7)
    practice.open(f"practitioners/{owner}/openings/new/")
    page.fill("#id_date", f"{saturday}")
    page.fill("#id_title", "Samedi ouvert")
    page.fill("#id_start", "10:00")
    page.fill("#id_end", "12:00")
    page.uncheck("#id_for_all")
    for name in ("Suivi", "Échographie"):
        page.get_by_label(name, exact=True).check()
    practice.save()
    monday = today + timedelta(days=7 - today.weekday() + 35)
    practice.open("replacements/new/")
    page.select_option("#id_practitioner", f"{owner}")
    page.select_option("#id_substitute", f"{lou}")
    page.fill("#id_first_date", f"{monday}")
    page.fill("#id_last_date", f"{monday + timedelta(days=13)}")
    page.select_option("#id_hours", "replaced")
    practice.save()

    # 6. Each date, in the three places.
    def agree(type, who, day, times, opened, named=(), there=()):
        assert practice.on_page(type, who, day) == (times, list(there)), day
        assert practice.in_api(type, who, day) == times, day
        shown, names = practice.in_agenda(who, day)
        assert shown == opened, day
        assert set(named) <= names, (day, names)

    morning, afternoon = ["09:00", "10:00"], ["14:00", "15:00"]
    first = today + timedelta(days=7 - today.weekday())
    for start in (first, first + timedelta(days=7)):
        odd = start.isocalendar().week % 2
        thursday = start + timedelta(days=3)
        times, opened = (morning, ("09:00", "11:00")) if odd else (afternoon, ("14:00", "16:00"))
        agree(follow_up, owner, thursday, times, [opened], ["Maison du Quai"], ["Maison du Quai"])
        assert practice.in_api(visit, owner, thursday) == times
    july = summer + timedelta(days=(0 - summer.weekday()) % 7)
    agree(
        follow_up, owner, july, ["08:00", "09:00"], [("08:00", "10:00")], [], ["Cabinet du Marais"]
    )
    agree(
        follow_up, owner, saturday, ["10:00", "11:00"], [("10:00", "12:00")],
        ["Ouverture · Samedi ouvert"], ["Cabinet du Marais"],
    )  # fmt: skip
    assert practice.in_api(scan, owner, saturday) == ["10:00", "11:00"]
    assert practice.in_api(visit, owner, saturday) == []
    agree(follow_up, owner, monday, [], [], ["Remplacée par Lou Kerr"])
    odd = monday.isocalendar().week % 2
    hers = morning if odd else []
    agree(
        follow_up, lou, monday, sorted({*hers, *afternoon}),
        ([("09:00", "11:00")] if odd else []) + [("14:00", "16:00")],
        ["Remplace Nina Le Goff"], ["Cabinet du Marais"],
    )  # fmt: skip
    # 7. The room that one of them uses is not offered to the other.
    tuesday = first + timedelta(days=1)
    practice.open(f"practitioners/{owner}/openings/new/")
    page.fill("#id_date", f"{tuesday}")
    page.fill("#id_start", "14:00")
    page.fill("#id_end", "16:00")
    practice.save()
    assert practice.in_api(scan, owner, tuesday) == practice.in_api(scan, lou, tuesday) == afternoon
    page.goto(
        f"{site.base}/pro/appointments/new/?start={tuesday}T14:00&practitioner={lou}&type={scan}"
    )
    page.locator("details.is-new summary").click()
    page.fill("#id_first_name", "Zélie")
    page.fill("#id_last_name", "Caron")
    page.get_by_role("button", name="Enregistrer le rendez-vous").click()
    page.wait_for_url("**/pro/appointments/*/")
    assert practice.in_api(scan, owner, tuesday) == ["15:00"]
    assert practice.in_api(follow_up, owner, tuesday) == afternoon
