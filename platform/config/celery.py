"""The Celery application. Every task is a :class:`kernel.jobs.celery.CompanyTask`."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("guanjia", task_cls="kernel.jobs.celery:CompanyTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def verify_database(**_kwargs: Any) -> None:
    """Refuse to work where companies could see each other."""
    from config.boot import verify  # noqa: PLC0415 - Django is set up by now, not before

    verify()


@task_prerun.connect
def name_company(kwargs: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    """Name the company of the message in log lines and reports of the task.

    What Celery and Sentry write of a failure they write when the task has left its company.
    """
    from config.observability import logs, sentry  # noqa: PLC0415 - as above

    schema = (kwargs or {}).get("schema")
    logs.bind(schema=str(schema)[:20])
    sentry.name_task(schema)


@task_postrun.connect
def forget_company(**_kwargs: Any) -> None:
    """Leave nothing of a task to the next one of this process."""
    from config.observability import logs, sentry  # noqa: PLC0415 - as above

    logs.unbind("schema")
    sentry.forget_task()
