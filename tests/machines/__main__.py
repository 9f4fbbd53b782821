"""Starts several machines with a demo practice on this one, until Ctrl-C: `make machines`."""

import signal
import sys
import threading

from tests.machines.network import CannotMakeNetworks
from tests.machines.rig import several_machines

WELCOME = """
  Three web hosts, two workers, a load balancer, PostgreSQL and its replica.

  From this machine:  ip netns exec {client} curl -H 'Host: maia.test' {address}/cabinet-des-lilas/
  Their logs:         {folder}/*.log

  Ctrl-C stops it.
"""


def main() -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with several_machines() as rig:
            rig.settings["MAIA_DEMO"] = "1"
            rig.maia("demo")
            client = rig.hosts["client"].namespace
            print(WELCOME.format(client=client, address=rig.address, folder=rig.folder), flush=True)
            stop.wait()
    except CannotMakeNetworks as error:
        print(f"Several machines cannot be made here: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
