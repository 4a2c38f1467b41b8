"""The base of every Celery task: it runs in the company named in its message, or not at all."""

from typing import Any

import structlog
from celery import Task
from celery.exceptions import Reject
from django.db import connection
from django_tenants.utils import get_public_schema_name, get_tenant_model, tenant_context

from kernel import policies
from kernel.tenancy import current_schema, public


class CompanyTask(Task[Any, Any]):
    """Takes ``schema`` from the keyword arguments and puts that company in force.

    A message without a schema, of an unknown or a suspended company is refused for good; whatever
    the worker's connection was left in is not trusted.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        schema = kwargs.get("schema")
        if args or not isinstance(schema, str):
            raise Reject("a task names its schema and takes keywords only", requeue=False)
        if schema == get_public_schema_name():
            with public():
                return self._run_checked(schema, kwargs)
        with public():
            company = get_tenant_model().objects.filter(schema_name=schema).first()
        if company is None or not company.accepts_work:
            raise Reject("no such company at work", requeue=False)
        with tenant_context(company):
            return self._run_checked(schema, kwargs)

    def _run_checked(self, schema: str, kwargs: dict[str, Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            (in_force,) = cursor.fetchone()
        if in_force != schema or current_schema() != schema:
            raise Reject(f"the schema in force is {in_force}", requeue=False)
        with (
            structlog.contextvars.bound_contextvars(task=self.name, task_id=self.request.id),
            policies.reading_once(),
        ):
            return self.run(**kwargs)
