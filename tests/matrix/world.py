"""Two projects of one company and the same in another company, every text in them marked.

The numbers of the second company's rows are those of the first's (both schemas count from 1), so
that an id of one always names something in the other.
"""

from dataclasses import dataclass
from typing import Any

from django_tenants.utils import tenant_context

from kernel.access.models import User
from kernel.access.passwords import make_link_token
from tenants.companies.models import Company
from tests.matrix.company_rows import add_company_rows
from tests.matrix.marks import FOREIGN, OTHER, OWN, Ids
from tests.matrix.people import add_people, session_of, token_of
from tests.matrix.project_rows import add_project_rows, let_live_in


@dataclass
class World:
    alpha: Company
    beta: Company
    own: Ids
    other: Ids
    foreign: Ids
    users: dict[str, User]
    sessions: dict[str, str]  # what the cookie holds
    tokens: dict[str, str]
    links: dict[str, str]  # to set a password, by company
    company_wide: dict[str, Any]  # ids and words of addresses that belong to no project

    def own_values(self) -> dict[str, Any]:
        """Return what fills any address with the visitor's own project."""
        return {**self.company_wide, **self.own.numbers}


def build(alpha: Company, beta: Company) -> World:
    """Make everything; the caller rolls back."""
    with tenant_context(alpha):
        own, other = add_project_rows(OWN, "PA", "71.13"), add_project_rows(OTHER, "PB", "73.19")
        users = add_people(own, other)
        let_live_in(own, other)
    with tenant_context(beta):
        foreign = add_project_rows(FOREIGN, "PA", "79.37")
        for name, user in add_people(foreign, foreign).items():
            # The same key and password digest as in alpha, on purpose.
            password = users[name].password
            User.objects.filter(pk=user.pk).update(name=f"{FOREIGN} {name}", password=password)
        users["foreign"] = User.objects.get(username="one")
    world = World(alpha, beta, own, other, foreign, users, {}, {}, {}, {})
    for name, user in users.items():
        with tenant_context(beta if name == "foreign" else alpha):
            world.sessions[name] = session_of(user)
            world.tokens[name] = token_of(user)
    with tenant_context(alpha):
        world.links["alpha"] = make_link_token(User.objects.get(username="nobody"))
        world.company_wide = add_company_rows(users, own, alpha, world.links["alpha"])
    with tenant_context(beta):
        world.links["beta"] = make_link_token(User.objects.get(username="nobody"))
    return world
