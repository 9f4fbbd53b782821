"""Each task of the practitioner's guide without a mouse: only keys are pressed here."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.test_booking import sign_in

pytestmark = pytest.mark.once

FAR = 150  # how many Tabs a page may ask for


@pytest.fixture
def keys(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.wait_for_selector(".ec-event")
    return Keys(page, site.base)


class Keys:
    def __init__(self, page, base):
        self.page, self.base = page, base

    def open(self, path):
        self.page.goto(self.base + path)

    def to(self, what):
        """Tab until a selector's element, or what is called so, has the focus; visibly."""
        for _ in range(FAR):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(
                """what => {
                  const e = document.activeElement;
                  const read = e.cloneNode(true);
                  for (const mark of read.querySelectorAll('[aria-hidden]')) mark.remove();
                  const name = e.getAttribute('aria-label') ?? read.textContent ?? '';
                  let same = false;
                  try { same = e.matches(what) } catch {}
                  if (!same && name.trim().toLowerCase() !== what.toLowerCase()) return '';
                  const style = getComputedStyle(e);
                  const ring = parseFloat(style.outlineWidth) || style.boxShadow !== 'none';
                  return ring ? 'yes' : 'no focus shown';
                }""",
                what,
            )
            if found:
                assert found == "yes", f"{what}: {found}"
                return self
        raise AssertionError(f"{what} is not reached by Tab")

    def type(self, text):
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return self

    def press(self, key="Enter"):
        self.page.keyboard.press(key)
        if key == "Enter":
            self.page.wait_for_timeout(150)  # for a page to begin to leave
            self.page.wait_for_load_state()
        return self

    def goes_on(self):
        """After an act the focus is on something, for the next key."""
        focused = self.page.locator(":focus:not(body)")
        focused.first.wait_for(state="attached")
        return self

    def sees(self, text):
        self.page.get_by_text(text).first.wait_for()
        return self


def test_hours_are_copied_previewed_and_saved(keys):
    keys.open("/pro/settings/")
    keys.to("a[href$='/schedule/']").press().sees("Emploi du temps type")
    keys.to("#id_start_3").type("10:15")
    keys.to("Copier jeudi sur le jour suivant").press()
    assert keys.page.input_value("#id_start_4") == "10:15"
    keys.to("[name=preview]").press().sees("10:15")
    keys.to(
        ".actions button:not(.outline)"
    ).press()  # *anyway*, where an appointment is left outside
    keys.sees("C’est enregistré")


def test_a_type_is_made_put_in_order_and_archived(keys):
    keys.open("/pro/settings/types/")
    keys.to("Nouveau type").press().sees("Comme les patientes le voient")
    name = f"Au clavier {secrets.token_hex(3)}"  # another, if a key was lost and all begins anew
    keys.to("#id_name").type(name)
    keys.to("#id_duration_minutes").type("25")
    keys.to("#id_description").type("**Bonjour**")
    keys.page.locator("#preview strong").wait_for()
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.to(f"Monter {name}").press()
    row = keys.page.locator("#types li", has_text=name)
    row.wait_for()
    row.get_by_role("link").focus()
    keys.to(f"Archiver {name}").press().sees("peut être remis à tout moment")
    keys.to("Archiver").press().sees("est archivé")
    assert row.count() == 0


def test_look_sheet_and_invitation(keys):
    keys.open("/pro/settings/practice/")
    keys.to("#id_directions").type("Sonnez")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.open("/pro/settings/practitioners/1/")
    keys.to("#id_sms_template").type("RDV {date} {time}")
    keys.sees("RDV mercredi 30 septembre 09:00")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.open("/pro/settings/team/")
    keys.to("#id_email").type("clavier@lilas.example")
    keys.to("#id_first_name").type("Cléo")
    keys.to("#id_last_name").type("Clavier")
    keys.to("Envoyer l’invitation").press().sees("L’invitation est partie")


def test_an_appointment_is_noted_moved_and_cancelled(keys):
    keys.to("Nouveau rendez-vous").press()
    keys.page.locator("#panel [name=patient_search]:focus").wait_for()
    keys.page.keyboard.type("sof")
    keys.sees("Sofia Costa")
    keys.press("ArrowDown").press()
    keys.page.locator("#id_type:focus").wait_for()
    keys.type("Suivi de g")
    keys.to("#id_date")
    keys.page.keyboard.type("12292027")  # month, day, year: Chromium's own order here
    keys.to("#id_time").press("0").press("6").press("1").press("0").press("A")
    keys.press("Control+Enter").sees("rendez-vous enregistré.")
    keys.open("/pro/?date=2027-12-29&view=day")
    keys.to(".ec-event a.opens").press().sees("Sofia Costa")
    keys.page.locator("#panel h1:focus").wait_for()
    keys.to("#id_practice_notes").type("appelée")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.to("Déplacer ou modifier").press()
    keys.to("#id_time").press("0").press("6").press("2").press("0").press("A")
    keys.to("#id_until").press("0").press("6").press("5").press("0").press("A")
    keys.to("Enregistrer la modification").press().sees("déplacé au")
    keys.to("Annuler").press()
    keys.to("Annuler le rendez-vous").press().sees("rendez-vous annulé")


def test_the_agenda_is_walked_and_an_event_opens(keys):
    keys.to("#fold > summary").press()
    keys.to("#filter-type")
    keys.to("Liste").press()
    keys.page.locator(".ec-list, .ec-day-head").first.wait_for()
    keys.to("Semaine").press()
    keys.to(".ec-event a.opens").press()
    keys.page.locator("#panel h1:focus").wait_for()


def test_an_absence_is_made_and_deleted(keys):
    keys.open("/pro/absences/")
    keys.to("Nouvelle absence").press().sees("Nouvelle absence")
    keys.to("#id_title").type("Au clavier")
    for field in ("#id_first_date", "#id_last_date"):
        keys.to(field)
        keys.page.keyboard.type("12242027")  # month, day, year: Chromium's own order here
    keys.to("Enregistrer").press()
    row = keys.page.locator(".rows li", has_text="Au clavier")
    row.wait_for()
    keys.page.locator(".rows li").first.get_by_role("button").first.focus()
    keys.page.keyboard.press("Shift+Tab")
    for _ in range(10):
        keys.to("Supprimer")
        if row.locator(":focus").count():
            break
    keys.press().sees("Supprimer Au clavier")
    keys.to("Supprimer").press().sees("est de nouveau").goes_on()
    assert row.count() == 0


@pytest.mark.parametrize("path", ["/pro/events/new/", "/pro/absences/new/"])
def test_what_takes_time_is_saved_and_the_next_key_goes_on_from_there(keys, path):
    keys.open(path)
    keys.goes_on()
    keys.to("#id_title").type("Au clavier encore")
    for field in ("#id_first_date", "#id_last_date") if "absences" in path else ():
        keys.to(field)
        keys.page.keyboard.type("12252027")
    keys.to("Enregistrer").press().goes_on()


def test_after_each_answer_the_next_key_goes_on_from_there(keys):
    keys.open("/pro/appointments/?requests=open")
    waiting = keys.page.locator(".answers")
    for left in range(waiting.count() - 1, waiting.count() - 3, -1):
        keys.to(".answers > button").press()
        expect(waiting).to_have_count(left)
        keys.goes_on()
    keys.open("/pro/appointments/attendance/")
    keys.to("La veille").press()
    keys.page.wait_for_url("**/attendance/?date=*")
    if keys.page.locator("main form input[type=radio]").count():
        keys.to("main form input[type=radio]").press("Space")
        keys.to("Enregistrer").press()
        keys.sees("C’est enregistré")
        keys.goes_on()
    keys.open("/pro/settings/practitioners/1/schedule/")
    keys.to("[name=preview]").press().goes_on()


def test_a_record_is_found_changed_and_invited(keys):
    keys.open("/pro/patients/")
    keys.to("#q").type("awa").press().sees("Toutes les patientes")
    keys.to("a.card").press().sees("Accès en ligne")
    keys.to("Modifier le dossier").press()
    keys.to("#id_notes").type("au clavier")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.to("Inviter à réserver en ligne").press().sees("L’invitation est partie")


def test_a_website_is_listed_and_the_lines_are_reached(keys):
    keys.open("/pro/settings/")
    keys.to("a[href$='/settings/embed/']").press().sees("Seuls les sites de cette liste")
    keys.to("#id_website").type("www.clavier.example").press().sees("peut afficher votre page")
    keys.to("#copy-snippet")
    row = keys.page.locator(".rows li", has_text="clavier.example")
    keys.open("/pro/settings/embed/")
    for _ in range(10):
        keys.to("Retirer")
        if row.locator(":focus").count():
            break
    keys.press().sees("clavier.example")  # it asks first
    keys.to("Retirer").press().sees("n’affiche plus")
    assert row.count() == 0


def test_terms_the_journal_and_a_token(keys):
    keys.open("/pro/settings/")
    keys.to("a[href$='/settings/privacy/']").press().sees("Combien de temps")
    keys.to("#id_messages_months").type("6")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.to("a[href$='/journal/']").press().sees("Texte des messages, en mois")
    keys.open("/pro/settings/tokens/")
    keys.to("#id_name").type("Au clavier").press().sees("Copiez-le maintenant")
    keys.to("Révoquer").press().sees("revenir en arrière")  # it asks first
    keys.to("Révoquer").press().sees("n’ouvre plus rien")


def test_an_address_of_the_agenda_and_a_program(keys):
    keys.open("/pro/settings/")
    keys.to("a[href$='/calendars/']").press().sees("Le temps pris ailleurs")
    keys.to("Créer une adresse").press().sees("Adresse à laquelle s’abonner")
    keys.to("Révoquer").press().sees("revenir en arrière")
    keys.to("Révoquer").press().sees("ne montre plus rien")
    keys.open("/pro/settings/webhooks/")
    keys.to("#id_url").type("http://192.168.1.3/").press().sees("réseau privé")


def test_a_record_is_erased(keys, site):
    token = site.manage("token", "camille@lilas.example").strip().splitlines()[-1]
    made = keys.page.request.post(
        f"{site.base}/api/v1/office/patients",
        headers={"Authorization": f"Bearer {token}"},
        data={"first_name": "Nadia", "last_name": "Clavier"},
    )
    keys.open(f"/pro/patients/{made.json()['id']}/")
    keys.to("Ses données").press()
    keys.to("Effacer").press().sees("Effacer le dossier «\u00a0Nadia Clavier\u00a0»")
    keys.to("[name=understood]").press("Space")
    keys.to("Effacer pour de bon").press().sees("Le dossier est effacé")


def test_a_date_is_opened_on_a_phone_and_found_in_the_agenda(keys):
    keys.page.set_viewport_size({"width": 390, "height": 844})
    keys.open("/pro/settings/")
    keys.to("a[href$='/practitioners/1/openings/']").press().sees("Semaines habituelles")
    keys.to("Nouvelle ouverture").press()
    keys.to("#id_date")
    keys.page.keyboard.type("01012028")
    keys.sees("Ouvre le samedi 1er janvier, jour férié (Jour de l’an).")
    keys.to("#id_start").type("9h")
    keys.to("#id_end").type("8h").press().sees("La fin vient avant le début.")
    keys.page.locator("#id_end:focus").wait_for()
    keys.type("12h30")
    keys.to("#id_for_all").press("Space")
    keys.to("[name=types]").press("Space")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.sees("Samedi 1er janvier 2028, 09:00 – 12:30")
    keys.open("/pro/?date=2028-01-01&view=day")
    keys.page.locator("a.why", has_text="Ouverture exceptionnelle").wait_for()
    keys.to("a.why[href*='/openings/']").press().sees("Modifier l’ouverture")
    assert keys.page.input_value("#id_end") == "12:30"
    wider = keys.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    keys.to("Supprimer").press().sees("Supprimer l’ouverture du samedi 1er janvier 2028")
    keys.to("Supprimer").press().sees("L’ouverture est supprimée.")


def test_weeks_that_take_turns_and_a_summer_on_a_phone(keys):
    keys.page.set_viewport_size({"width": 390, "height": 844})
    keys.open("/pro/settings/")
    keys.to("a[href$='/practitioners/2/schedule/']").press().sees("Semaines habituelles")
    keys.to("#id_how")
    keys.page.keyboard.type("Semaines imp")
    keys.page.locator("h2", has_text="Semaines paires").wait_for()
    keys.to("#id_week_2-end_5")
    keys.page.keyboard.press("Control+A")
    keys.page.keyboard.type("13h")
    keys.page.locator("#gives h3", has_text="Semaines paires").wait_for()
    keys.to("Enregistrer").press().sees("C’est enregistré")
    assert keys.page.input_value("#id_week_2-end_5") == "13:00"
    keys.to("#id_how")
    keys.page.keyboard.type("Toutes")
    keys.page.locator("h2", has_text="Semaines paires").wait_for(state="detached")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.to("Périodes").press().sees("Aucune période")
    keys.to("Nouvelle période").press()
    keys.to("#id_name").type("Été à mi-temps")
    keys.to("#id_first_date")
    keys.page.keyboard.type("07012028")
    keys.to("#id_last_date")
    keys.page.keyboard.type("06302028")
    keys.to("Enregistrer").press().sees("La fin vient avant le début.")
    keys.page.locator("#id_last_date:focus").wait_for()
    keys.page.keyboard.type("08312028")
    keys.to("Enregistrer").press().sees("C’est enregistré")
    keys.sees("Du 1er juillet au 31 août 2028")
    wider = keys.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    keys.to("Été à mi-temps").press().sees("Modifier la période")
    keys.to("Supprimer").press().sees("Supprimer la période")
    keys.to("Supprimer").press().sees("La période est supprimée")
