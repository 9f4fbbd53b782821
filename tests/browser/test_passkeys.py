"""A passkey added as it is offered signs in: with a virtual authenticator, in Chromium."""


def device(context, page, *, knows_its_owner=True):
    """A telephone that knows its owner, or does not: it keeps keys, and says yes."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": knows_its_owner,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_key_that_was_added_signs_in(sites, open_browser):
    context = open_browser(viewport={"width": 390, "height": 844})
    page = context.new_page()
    device(context, page)
    page.goto(f"{sites.base}/accounts/login/")
    page.fill("#id_login", "sofia@patiente.example")
    page.fill("#id_password", "maia-demo")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/mes-rendez-vous/")
    page.goto(f"{sites.base}/accounts/2fa/webauthn/add/")
    page.get_by_label("Nom de cette clé d’accès").fill("Téléphone")
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto(f"{sites.base}/accounts/")
    context.clear_cookies()
    page.goto(f"{sites.base}/accounts/login/")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**/mes-rendez-vous/")
    page.get_by_role("heading", name="Mes rendez-vous").wait_for()


def test_what_went_wrong_with_a_key_is_said_beside_its_button(sites, open_browser):
    context = open_browser(viewport={"width": 390, "height": 844})
    page = context.new_page()
    device(context, page, knows_its_owner=False)
    page.goto(f"{sites.base}/accounts/login/")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    refusal = page.get_by_role("alert")
    refusal.get_by_text("Rien n’a été fait").wait_for()


def test_at_an_address_that_is_a_number_another_is_named(site, page):
    page.goto(f"{site.base}/accounts/login/")
    assert not page.get_by_role("button", name="Utiliser une clé d’accès").is_visible()
    page.get_by_role("link", name="Ouvrir cette page sur localhost").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").wait_for()
