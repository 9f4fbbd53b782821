"""Every path. Ours come before the practices', whose slugs cannot be one of them."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import password_set
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from maia.api.api import api, not_found
from maia.api.feeds import feed
from maia.config.health import healthz
from maia.config.landing import after_sign_in
from maia.config.metrics import metrics
from maia.portal.sign_in import sign_in_link

urlpatterns = [
    path("healthz", healthz),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("accounts/arrived/", after_sign_in, name="after_sign_in"),
    # A password is as good as a key: allauth does not ask again before one is chosen.
    path("accounts/password/set/", reauthentication_required(password_set, allow_get=True)),
    path("accounts/link/<str:token>/", sign_in_link, name="account_sign_in_link"),
    path("accounts/", include("allauth.urls")),
    path("pro/", include("maia.office.urls")),
    path("hooks/", include("maia.hooks.urls")),
    path("feeds/<uuid:uid>-<slug:secret>.ics", feed, name="feed"),
    path("api/v1/", api.urls),
    re_path(r"^api/", not_found),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("maia.demo.urls")))
urlpatterns.append(path("", include("maia.portal.urls")))
handler500 = "maia.config.failures.server_error"
