"""Every setting of Maia. An operator may turn the `MAIA_*` variables: docs/operators-settings.md."""

import hmac
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from maia.config.databases import opened
from maia.config.email import only_prints, read_email_url
from maia.config.private_files import keep_database_private
from maia.config.providers import email_url, metrics_token, sms_url
from maia.config.secret_key import secret_key
from maia.config.server import LARGE_BODY
from maia.config.variables import Variables
from maia.outside.standing import is_trial

env = Variables()
PACKAGE_DIR = Path(__file__).resolve().parent.parent

DATA_DIR = env.folder("MAIA_DATA_DIR", Path("data"), shown="./data", mode=0o700)

DEMO = env.yes("MAIA_DEMO", default=False, shown="off; on in `make run`")
PORT = env.whole("MAIA_PORT", 8000, least=1, most=65535)
HOST = env.host("MAIA_HOST", "127.0.0.1")
BASE_URL = env.base_url(
    "MAIA_BASE_URL", f"http://127.0.0.1:{PORT}", shown="http://127.0.0.1:$MAIA_PORT"
)
WEB_WORKERS = env.whole("MAIA_WEB_WORKERS", 1, least=1, most=256)
WEB_THREADS = env.whole("MAIA_WEB_THREADS", 8, least=1, most=256)  # of each web process
_given_key = env.secret("MAIA_SECRET_KEY", shown="made on first start, kept in the data dir")
SECRET_KEY_IS_GIVEN = bool(_given_key)
# Nothing is made while something is wrong: it would be in a folder that nobody meant.
SECRET_KEY = _given_key or (
    "" if env.wrong else env.made_in("MAIA_DATA_DIR", lambda: secret_key(DATA_DIR))
)
# Keys of before, which still open what they have signed.
SECRET_KEY_FALLBACKS = env.secret("MAIA_SECRET_KEY_FALLBACKS").replace(",", " ").split()
# What calendar addresses and webhook secrets come from: it stays when the secret key changes.
DERIVING_KEY = env.secret("MAIA_DERIVING_KEY", shown="the secret key") or SECRET_KEY
DEBUG = False
# Without a proxy before it, Maia speaks TLS itself.
TLS_CERTIFICATE = env.file("MAIA_TLS_CERTIFICATE")
TLS_KEY = env.file("MAIA_TLS_KEY")
_HTTPS = BASE_URL.startswith("https://")
_HOST = urlsplit(BASE_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = env.hosts(
    "MAIA_ALLOWED_HOSTS",
    sorted({_HOST, "127.0.0.1", "localhost", "[::1]"}),
    shown="the host of the base URL, and loopback",
)
if _HTTPS:
    CSRF_TRUSTED_ORIGINS = [BASE_URL]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

INSTALLED_APPS = [
    "maia.config.operator_app.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's lists of passkeys and sessions
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django_guid",
    "django_htmx",
    "phonenumber_field",
    "ninja",
    "maia.outside",
    "maia.accounts",
    "maia.practices",
    "maia.jobs",
    "maia.tokens",
    "maia.schedules",
    "maia.patients",
    "maia.invitations",
    "maia.appointments",
    "maia.calendars",
    "maia.webhooks",
    "maia.messaging",
    "maia.privacy",
    "maia.tenants",
    "maia.hooks",
    "maia.portal",
    "maia.office",
    "maia.demo",
    "maia.config",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "maia.config.middleware.log_requests",
    "maia.portal.former_names.lead_to_new_names",
    "maia.config.middleware.refuse_powers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "maia.portal.frame.FrameMiddleware",
    "maia.config.middleware.keep_private",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "maia.accounts.sessions.mark_unattended",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "maia.config.bodies.WholeRequests",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "maia.accounts.language.follow_language",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "maia.portal.suspended.SuspendedMiddleware",
    "maia.config.limits.LimitsMiddleware",
]

ROOT_URLCONF = "maia.config.urls"
WSGI_APPLICATION = "maia.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "maia.config.context.around",
                "maia.config.context.demo",
                "maia.config.context.works_at",
                "maia.config.context.leads_to",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------

_prepared = env.yes("MAIA_PREPARED_STATEMENTS", default=True)
_database = opened(
    env.database(
        "MAIA_DATABASE_URL",
        f"sqlite:///{DATA_DIR / 'maia.sqlite3'}",
        shown="SQLite in the data dir",
    ),
    prepared=_prepared,
)
if _database["ENGINE"].endswith("sqlite3"):
    keep_database_private(Path(_database["NAME"]))
DATABASES = {"default": _database}
# Slots may be read from a copy of the database that follows it; bookings are decided on the first.
_replica = env.replica("MAIA_REPLICA_URL")
if _replica:
    _reading = {"connect_timeout": 2, "options": "-c default_transaction_read_only=on"}
    DATABASES["replica"] = opened(_replica, prepared=_prepared)
    DATABASES["replica"]["OPTIONS"] |= _reading
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
# Where `pg_dump` and `pg_restore` are, for backups; on the path if empty.
POSTGRESQL_BIN = env.text("MAIA_POSTGRESQL_BIN", shown="the path")
# How old the last backup may be before `/healthz` says so; 0 where others make them.
BACKUP_HOURS = env.whole("MAIA_BACKUP_HOURS", 26, most=8760)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits must be seen by every process of every host: the database is the cache they share.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "maia_cache",
    },
    # What somebody has typed and is not kept: minutes, an hour; emptied when a person is erased.
    "short": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "maia_short_memory",
    },
    # What a process counts for itself: see `limits`.
    "process": {
        "BACKEND": "maia.config.process_cache.ProcessCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}

# --- Who signs in -----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATORS: list[tuple[str, dict[str, int]]] = [
    ("UserAttributeSimilarityValidator", {}),
    ("MinimumLengthValidator", {"min_length": 10}),
    ("CommonPasswordValidator", {}),
    ("NumericPasswordValidator", {}),
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in _VALIDATORS
]
LOGIN_URL = "account_request_login_code"  # a password or a passkey is one link further
LOGIN_REDIRECT_URL = "after_sign_in"

ACCOUNT_ADAPTER = "maia.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds: the time to find an email on a phone
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True  # one address an account; another takes its place once verified
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "your password was changed": if it was not her, she knows
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "maia.accounts.forms.PasswordSignInForm",
    "confirm_login_code": "maia.accounts.forms.SignInCodeForm",
    "confirm_email_verification_code": "maia.accounts.forms.NewAddressCodeForm",
    "request_login_code": "maia.accounts.forms.RequestCodeForm",
    "reset_password": "maia.accounts.forms.LostPasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True  # two weeks, unless it is not her computer: `accounts.sessions`
MFA_ADAPTER = "maia.accounts.factors.FactorAdapter"
MFA_FORMS = {
    "login_webauthn": "maia.accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "maia.accounts.forms.PasskeyAsSecondFactorForm",
    "reauthenticate_webauthn": "maia.accounts.forms.PasskeyAgainForm",
    "add_webauthn": "maia.accounts.forms.NewPasskeyForm",
    "edit_webauthn": "maia.accounts.forms.NamedPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Maia"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS

# --- The doors --------------------------------------------------------------------------------

SESSION_ENGINE = "maia.accounts.sessions"
# A session of the team that nobody has used for so long is over; on a computer that is not hers,
# anybody's. Patients' own last SESSION_COOKIE_AGE, two weeks.
TEAM_IDLE_HOURS = env.whole("MAIA_TEAM_IDLE_HOURS", 12, least=1, most=336)
BORROWED_IDLE_MINUTES = env.whole("MAIA_BORROWED_IDLE_MINUTES", 60, least=1, most=1440)
# Over https browsers take a cookie of this name from this very host alone, for all of it.
COOKIE_PREFIX = "__Host-" if _HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "maia.config.notes.Storage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked on the machine itself
# What `check --deploy` would like, and is not ours to promise: the operator's other subdomains.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# How many proxies of the operator's stand before Maia: the patient's address is the one that the
# first of them saw. Counted from the right of X-Forwarded-For: what she sends herself is no matter.
TRUSTED_PROXIES = env.whole("MAIA_TRUSTED_PROXIES", 0, most=16)
# Requests a minute from one address, for each web process; 0 is no limit.
READS_A_MINUTE = env.whole("MAIA_READS_A_MINUTE", 240, most=1_000_000)
WRITES_A_MINUTE = env.whole("MAIA_WRITES_A_MINUTE", 60, most=1_000_000)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Pico's icons are data: images in its stylesheet
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        **({"upgrade-insecure-requests": True} if _HTTPS else {}),
    }
}

# --- Words and time ---------------------------------------------------------------------------

LANGUAGE_CODE = env.one_of("MAIA_LANGUAGE", ("fr", "en"), "fr")
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"  # each page says the practice's own zone

# --- Files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE_DIR / "static"]
# Collected by `make install`, beside the code that it belongs to: serving needs no right to write there.
STATIC_ROOT = env.folder(
    "MAIA_STATIC_DIR", PACKAGE_DIR.parent / "static-root", shown="static-root, beside the code"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "maia.config.static.StaticStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
# A file that is sent stays in memory until its view has judged it: `server` bounds both.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGE_BODY
# Four weeks of thirteen ranges a day, each field with what the page showed, are some 1,500.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Messages ---------------------------------------------------------------------------------

_email, _provider = read_email_url(
    env.url(
        "MAIA_EMAIL_URL",
        email_url,
        "",
        shown="on one's own computer, printed on the console; elsewhere emails are held",
    )
)
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
ANYMAIL = {
    **_provider,
    # Providers show it when they tell of a bounce; `maia hooks` prints their addresses.
    "WEBHOOK_SECRET": "maia:"
    + hmac.new(DERIVING_KEY.encode(), b"email", "sha256").hexdigest()[:32],
}
if DEMO and not env.is_given("MAIA_EMAIL_URL"):
    EMAIL_BACKEND = "maia.demo.mailbox.MailboxBackend"
elif only_prints(EMAIL_BACKEND) and not is_trial(BASE_URL):
    EMAIL_BACKEND = "maia.outside.withheld.Withheld"  # held, and said; never printed, never *sent*
EMAIL_TIMEOUT = PROVIDER_SECONDS = env.whole("MAIA_PROVIDER_SECONDS", 20, least=1, most=300)
# How long nobody doubts that a worker that has begun to hand a message over will say what came of it.
WORKER_LEASE_SECONDS = env.whole("MAIA_WORKER_LEASE_SECONDS", 600, least=1, most=86_400)
# Messages a second that a provider takes; 0 is as many as there are. Shared by all workers.
MESSAGE_RATES = {
    "email": env.number("MAIA_EMAIL_RATE", 0, most=10_000),
    "sms": env.number("MAIA_SMS_RATE", 0, most=10_000),
}
# SMS, as they are billed, that one practice may send in a day; 0 is no bound.
SMS_A_DAY = env.whole("MAIA_SMS_A_DAY", 300, most=1_000_000)
# Networks of the operator's own that webhooks and external calendars may lead to, such as an
# accounting server's; elsewhere no private address is ever asked.
ALLOWED_NETWORKS = env.networks("MAIA_ALLOWED_NETWORKS")
# What Prometheus shows to read `/metrics`; empty, there is no such page.
METRICS_TOKEN = env.url("MAIA_METRICS_TOKEN", metrics_token, "")
# Name and address of who hosts the data, for the legal notice. In France, a certified host (HDS).
HOSTED_BY = env.text("MAIA_HOSTED_BY")
DEFAULT_FROM_EMAIL = env.address(
    "MAIA_FROM_EMAIL", f"Maia <no-reply@{_HOST}>", shown="Maia <no-reply@…>"
)

PHONENUMBER_DB_FORMAT = "E164"
# Empty: no SMS leaves, and the practice reads why.
SMS_URL = env.url(
    "MAIA_SMS_URL",
    sms_url,
    "mailbox://" if DEMO and not env.is_given("MAIA_SMS_URL") else "",
    shown="empty: no SMS leaves; except on one's own computer they are held",
)
SMS_PROVIDERS = {
    "ovh": "maia.messaging.sms.providers.Ovh",
    "brevo": "maia.messaging.sms.providers.Brevo",
    "octopush": "maia.messaging.sms.providers.Octopush",
    "smsmode": "maia.messaging.sms.providers.Smsmode",
    "twilio": "maia.messaging.sms.providers.Twilio",
    "console": "maia.messaging.sms.others.Console",
    "mailbox": "maia.demo.mailbox.SmsMailbox",
    "apprise": "maia.messaging.sms.others.ByApprise",  # and every other scheme
}

# --- Logs: one JSON object a line, a request id, and nobody's data ------------------------------

DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "VALIDATE_GUID": True,
    "RETURN_HEADER": True,
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "django_guid.log_filters.CorrelationId"},
        "strangers": {"()": "maia.config.logs.OneLineForStrangers"},
        "routes": {"()": "maia.config.logs.RoutesInsteadOfPaths"},
    },
    "formatters": {
        "json": {
            "()": "maia.config.logs.JsonWithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(correlation_id)s",
            "rename_fields": {
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "correlation_id": "request_id",
            },
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
            "filters": ["request_id", "strangers", "routes"],
        }
    },
    "root": {"handlers": ["stdout"], "level": "WARNING"},
    "loggers": {
        "maia": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A 4xx is in the request's own line already.
        "django.request": {"level": "ERROR"},
    },
}

# --- What was typed wrong: all of it at once, before anything is done with the rest ---------------

env.refuse_wrong()
UNKNOWN_VARIABLES = env.unknown()
VARIABLES = env.known  # with their defaults, as the guide prints them
