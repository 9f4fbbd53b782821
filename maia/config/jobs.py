"""Every kind of job, and what does it: `maia/jobs` runs them and knows none."""

from collections.abc import Mapping

from maia.jobs.working import Run
from maia.patients import import_jobs
from maia.privacy import imports

KINDS: Mapping[str, Run] = {
    import_jobs.READ: import_jobs.run_read,
    import_jobs.IMPORT: imports.run_import,
    import_jobs.UNDO: imports.run_undo,
}
