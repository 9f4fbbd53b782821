"""Slots and bookings over HTTP, beside their own floors measured in the same run.

A floor is what no code of ours could go under: the SQL of the busy time, the pure computation, the
JSON, and an empty answer of the same server. Ratios to it hold on a noisy machine.
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
from statistics import quantiles
from typing import Any

from tests.ports import free_port

RANGES = {1: "1 day", 7: "7 days", 90: "90 days"}
CLIENTS, SECONDS, SAMPLES = 16, 4.0, 120
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
    rows: list[dict[str, Any]] = []
    p50: dict[int, float] = {}
    for workers in (1, 2):
        with serving(workers) as server:
            _say(f"{workers} web worker(s)")
            empty = latencies(server, lambda: EMPTY)
            for days in RANGES:
                times = latencies(server, lambda d=days: slots_path(type, hers, d))
                report(f"slots of {RANGES[days]}, {workers} workers", times)
                if workers == 1:
                    p50[days] = times[50]
                    floor = floor_of(type, hers, days) + empty[50]
                    ratio = times[50] / floor
                    rows.append(_row(f"slots of {RANGES[days]}: p50", round(times[50], 1), "ms"))
                    rows.append(
                        _goal(f"slots of {RANGES[days]}: times the floor", ratio, "x", at_most=3)
                    )
            of_empty = rate(server, lambda: EMPTY)
            of_week = rate(server, lambda: slots_path(type, hers, 7))
            rows.append(
                _row(f"7 days of slots, 16 clients, {workers} workers", round(of_week), "/s")
            )
            part = of_week / of_empty
            rows.append(
                _goal(f"… of the empty answer's rate, {workers} workers", part, "x", at_least=0.4)
            )
            rows.append(
                _row(f"memory of the web server, {workers} workers", server.megabytes(), "MB")
            )
    agenda.add_past(type, hers, 180_000)
    _analyze(connection)
    with serving(1) as server:
        for days in RANGES:
            times = latencies(server, lambda d=days: slots_path(type, hers, d))
            report(f"slots of {RANGES[days]}, 200,000 past events", times)
            again = times[50] / p50[days]
            rows.append(
                _goal(f"slots of {RANGES[days]}: growth to 200,000 past", again, "x", at_most=1.1)
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


def latencies(server: Server, path: Callable[[], str]) -> dict[int, float]:
    """p50, p95 and p99 in milliseconds, one client, the connection kept."""
    connection = server.connect()
    for _ in range(20):
        get(connection, path())
    times = []
    for _ in range(SAMPLES):
        started = time.perf_counter()
        status = get(connection, path())
        times.append((time.perf_counter() - started) * 1000)
        assert status in (200, 404), status
    cuts = quantiles(times, n=100)
    return {p: cuts[p - 1] for p in (50, 95, 99)}


def rate(server: Server, path: Callable[[], str]) -> float:
    """Answers a second to 16 clients."""
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
    time.sleep(SECONDS)
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
        bare = _bare_inserts()
        rows.append(_row("bookings of distinct slots, 16 clients", round(booked), "/s"))
        part = booked / bare
        name = "… of the rate of bare insert-and-commit"
        if connection.vendor == "postgresql":
            rows.append(_goal(name, part, "x", at_least=0.25))
        else:
            rows.append(_row(name, round(part, 2), "x"))
        for crowd, start in zip((50, 200), crowds, strict=True):
            answers: list[int] = []
            mine = iter(tokens)

            def rush(start: str = start, mine: Any = mine, answers: list[int] = answers) -> None:
                answers.append(book(server.connect(), next(mine), type, hers, start))

            _together(rush, crowd)
            rows.append(_goal(f"{crowd} clients on one slot: winners", answers.count(201), "",
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


def _bare_inserts() -> float:
    """Rows a second: one insert and one commit each, 16 connections."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (who integer, at timestamp)")
    count = 60

    def client() -> None:
        for _ in range(count):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_bare VALUES (1, CURRENT_TIMESTAMP)")
        connection.close()

    started = time.monotonic()
    _together(client, CLIENTS)
    return CLIENTS * count / (time.monotonic() - started)


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


# --- Rows -------------------------------------------------------------------------------------


def _row(what: str, value: Any, unit: str) -> dict[str, Any]:
    return {"what": what, "value": value, "unit": unit, "goal": "-", "met": True}


def _goal(
    what: str,
    value: float,
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> dict[str, Any]:
    met = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    bounds = [f">= {at_least}"] * (at_least is not None) + [f"<= {at_most}"] * (at_most is not None)
    return {
        "what": what, "value": round(value, 2), "unit": unit, "goal": " ".join(bounds), "met": met,
    }  # fmt: skip


def report(what: str, times: dict[int, float]) -> None:
    _say(f"  {what}: p50 {times[50]:.1f}, p95 {times[95]:.1f}, p99 {times[99]:.1f} ms")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
