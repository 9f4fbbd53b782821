"""What exists in a frame: booking, her appointments with this practice, and signing in by code."""

from allauth.account import views as account
from allauth.mfa.base.views import authenticate
from django.urls import path

from maia.portal import embed
from maia.portal.urls import shared_patterns

urlpatterns = [
    path("", embed.front, name="home"),
    path("arrived/", embed.front, name="after_sign_in"),
    path("accounts/login/", embed.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/login/code/", account.request_login_code, name="account_request_login_code"),
    path(
        "accounts/login/code/confirm/",
        account.confirm_login_code,
        name="account_confirm_login_code",
    ),
    path("accounts/2fa/authenticate/", authenticate, name="mfa_authenticate"),
    path("elsewhere/<uuid:key>/", embed.elsewhere, name="elsewhere"),
    path("elsewhere/<uuid:key>/booked/", embed.booked_elsewhere, name="booked_elsewhere"),
    *shared_patterns,
]
