"""Imports of patients, and the line that each leaves in the journal, in the same transaction."""

from maia.jobs.models import Job
from maia.jobs.working import Progress
from maia.patients import import_jobs
from maia.privacy.journal import Act, note_import


def run_import(job: Job, progress: Progress) -> None:
    import_jobs.run_import(
        job, progress, then=lambda done, now: note_import(Act.IMPORTED, done, job.asked_by, now=now)
    )


def run_undo(job: Job, progress: Progress) -> None:
    import_jobs.run_undo(
        job,
        progress,
        then=lambda done, now: note_import(Act.IMPORT_UNDONE, done, job.asked_by, now=now),
    )
