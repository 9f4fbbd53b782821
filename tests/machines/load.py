"""Patients who look at slots and book, over the balancer, for so many seconds. Prints what each
request became. Arguments: the address, what `setup` printed, the seconds."""

import http.client
import json
import random
import sys
import threading
import time
import uuid
from urllib.parse import urlsplit

CLIENTS = 12


def main(address: str, made: str, seconds: float) -> None:
    site, made = urlsplit(address).hostname, json.loads(made)
    ends, rows, lock = time.time() + seconds, [], threading.Lock()
    tokens = list(made["tokens"])

    def ask(method, path, token=None, body=None, key=None):
        headers = {"Host": "maia.test", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        started = time.time()
        connection = http.client.HTTPConnection(site, timeout=15)
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            status, content = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            status, content = 0, type(error).__name__.encode()
        finally:
            connection.close()
        with lock:
            rows.append([round(started, 2), round(time.time() - started, 3), method, status])
        return status, content

    booked = []

    def client(number):
        pick = random.Random(number)
        while time.time() < ends:
            status, content = ask("GET", made["slots"])
            if status != 200:
                time.sleep(0.2)
                continue
            free = json.loads(content)["slots"]
            with lock:
                token = tokens.pop() if tokens else None
            if not free or token is None:
                time.sleep(0.2)
                continue
            slot = pick.choice(free[:12])  # many want the same
            wanted = {
                "type": made["type"],
                "practitioner": slot["practitioner"],
                "start": slot["start"],
            }
            key = str(uuid.uuid4())
            for _try in range(60):  # the same request until it is answered
                status, content = ask("POST", made["book"], token, wanted, key)
                if status in (201, 409):
                    break
                time.sleep(0.25)
            if status == 201:
                with lock:
                    booked.append(json.loads(content)["id"])

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"rows": rows, "booked": booked}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
