#!/usr/bin/python3
"""A window with WebKit in it, driven by WebKitWebDriver. Debian's own python3 runs it: it has `gi`.

    minibrowser.py --automation WIDTH HEIGHT CONSOLE [--refuse-cookies]

WebKitGTK's own browser cannot be narrower than 447 pixels, speaks the machine's language, and keeps
to itself what pages complain of. Here that goes to the file CONSOLE, a line each. The window calls
itself by that browser's name, for which drivers look.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

COMPLAINTS = """(() => {
const say = (words) => window.webkit.messageHandlers.complaint.postMessage(String(words));
const error = console.error;
console.error = (...words) => { say(words.join(" ")); error.apply(console, words); };
addEventListener("error", ({ message, target }) => say(message ?? `${target.src ?? target.href} not loaded`), true);
addEventListener("unhandledrejection", ({ reason }) => say(reason));
addEventListener("securitypolicyviolation", (e) => say(`${e.effectiveDirective} refuses ${e.blockedURI}`));
})();"""

WIDTH, HEIGHT = (int(word) for word in sys.argv[2:4])
console = Path(sys.argv[4])

context = WebKit2.WebContext.new_ephemeral()
context.set_preferred_languages(["fr-FR"])
context.set_automation_allowed(True)
data = context.get_website_data_manager()
data.set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)
refuse = "--refuse-cookies" in sys.argv
data.set_itp_enabled(refuse)
policies = WebKit2.CookieAcceptPolicy
policy = policies.NO_THIRD_PARTY if refuse else policies.ALWAYS
context.get_cookie_manager().set_accept_policy(policy)

settings = WebKit2.Settings(javascript_can_open_windows_automatically=True)
pages = WebKit2.UserContentManager()


def note(complaint):
    with console.open("a") as file:
        file.write(complaint.replace("\n", " ") + "\n")


pages.register_script_message_handler("complaint")
pages.connect(
    "script-message-received::complaint",
    lambda _pages, said: note(said.get_js_value().to_string()),
)
pages.add_script(
    WebKit2.UserScript.new(
        COMPLAINTS,
        WebKit2.UserContentInjectedFrames.ALL_FRAMES,
        WebKit2.UserScriptInjectionTime.START,
        None,
        None,
    )
)


def new_view(*_, **opener):
    kept = {"user_content_manager": pages, "settings": settings}
    view = WebKit2.WebView(
        **(opener or {"web_context": context}), **kept, is_controlled_by_automation=True
    )
    window = Gtk.Window(title="Maia", decorated=False)
    window.set_default_size(WIDTH, HEIGHT)
    window.add(view)
    view.connect("create", lambda view, _action: new_view(related_view=view))
    view.connect("close", lambda _view: window.destroy())
    window.show_all()
    return view


def start(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("MiniBrowser")
    info.set_version(2, 50, 0)
    session.set_application_info(info)
    session.connect("create-web-view", new_view)


context.connect("automation-started", start)
Gtk.main()
