"""Every kind of job, and what does it: `maia/jobs` runs them and knows none."""

from collections.abc import Mapping

from maia.jobs.working import Run

KINDS: Mapping[str, Run] = {}
