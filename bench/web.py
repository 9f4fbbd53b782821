"""Slots and bookings over HTTP, beside their own floors measured in the same run.

A floor is what no code of ours could go under: the SQL of the busy time, the pure computation, the
JSON, and an empty answer of the same server. Ratios to it hold on a noisy machine. Slots that were
computed before are kept by each process, so latencies are taken of an agenda that changes before
each request, and the rate both of a quiet one and of one that changes ten times a second.
Run by `bench.run`, which gives it a database. Prints its rows as JSON.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from bench.rows import goal, row
from tests.ports import free_port

RANGES = {1: "1 day", 7: "7 days", 90: "90 days"}
CLIENTS, SECONDS, TURNS, SAMPLES = 16, 2.0, 3, 120
EMPTY = "/api/nothing"  # all of the middleware, no view of ours, no query


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "maia.config.settings"
    os.environ["MAIA_READS_A_MINUTE"] = os.environ["MAIA_WRITES_A_MINUTE"] = "0"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import agenda

    call_command("migrate", verbosity=0)
    type, hers, tokens = agenda.build()
    _analyze(connection)
    change = changing(hers)
    rows: list[dict[str, Any]] = []
    floors: dict[int, float] = {}
    before: dict[int, float] = {}
    for workers in (1, 2):
        with serving(workers) as server:
            _say(f"{workers} web worker(s)")
            empty = latencies(server, lambda: EMPTY)
            for days in RANGES:
                path = slots_path(type, hers, days)
                times = latencies(server, lambda p=path: p, change)
                report(f"slots of {RANGES[days]}, {workers} workers", times)
                report("  the same again", latencies(server, lambda p=path: p))
                if workers == 1:
                    floors[days] = floor_of(type, hers, days)
                    ratio = times[50] / (floors[days] + empty[50])
                    rows.append(row(f"slots of {RANGES[days]}: p50", round(times[50], 1), "ms"))
                    rows.append(
                        goal(f"slots of {RANGES[days]}: times the floor", ratio, "x", at_most=3)
                    )
                    before[days] = beside_empty(server, path, change)
            week = slots_path(type, hers, 7)
            # In turn, as a minute of the machine is not like the next.
            turns = [
                (rate(server, lambda: EMPTY), rate(server, lambda p=week: p)) for _ in range(TURNS)
            ]
            of_empty, of_week = (median(rates) for rates in zip(*turns, strict=True))
            rows.append(
                row(f"7 days of slots, 16 clients, {workers} workers", round(of_week), "/s")
            )
            part = median(week / empty for empty, week in turns)
            rows.append(
                goal(f"… of the empty answer's rate, {workers} workers", part, "x", at_least=0.4)
            )
            changed = rate(server, lambda p=week: p, change)
            rows.append(row("… while the agenda changes 10 times a second", round(changed), "/s"))
            # Its SQL, computation and JSON, one after the other on as many processors as workers.
            busy = 1000 * workers / of_empty
            allowed = busy / (busy + floors[7])
            rows.append(
                row(f"… of it that the floor allows, {workers} workers", round(allowed, 2), "x")
            )
            rows.append(
                row(f"memory of the web server, {workers} workers", server.megabytes(), "MB")
            )
    agenda.add_past(type, hers, 180_000)
    _analyze(connection)
    with serving(1) as server:
        for days in RANGES:
            after = beside_empty(server, slots_path(type, hers, days), change)
            growth = after / before[days]
            rows.append(
                goal(f"slots of {RANGES[days]}: growth to 200,000 past", growth, "x", at_most=1.1)
            )
    rows += bookings(type, hers, tokens)  # last: it fills the weeks that slots are read of
    print(json.dumps(rows))


# --- The server -------------------------------------------------------------------------------


class Server:
    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def megabytes(self) -> int:
        """Resident, of the server and its workers."""
        pids = [self.process.pid]
        for pid in pids:
            with open(f"/proc/{pid}/task/{pid}/children") as children:
                pids += map(int, children.read().split())
        total = 0
        for pid in pids:
            with open(f"/proc/{pid}/status") as status:
                total += next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return total // 1024


@contextmanager
def serving(workers: int) -> Any:
    port = free_port()
    env = os.environ | {"MAIA_PORT": str(port), "MAIA_WEB_WORKERS": str(workers)}
    process = subprocess.Popen(
        [sys.executable, "-m", "maia", "serve"], env=env, stdout=subprocess.DEVNULL
    )
    server = Server(process, port)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                assert get(server.connect(), "/healthz") == 200
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(30)


# --- Measuring --------------------------------------------------------------------------------


def get(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.status


def timed(connection: http.client.HTTPConnection, path: str) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    status = get(connection, path)
    milliseconds = (time.perf_counter() - started) * 1000
    assert status in (200, 404), status
    return milliseconds


def latencies(
    server: Server, path: Callable[[], str], change: Callable[[], None] = lambda: None
) -> dict[int, float]:
    """p50, p95 and p99 in milliseconds, one client, the connection kept; each after a ``change``."""
    connection = server.connect()
    for _ in range(20):
        get(connection, path())
    times = []
    for _ in range(SAMPLES):
        change()
        times.append(timed(connection, path()))
    cuts = quantiles(times, n=100)
    return {p: cuts[p - 1] for p in (50, 95, 99)}


def beside_empty(server: Server, path: str, change: Callable[[], None]) -> float:
    """Its p50 in p50 of an empty answer, asked in turn: a slow minute of the machine weighs on both."""
    connection = server.connect()
    pairs = []
    for _ in range(20 + 3 * SAMPLES):
        change()
        pairs.append((timed(connection, path), timed(connection, EMPTY)))
    asked, empty = (median(times) for times in zip(*pairs[20:], strict=True))
    return asked / empty


def changing(practitioner: Any) -> Callable[[], None]:
    """A call that changes her agenda by a microsecond of the night, to what it never was before."""
    from django.utils import timezone

    now = timezone.now().astimezone(practitioner.practice.zone)
    night = (now + timedelta(days=2)).replace(hour=3, minute=0, second=0, microsecond=0)
    absence = practitioner.absences.create(start=night, end=night + timedelta(hours=1))

    def change() -> None:
        absence.start += timedelta(microseconds=1)
        absence.save(update_fields=["start"])

    return change


def rate(
    server: Server, path: Callable[[], str], change: Callable[[], None] | None = None
) -> float:
    """Answers a second to 16 clients, while somebody does a ``change`` ten times a second."""
    done = [0] * CLIENTS
    stop = threading.Event()

    def client(number: int) -> None:
        connection = server.connect()
        while not stop.is_set():
            get(connection, path())
            done[number] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    before, started = sum(done), time.monotonic()
    while time.monotonic() - started < SECONDS:
        if change:
            change()
        time.sleep(0.1)
    result = (sum(done) - before) / (time.monotonic() - started)
    stop.set()
    for thread in threads:
        thread.join()
    return result


def slots_path(type: Any, hers: Any, days: int) -> str:
    from django.utils import timezone

    first = timezone.now().astimezone(type.practice.zone).date() + timedelta(days=1)
    last = first + timedelta(days=days - 1)
    return f"/api/v1/practices/bench/slots?type={type.pk}&practitioner={hers.pk}&from={first}&to={last}"


def floor_of(type: Any, hers: Any, days: int) -> float:
    """Milliseconds: the SQL of the busy time, the computation, the JSON. Each the median of 30."""
    from django.utils import timezone

    from maia.api.public import slots_in_json
    from maia.appointments.models import Event
    from maia.appointments.slots import Slot
    from maia.availability.slots import Busy, day_slots
    from maia.availability.weekly import WeeklyHours

    now = timezone.now()
    zone = type.practice.zone
    first = now.astimezone(zone).date() + timedelta(days=1)
    dates = [first + timedelta(days=n) for n in range(days)]
    margin = timedelta(hours=36)
    busy_time = Event.objects.filter(
        practitioner=hers, blocking=True,
        end__gt=now - margin, start__lt=now + timedelta(days=days) + margin,
    ).values_list("start", "end")  # fmt: skip
    hours = WeeklyHours(dict.fromkeys(range(5), [(540, 1080)]))
    busy = [Busy(start, end) for start, end in busy_time]

    def compute() -> Any:
        return list(day_slots(hours=hours, dates=dates, zone=zone, shape=type.shape, busy=busy))

    slots = [Slot(*slot, hers) for _day, found in compute() for slot in found]
    sql = _median(lambda: list(busy_time.all()))
    computation = _median(compute)
    written = _median(lambda: json.dumps(slots_in_json(slots, zone)))
    _say(
        f"  floor of {RANGES[days]}: SQL {sql:.2f} + slots {computation:.2f} + JSON {written:.2f} ms"
    )
    return sql + computation + written


def _median(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(30):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[15]


# --- Bookings ---------------------------------------------------------------------------------


def bookings(type: Any, hers: Any, tokens: list[str]) -> list[dict[str, Any]]:
    """Distinct slots at 16 clients beside bare inserts; then crowds on one slot."""
    from django.db import connection

    rows = []
    with serving(2) as server:
        starts = _free_starts(server, type, hers)
        crowds = [starts.pop() for _ in range(2)]
        queue = list(zip(starts, range(len(starts)), strict=True))
        taken: list[int] = []

        def client() -> None:
            line = server.connect()
            while queue:
                try:
                    start, number = queue.pop()
                except IndexError:
                    return
                taken.append(book(line, tokens[number % len(tokens)], type, hers, start))

        started = time.monotonic()
        _together(client, CLIENTS)
        booked = taken.count(201) / (time.monotonic() - started)
        assert taken.count(201) == len(taken), taken
        bare = _bare_inserts(CLIENTS)
        rows.append(row("bookings of distinct slots, 16 clients", round(booked), "/s"))
        # One practitioner's bookings follow each other, as one connection's commits do.
        one = _bare_inserts(1)
        rows.append(row("… of the rate of one connection's inserts", round(booked / one, 2), "x"))
        part = booked / bare
        name = "… of the rate of bare insert-and-commit"
        if connection.vendor == "postgresql":
            rows.append(goal(name, part, "x", at_least=0.25))
        else:
            rows.append(row(name, round(part, 2), "x"))
        for crowd, start in zip((50, 200), crowds, strict=True):
            answers: list[int] = []
            mine = iter(tokens)

            def rush(start: str = start, mine: Any = mine, answers: list[int] = answers) -> None:
                answers.append(book(server.connect(), next(mine), type, hers, start))

            _together(rush, crowd)
            rows.append(goal(f"{crowd} clients on one slot: winners", answers.count(201), "",
                              at_most=1, at_least=1))  # fmt: skip
            assert set(answers) <= {201, 409}, answers
    return rows


def book(line: http.client.HTTPConnection, token: str, type: Any, hers: Any, start: str) -> int:
    body = json.dumps({"type": type.pk, "practitioner": hers.pk, "start": start})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line.request("POST", "/api/v1/practices/bench/appointments", body, headers)
    response = line.getresponse()
    response.read()
    return response.status


def _free_starts(server: Server, type: Any, hers: Any) -> list[str]:
    line = server.connect()
    line.request("GET", slots_path(type, hers, 80))
    return [slot["start"] for slot in json.loads(line.getresponse().read())["slots"]]


def _bare_inserts(clients: int) -> float:
    """Rows a second: one insert and one commit each, so many connections."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_bare (who integer, at timestamp)")
    count = 60

    def client() -> None:
        for _ in range(count):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_bare VALUES (1, CURRENT_TIMESTAMP)")
        connection.close()

    started = time.monotonic()
    _together(client, clients)
    return clients * count / (time.monotonic() - started)


def _together(call: Callable[[], None], clients: int) -> None:
    barrier = threading.Barrier(clients)

    def run() -> None:
        barrier.wait()
        call()

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _analyze(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- Words ----------------------------------------------------------------------------------


def report(what: str, times: dict[int, float]) -> None:
    _say(f"  {what}: p50 {times[50]:.1f}, p95 {times[95]:.1f}, p99 {times[99]:.1f} ms")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
