"""`maia run` keeps its worker: killed or fallen, it is started again, as a supervisor would."""

import logging
import multiprocessing
import time
from collections import deque

from honcho.manager import Manager

log = logging.getLogger(__name__)
KEPT = "worker"
MOST, WITHIN = 5, 600  # starts anew in so many seconds: beyond, something is wrong, and all ends
PAUSE = 1  # seconds before one


class Keeper(Manager):  # type: ignore[misc]
    """Ends with the first process that ends, but for the worker's first few times."""

    def __init__(self) -> None:
        super().__init__()
        self._ends = False
        self._again: deque[float] = deque(maxlen=MOST)

    def terminate(self) -> None:
        """What is only starting has no number yet that a signal could be sent to: once it has."""
        self._ends = True
        if super()._all_started():
            super().terminate()

    def _all_started(self) -> bool:
        started: bool = super()._all_started()
        if started and self._ends:
            super().terminate()
        return started

    def _any_stopped(self) -> bool:
        kept = self._processes[KEPT]
        if kept.get("returncode") is not None and not self._ends and self._may_start_again():
            log.error("worker ended, started again", extra={"returncode": kept["returncode"]})
            self._start_again()
            return False
        stopped: bool = super()._any_stopped()
        return stopped

    def _may_start_again(self) -> bool:
        now = time.monotonic()
        if len(self._again) == MOST and now - self._again[0] < WITHIN:
            log.error("worker ended too often, everything stops")
            return False
        self._again.append(now)
        return True

    def _start_again(self) -> None:
        time.sleep(PAUSE)
        kept = self._processes[KEPT]
        del kept["returncode"], kept["pid"]
        self.returncode = None
        kept["process"] = multiprocessing.Process(
            name=KEPT, target=kept["obj"].run, args=(self.events, True)
        )
        kept["process"].start()
