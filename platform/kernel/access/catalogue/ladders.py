"""The five ladders that the sources show (02, section 2.1): who reports to whom, by which name.

A template tells where it differs from the catalogue's own lines, which are those of ladder A. A
post that none of a ladder's source speaks of keeps the catalogue's line. Names are the company's
words, so they are stored in both languages and not translated here.
"""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from kernel.access.catalogue.kinds import Place, Post
from kernel.access.catalogue.posts import POSTS


class Ladder(NamedTuple):
    """``lines`` and ``names`` of posts that differ, ``posts`` that the catalogue does not have."""

    key: str
    name: str
    name_en: str
    source: str
    # The rungs from the top, as the handbook draws them: posts of one rung stand together.
    rungs: tuple[tuple[str, ...], ...]
    lines: Mapping[str, str | None] = MappingProxyType({})
    names: Mapping[str, tuple[str, str]] = MappingProxyType({})
    posts: Mapping[str, Post] = MappingProxyType({})

    def seeds(self) -> dict[str, Post]:
        """Return every post of the ladder, those of the catalogue first."""
        return {**POSTS, **self.posts}

    def above(self, key: str) -> str | None:
        """Return to which post one of the ladder reports."""
        return self.lines[key] if key in self.lines else self.seeds()[key].reports_to

    def nearest_above(self, key: str, in_use: Container[str]) -> str | None:
        """Return the nearest post above one of the ladder that is in use."""
        above = self.above(key)
        while above is not None and above not in in_use:
            above = self.above(above)
        return above

    def name_of(self, key: str) -> tuple[str, str]:
        """Return what the ladder calls a post, in both languages."""
        seed = self.seeds()[key]
        return self.names.get(key, (seed.name, seed.name_en))


_ALL: Final = (
    Ladder(
        "A",
        "项目管理型",
        "Manual-style project",
        "002/1, 002/4.1–4.6, 002/5.1 §3.5c",
        rungs=(
            ("company_gm",),
            ("deputy_gm",),
            ("property_dept_manager",),
            ("mo_manager",),
            ("mo_deputy", "night_duty_officer"),
            (
                "cs_supervisor",
                "maintenance_supervisor",
                "security_supervisor",
                "environment_supervisor",
            ),
            ("front_desk", "collector", "internal_clerk", "steward", "property_supervisor"),
        ),
    ),
    # The parent's general office and finance stand beside the line, not in it: a post reports to
    # one post only, and what they verify goes to the leader in charge (000/7 Art.15).
    Ladder(
        "B",
        "集团财务型",
        "Group finance",
        "000/7",
        rungs=(
            ("chairman",),
            ("deputy_gm",),
            ("general_office", "finance_head"),
            ("cashier", "sales_accountant"),
            ("property_manager",),
            ("charging_director", "security_supervisor"),
            ("community_head", "collector", "meter_reader", "gate_guard"),
        ),
        lines=MappingProxyType(
            {
                "deputy_gm": "chairman",
                "property_manager": "deputy_gm",
                "community_head": "charging_director",
                "collector": "charging_director",
                "security_supervisor": "property_manager",
                "gate_guard": "security_supervisor",
            }
        ),
        names=MappingProxyType(
            {
                "deputy_gm": ("主管领导", "Leader in charge"),
                "security_supervisor": ("秩序维护负责人", "Head of order maintenance"),
            }
        ),
    ),
    Ladder(
        "C",
        "小型管理处型",
        "Small office",
        "000/10, 001/4",
        rungs=(
            ("mo_manager",),
            ("mo_director",),
            (
                "cs_supervisor",
                "maintenance_supervisor",
                "security_supervisor",
                "environment_supervisor",
                "maintenance_team_leader",
                "security_team_leader",
                "environment_team_leader",
            ),
            ("steward", "technician"),
        ),
        lines=MappingProxyType(
            dict.fromkeys(
                (
                    "cs_supervisor",
                    "maintenance_supervisor",
                    "security_supervisor",
                    "environment_supervisor",
                    "maintenance_team_leader",
                    "security_team_leader",
                    "environment_team_leader",
                ),
                "mo_director",
            )
        ),
        names=MappingProxyType(
            {
                "mo_director": ("办公室主任", "Office director"),
                "steward": ("物管员", "Property officer"),
            }
        ),
    ),
    Ladder(
        "D",
        "集团汇报型",
        "Group escalation",
        "001/2",
        rungs=(
            ("board_leader",),
            ("deputy_gm", "board_office", "gm_office", "developer_cs"),
            ("mo_manager",),
            (
                "cs_supervisor",
                "maintenance_supervisor",
                "security_supervisor",
                "environment_supervisor",
            ),
            ("front_desk", "steward", "technician"),
        ),
        lines=MappingProxyType({"deputy_gm": "board_leader", "mo_manager": "deputy_gm"}),
        names=MappingProxyType(
            {
                "deputy_gm": ("物业公司主管领导", "Property company's leader in charge"),
                "mo_manager": ("管理处负责人", "Head of the management office"),
            }
        ),
        # 001/2: to these, reports go.
        posts=MappingProxyType(
            {
                "board_office": Post(
                    "董事办专员", "Board office", Place.COMPANY, "board_leader", "001/2"
                ),
                "gm_office": Post(
                    "总经办专员", "General manager's office", Place.COMPANY, "company_gm", "001/2"
                ),
                "developer_cs": Post(
                    "地产客服专员",
                    "Developer's customer service",
                    Place.COMPANY,
                    "real_estate_gm",
                    "001/2",
                ),
            }
        ),
    ),
    Ladder(
        "E",
        "采购型",
        "Purchasing",
        "000/16",
        rungs=(
            ("chairman",),
            ("company_gm", "real_estate_gm", "property_manager"),
            ("buyer", "materials_keeper", "finance_head"),
        ),
        lines=MappingProxyType({"property_manager": "chairman", "finance_head": "company_gm"}),
        names=MappingProxyType(
            {
                "chairman": ("董事长(法人)", "Chairman (legal person)"),
                "property_manager": ("物业总经理", "Property general manager"),
            }
        ),
    ),
)

LADDERS: Final[Mapping[str, Ladder]] = MappingProxyType({ladder.key: ladder for ladder in _ALL})
