"""The Celery application. Every task is a :class:`kernel.jobs.celery.CompanyTask`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("guanjia", task_cls="kernel.jobs.celery:CompanyTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
