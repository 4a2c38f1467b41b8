from collections.abc import Iterator

import pytest

from kernel.access.actors import Actor
from kernel.imports import importer, tasks
from kernel.jobs import registry
from services.properties.models import Project
from tests.factories import NOW, add_actor
from tests.kernel.imports.buildings import BuildingImporter


@pytest.fixture(autouse=True)
def _small_importer() -> Iterator[None]:
    assert tasks.commit is registry.handler_of("imports.commit")  # as in a worker
    importer.register(BuildingImporter())
    yield
    importer._IMPORTERS.pop(BuildingImporter.kind)


@pytest.fixture
def project(tenant: object) -> Project:
    return Project.objects.create(code="YL", name="云麓花园", created_at=NOW)


@pytest.fixture
def director(project: Project) -> Actor:
    return add_actor("zhao", "charging_director", project_id=project.pk)
