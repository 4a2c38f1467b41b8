import pytest

from kernel.access.actors import Actor
from services.properties.models import Project
from tests.factories import NOW, add_actor


@pytest.fixture
def project(tenant: object) -> Project:
    return Project.objects.create(code="YL", name="云麓花园", created_at=NOW)


@pytest.fixture
def director(project: Project) -> Actor:
    return add_actor("zhao", "charging_director", project_id=project.pk)
