"""What a practice typed is asked within bounds, and never inside the operator's network."""

import socket
import ssl
import threading
import time

import pytest
import trustme

from maia.outside.http import NotAllowed, Unfetched, check_url, fetch
from tests.outside.servers import site
from tests.pace import busy

pytestmark = pytest.mark.once  # no row is read or written


@pytest.fixture
def ours(settings):
    """A server of the operator's own network, which he opened."""
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with site() as server:
        yield server


def get(url, **more):
    return fetch("GET", url, **{"seconds": 2, "most_bytes": 1000, **more})


@pytest.mark.parametrize(
    ("url", "code"),
    [
        *[(f"https://{host}/x", "private") for host in (
            "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
            "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]",
            "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
            "[ff02::1]", "[fec0::1]", "localhost", "a.localhost", "intranet", "printer.local",
            "2130706433", "0x7f.1",
        )],
        ("http://calendar.example/x", "https"),
        ("http://93.184.216.34/", "https"),
        ("ftp://calendar.example/x", "address"),
        ("file:///etc/passwd", "address"),
        ("https://user:pass@calendar.example/", "address"),
        ("https://calendar.example:99999/", "address"),
        ("https:///x", "address"),
        ("https://[::1/", "address"),
        ("javascript:alert(1)", "address"),
        ("https://café.example/", "address"),
        ("", "address"),
    ],
)  # fmt: skip
def test_addresses_that_are_never_asked(url, code):
    with pytest.raises(NotAllowed) as refused:
        check_url(url)
    assert refused.value.code == code


def test_public_addresses_may_be_asked():
    for url in ("https://calendar.example/a.ics?x=1", "https://93.184.216.34:8443/"):
        assert check_url(url).scheme == "https"


def test_a_name_that_leads_inside_is_not_followed(settings):
    with site() as server:
        port = server.base.rsplit(":", 1)[1]
        for name in ("localhost", "2130706433", "0x7f000001", "127.1"):
            with pytest.raises(NotAllowed) as refused:
                get(f"https://{name}:{port}/")
            assert refused.value.code == "private", name
        assert server.asked == []


def resolver(monkeypatch, answers):
    """The machine's own, as it answers by name: an address, an error, or a wait."""
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *arguments, **more):
        answer = answers.get(host)
        if isinstance(answer, threading.Event):
            answer.wait(60)
        if isinstance(answer, OSError):
            raise answer
        return real(answer if isinstance(answer, str) else host, port, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_that_leads_inside_is_a_name_that_nobody_answers(monkeypatch):
    """Whoever types names does not learn which of them exist inside."""
    inside = ["10.0.0.1", "127.0.0.1", "::1", "192.168.1.1", "169.254.169.254", "fd00::1"]
    names = {f"inside{number}.example": address for number, address in enumerate(inside)}
    resolver(monkeypatch, names | {"nobody.example": socket.gaierror(-2, "unknown")})
    said = set()
    for name in (*names, "nobody.example"):
        with pytest.raises(Unfetched) as failure:
            get(f"https://{name}/")
        said.add(failure.value.code)
    assert said == {"unreachable"}


def test_a_resolver_that_hangs_keeps_nobody(monkeypatch):
    answered = threading.Event()
    names = [f"hangs{number}.example" for number in range(12)]  # more than may hang at once
    resolver(monkeypatch, dict.fromkeys(names, answered))
    before = threading.active_count()
    started = time.monotonic()
    try:
        for name in names:
            with pytest.raises(Unfetched) as failure:
                get(f"https://{name}/", seconds=0.2)
            assert failure.value.code == "timeout"
        assert time.monotonic() - started < 30, "they would have hung for minutes"
        assert threading.active_count() - before <= 8
    finally:
        answered.set()
    # Once it answers, names are looked up again.
    resolver(monkeypatch, {"inside.example": "10.0.0.1"})
    with pytest.raises(Unfetched) as failure:
        get("https://inside.example/", seconds=5)
    assert failure.value.code == "unreachable"


def test_what_it_says(ours):
    ours.answers["/a?b=c"] = (200, {"ETag": '"1"'}, b"hello")
    answer = get(f"{ours.base}/a?b=c", headers={"If-None-Match": '"0"'})
    assert (answer.status, answer.headers["etag"], answer.body) == (200, '"1"', b"hello")
    ((method, path, headers, _body),) = ours.asked
    assert (method, path, headers["if-none-match"]) == ("GET", "/a?b=c", '"0"')


def test_too_much_too_slow_and_nobody(ours):
    ours.answers["/huge"] = (200, {}, b"x" * 1001)
    ours.answers["/drip"] = "drip"
    ours.answers["/gone"] = "hang up"
    for path, code in (("huge", "too_large"), ("drip", "timeout"), ("gone", "unreachable")):
        started = time.monotonic()
        with pytest.raises(Unfetched) as failure:
            get(f"{ours.base}/{path}", seconds=0.5)
        assert failure.value.code == code
        assert time.monotonic() - started < busy(3)
    with pytest.raises(Unfetched) as failure:
        get("http://127.0.0.1:1/")
    assert failure.value.code == "unreachable"


def test_redirects_are_judged_like_any_address(ours, settings):
    ours.answers["/a"] = (302, {"Location": "/b"}, b"")
    ours.answers["/b"] = (200, {}, b"here")
    ours.answers["/inside"] = (302, {"Location": "http://10.0.0.1/"}, b"")
    ours.answers["/loop"] = (302, {"Location": "/loop"}, b"")
    assert get(f"{ours.base}/a", redirects=3).body == b"here"
    assert get(f"{ours.base}/a").status == 302
    with pytest.raises(NotAllowed):
        get(f"{ours.base}/inside", redirects=3)
    with pytest.raises(Unfetched) as failure:
        get(f"{ours.base}/loop", redirects=3)
    assert failure.value.code == "redirects"


def test_a_certificate_of_nobody(settings):
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with site(context) as server:
        with pytest.raises(Unfetched) as failure:
            get(server.base)
        assert failure.value.code == "certificate"
        assert server.asked == []
