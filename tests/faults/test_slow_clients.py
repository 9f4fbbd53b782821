"""Clients that are slow, idle, or send too much: a socket each, and everybody else is served."""

import contextlib
import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.pace import busy
from tests.site import running_site

# No database is asked while a client is waited for.
pytestmark = [pytest.mark.xdist_group("slow clients"), pytest.mark.once]
IDLE, SLOW = 1000, 8


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("slow")) as site:
        yield site


def connect(site, first=b""):
    client = socket.create_connection(("127.0.0.1", site.port), timeout=40)
    client.sendall(first)
    return client


def begun(path, length, sent=b"abcd", content_type="application/x-www-form-urlencoded"):
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n"
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return head.encode() + sent


def asked(site, path="/cabinet-des-lilas/"):
    """Seconds until the whole page is there."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=40)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200
    return time.monotonic() - started


def answer_to(client):
    """Status and body of what comes before the server closes."""
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer.status, answer.read().decode()


@pytest.mark.alone
def test_idle_and_slow_clients_take_nobodys_turn(site):
    asked(site)  # what is loaded once
    with contextlib.ExitStack() as clients:
        for _ in range(IDLE):
            clients.enter_context(connect(site))
        for _ in range(20):
            clients.enter_context(connect(site, b"GET /cabinet-des-li"))
        slow = [
            clients.enter_context(connect(site, begun("/cabinet-des-lilas/", 50_000)))
            for _ in range(SLOW)
        ]
        large = [
            clients.enter_context(connect(site, begun("/pro/settings/practice/", 5_000_000)))
            for _ in range(SLOW)
        ]
        with ThreadPoolExecutor(4) as patients:
            waits = sorted(patients.map(lambda _: asked(site), range(40)))
        print(f"{IDLE} idle, {2 * SLOW} slow: the booking page took at most {waits[-1]:.2f} s")
        assert waits[-1] < busy(1)
        # A ninth large one is asked to come back; the slow ones are told, in words, in a quarter of
        # a minute.
        with connect(site, begun("/pro/settings/practice/", 5_000_000)) as one_more:
            assert answer_to(one_more)[0] == 503
        for client in slow:
            status, page = answer_to(client)
            assert status == 408
            assert "trop lentement" in page
        del large
    assert asked(site) < busy(5)


@pytest.mark.parametrize(
    ("path", "length"), [("/cabinet-des-lilas/", 400_000), ("/pro/settings/practice/", 150_000_000)]
)
def test_what_is_too_large_is_refused_before_it_is_sent(site, path, length):
    with connect(site, begun(path, length, b"")) as client:
        status, page = answer_to(client)
    assert status == 413
    assert "10 Mo" in page


def test_a_script_reads_a_problem(site):
    with connect(site, begun("/api/v1/practices/cabinet-des-lilas/appointments", 10**9, b"")) as it:
        status, body = answer_to(it)
    assert (status, json.loads(body)["code"]) == (413, "too_large")


def test_a_body_of_unknown_length_is_bounded_too(site):
    head = b"POST /cabinet-des-lilas/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with connect(site, head) as client:
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                client.sendall(chunk)
        assert answer_to(client)[0] == 413


def test_headers_are_read_as_they_are_meant(site):
    """One with an underscore is not the proxy's; bytes outside of ASCII break nothing."""
    odd = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX_Forwarded_Proto: https\r\nX-Odd: \xe9\r\n\r\n"
    with connect(site, odd) as client:
        assert answer_to(client)[0] == 200
    with connect(site, b"GET /caf%C3%A9/%FF/?q=%E9 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as client:
        assert answer_to(client)[0] == 404
    assert "Traceback" not in site.log.read_text()
