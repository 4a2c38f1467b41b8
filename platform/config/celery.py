"""The Celery application. Every task is a :class:`kernel.jobs.celery.CompanyTask`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("guanjia", task_cls="kernel.jobs.celery:CompanyTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def verify_database(**_kwargs: Any) -> None:
    """Refuse to work where companies could see each other."""
    from config.boot import verify  # noqa: PLC0415 - Django is set up by now, not before

    verify()
