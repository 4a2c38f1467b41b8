"""Reads of background work."""

from kernel.access.actors import Actor
from kernel.errors import NotFound
from kernel.jobs.models import Job, JobState


def get_job(*, actor: Actor, job_id: int) -> Job:
    """Return a job that the actor started, or that belongs to a project he sees.

    :raises NotFound: otherwise.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not _is_in_sight(actor, job):
        raise NotFound
    return job


def latest(*, kind: str, state: JobState | None = None) -> Job | None:
    """Return the newest job of a kind, if there is one. The caller has checked access."""
    jobs = Job.objects.filter(kind=kind)
    if state is not None:
        jobs = jobs.filter(state=state)
    return jobs.order_by("-pk").first()


def _is_in_sight(actor: Actor, job: Job) -> bool:
    if actor.is_system or (actor.user_id is not None and job.created_by == actor.user_id):
        return True
    return job.project_id is not None and actor.sees(job.project_id)
