"""The `MAIA_*` variables: each is read once, here, and what is wrong with it is said in one line.

A line names the variable, what it says (never a password or a key) and what is expected. All that is
wrong is said at once. What a value may be and where it is written down is docs/operators-settings.md's table.
"""

import os
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
PREFIX, FILE = "MAIA_", "_FILE"
# Of whoever tests Maia.
OTHERS = re.compile(r"MAIA_(TEST(S|)_\w+|CHROMIUM|FIREFOX|BENCH_\w+)")
LONGEST_FILE = 10_000  # characters of a secret
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]")
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_DATABASES = ("postgresql", "postgres", "sqlite")


class WrongSettings(ImproperlyConfigured):
    """One line for each variable that cannot be read."""


class _Wrong(ValueError):
    """What is expected instead."""


class Variables:
    """``known`` has the default of each that was read, as the guide prints it."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.environment = environment
        self.known: dict[str, str] = {}
        self.wrong: list[str] = []
        self._secrets: set[str] = set()

    # --- Readers: each names the variable once ---

    def text(self, name: str, default: str = "", *, shown: str | None = None) -> str:
        """``shown``: the default in words, where it is made of something else."""
        return self._read(name, default, str, shown=shown)

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        def read(value: str) -> str:
            if value not in choices:
                raise _Wrong(f"one of {', '.join(choices)}{meant(value, choices)}")
            return value

        return self._read(name, default, read)

    def yes(self, name: str, *, default: bool, shown: str | None = None) -> bool:
        def read(value: str) -> bool:
            if value.strip().lower() not in _YES + _NO:
                raise _Wrong("true or false")
            return value.strip().lower() in _YES

        return self._read(name, default, read, shown=shown or str(default).lower())

    def whole(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        """``most`` always: what is added to an instant, or asked of the machine, has an end."""
        return self._read(name, default, _number(int, "a whole number", least, most))

    def number(self, name: str, default: float, *, least: float = 0, most: float) -> float:
        return self._read(name, default, _number(float, "a number", least, most))

    def host(self, name: str, default: str) -> str:
        """An address that a server listens on; one of IPv6 may stand in brackets."""

        def read(value: str) -> str:
            inside = value[1:-1] if value.startswith("[") and value.endswith("]") else value
            try:
                ip_address(inside)
            except ValueError:
                raise _Wrong("an address such as 127.0.0.1, 0.0.0.0 or [::]") from None
            return inside

        return self._read(name, default, read)

    def hosts(self, name: str, default: list[str], *, shown: str) -> list[str]:
        """Names that are answered, separated by commas; `.example.fr` is all below it."""

        def read(value: str) -> list[str]:
            hosts = [host.strip() for host in value.split(",") if host.strip()]
            for host in hosts:
                if host != "*" and not _HOST.fullmatch(host):
                    raise _Wrong("names such as rdv.example.fr, separated by commas")
            return hosts

        return self._read(name, default, read, shown=shown)

    def folder(self, name: str, default: Path, *, shown: str, mode: int | None = None) -> Path:
        """With ``mode``, it is made."""

        def read(value: str) -> Path:
            there = Path(value).expanduser().resolve()
            if mode is not None:
                try:
                    there.mkdir(mode=mode, parents=True, exist_ok=True)
                except OSError as error:
                    raise _Wrong(f"a folder that this user may make ({error.strerror})") from None
            return there

        return (
            self._read(name, default, read, shown=shown)
            if self._is_set(name)
            else self._read(name, read(str(default)), read, shown=shown)
        )

    def made_in(self, name: str, make: Callable[[], str]) -> str:
        """What ``make`` writes in the folder of that name, or nothing if it may not."""
        try:
            return make()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it holds what is no text"
            said = self.environment.get(name, "") or self.known[name]
            self.wrong.append(
                f"{name} is “{said}”: expected a folder that this user may write in ({why})."
            )
            return ""

    def file(self, name: str) -> str:
        """A file that is there, or nothing."""

        def read(value: str) -> str:
            if not os.access(value, os.R_OK) or not Path(value).is_file():
                raise _Wrong("a file that is there and that this user may read")
            return value

        return self._read(name, "", read)

    def base_url(self, name: str, default: str, *, shown: str) -> str:
        def read(value: str) -> str:
            expected = "an address such as https://rdv.example.fr"
            try:
                parts = urlsplit(value)
                _port = parts.port
            except ValueError:  # an address of IPv6 without its end, a port that is none
                raise _Wrong(expected) from None
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise _Wrong(expected)
            return value.rstrip("/")

        return self._read(name, default, read, shown=shown)

    def address(self, name: str, default: str, *, shown: str) -> str:
        def read(value: str) -> str:
            if not re.fullmatch(r"[^@<>]+@[^@<>\s]+|[^<>]*<[^@<>\s]+@[^@<>\s]+>", value.strip()):
                raise _Wrong("an email address, such as Maia <rdv@example.fr>")
            return value

        return self._read(name, default, read, shown=shown)

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        def read(value: str) -> list[IPv4Network | IPv6Network]:
            try:
                return [ip_network(one.strip()) for one in value.split(",") if one.strip()]
            except ValueError as error:
                raise _Wrong(
                    f"networks such as 10.4.0.0/16, separated by commas ({error})"
                ) from None

        return self._read(name, [], read, shown="")

    def secret(self, name: str, default: str = "", *, shown: str | None = None) -> str:
        """Its value, or that of a file that ``name``_FILE names. Never shown."""
        return self._read(name, default, str, shown=shown, secret=True)

    def database(self, name: str, default: str = "", *, shown: str = "") -> dict[str, Any]:
        """Empty where there is none."""
        return self._read(
            name, read_database(default) if default else {}, read_database, shown=shown, secret=True
        )

    def replica(self, name: str) -> dict[str, Any]:
        """A PostgreSQL, or none."""

        def read(value: str) -> dict[str, Any]:
            there = read_database(value)
            if not there["ENGINE"].endswith("postgresql"):
                raise _Wrong("postgresql://user:password@host/name")
            return there

        return self._read(name, {}, read, shown="", secret=True)

    def url(self, name: str, read: Callable[[str], T], default: T, *, shown: str = "") -> T:
        """``read`` raises ValueError with what is expected."""
        return self._read(name, default, read, shown=shown, secret=True)

    # --- What is wrong ---

    def unknown(self) -> list[str]:
        """In words, with the nearest one that is known."""
        files = {name + FILE for name in self._secrets}
        names = [*self.known, *sorted(files)]
        return [
            f"{name} is no variable of Maia's{meant(name, names)}"
            for name in sorted(self.environment)
            if name.startswith(PREFIX) and name not in names and not OTHERS.fullmatch(name)
        ]

    def refuse_wrong(self) -> None:
        """Raises `WrongSettings`."""
        if self.wrong:
            raise WrongSettings("\n".join(self.wrong))

    def is_given(self, name: str) -> bool:
        """Even as an empty one, or by a file."""
        return name in self.environment or name + FILE in self.environment

    # --- How ---

    def _is_set(self, name: str) -> bool:
        return bool(self.environment.get(name, ""))

    def _read(
        self,
        name: str,
        default: T,
        read: Callable[[str], T],
        *,
        shown: str | None = None,
        secret: bool = False,
    ) -> T:
        self.known[name] = str(default) if shown is None else shown
        if secret:
            self._secrets.add(name)
        value = self._value(name) if secret else self.environment.get(name, "")
        if not value:
            return default
        try:
            if _CONTROL.search(value):
                raise _Wrong("one line, without control characters")
            return read(value)
        except ValueError as error:
            said = hidden(value) if secret else f"“{_CONTROL.sub('�', value)}”"
            expected = str(error)
            end = "" if expected.endswith("?") else "."
            self.wrong.append(f"{name} is {said}: expected {expected}{end}")
            return default

    def _value(self, name: str) -> str:
        file = self.environment.get(name + FILE, "")
        value = self.environment.get(name, "")
        if not file:
            return value
        if value:
            self.wrong.append(f"{name} and {name}{FILE} are both set: expected one of them.")
            return ""
        try:
            with Path(file).open() as opened:
                text = opened.read(LONGEST_FILE + 1)
            if len(text) > LONGEST_FILE:
                raise _Wrong("it is too long")
            return text.strip()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            if isinstance(error, UnicodeDecodeError):
                why = "it is no text"
            self.wrong.append(
                f"{name}{FILE} is “{file}”: expected a file that can be read ({why})."
            )
            return ""


def hidden(value: str) -> str:
    """An address without what opens something: no user, no password, no option. What is no address
    is not shown at all."""
    scheme, colon, rest = value.partition("://")
    if not colon or not re.fullmatch(r"[a-z0-9+.-]+", scheme, re.I):
        if "@" not in value and len(value) < 30 and "//" in value:  # a typo in an address
            return f"“{value}”"
        return "not shown (it may hold a password)"
    user, at, place = rest.rpartition("@")
    place, question, _options = place.partition("?")
    return f"“{scheme}://{'…@' if user or at else ''}{place}{'?…' if question else ''}”"


def _number(
    kind: Callable[[str], Any], what: str, least: float, most: float
) -> Callable[[str], Any]:
    bounds = f"{what} from {least} to {most}"

    def read(value: str) -> Any:
        try:
            if not value.isascii():
                raise ValueError
            number = kind(value.strip())
        except ValueError:
            raise _Wrong(bounds) from None
        if not least <= number <= most:
            raise _Wrong(bounds)
        return number

    return read


def read_database(value: str) -> dict[str, Any]:
    scheme = value.partition("://")[0]
    expected = "postgresql://user:password@host/name, or sqlite:///file"
    if "://" not in value or scheme not in _DATABASES:
        raise _Wrong(expected)
    try:
        read: dict[str, Any] = environ.Env.db_url_config(value)
    except Exception:  # a port that is no number, an address of IPv6 without its end
        raise _Wrong(expected) from None
    if not read.get("NAME") or read["NAME"] == ":memory:":
        raise _Wrong(expected)
    return read


def meant(word: str, known: Any) -> str:
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f". Did you mean {near[0]}?" if near else ""
