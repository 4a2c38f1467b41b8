"""Whose a row is: the words in every text of a project or company, and the rows' numbers."""

from dataclasses import dataclass, field
from datetime import date

from services.properties.models import Project

# In every name of a project or company but the visitor's own. Latin letters only: what a page
# shows of them is never shortened, translated or escaped. Long enough to be in no secret by chance.
OTHER, FOREIGN = "qzxother", "qzxforeign"
OWN = "qzxownown"
MONTH = date(2026, 10, 1)
# Whoever holds them all in one project may do there whatever is done in a project.
PROJECT_POSTS = (
    "charging_director",
    "property_manager",
    "collector",
    "meter_reader",
    "front_desk",
    "mo_manager",
)
# Whoever holds them all may do whatever is done in the whole company about buying.
BUYING_POSTS = (
    "buyer",
    "materials_keeper",
    "general_office",
    "company_gm",
    "finance_head",
    "cashier",
)


@dataclass
class Ids:
    """The rows of one project, by the name that addresses and fields give them."""

    mark: str
    project: Project
    numbers: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]
