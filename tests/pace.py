"""How much slower the machine is just now than it could be, for the tests that hold seconds."""

import time

PATIENCE = 300.0  # seconds for what has to come, on a machine that has much else to do


def busy(seconds: float) -> float:
    """That many seconds of an idle machine, in those of this one: on two cores with eight others that
    never rest, five times as many. Asked before and after what is measured, it is the larger."""
    return seconds * max(_stretch() for _ in range(3))


def _stretch() -> float:
    """Seconds that pass while a little is reckoned, for each second of the processor it takes."""
    wall, processor = time.perf_counter(), time.process_time()
    while time.process_time() - processor < 0.02:
        pass
    return max(1.0, (time.perf_counter() - wall) / (time.process_time() - processor))
