"""The categories with which a company starts; it changes them as it likes.

Classes A and B of the handbook (000/16 section 3), what a property company's workshop uses, and
services that are bought from outside (000/14 sections 5 and 9).
"""

from datetime import datetime
from typing import Final, NamedTuple

from services.procurement.catalogue.models import Category


class CategoryEntry(NamedTuple):
    code: str
    name: str
    name_en: str
    parent: str = ""


CATEGORIES: Final = (
    CategoryEntry("BG", "办公用品", "Office supplies"),
    CategoryEntry("BG-DN", "电脑耗材", "Computer supplies", "BG"),
    CategoryEntry("LB", "劳保用品", "Labour protection goods"),
    CategoryEntry("RY", "日用消耗品", "Daily consumables"),
    CategoryEntry("QJ", "清洁用品", "Cleaning materials"),
    CategoryEntry("SB", "办公设备", "Office equipment"),
    CategoryEntry("JJ", "家具", "Furniture"),
    CategoryEntry("WX", "维修材料", "Maintenance materials"),
    CategoryEntry("WX-WJ", "五金工具", "Hardware and tools", "WX"),
    CategoryEntry("WX-DG", "电工材料", "Electrical materials", "WX"),
    CategoryEntry("WX-SN", "水暖管件", "Plumbing materials", "WX"),
    CategoryEntry("WX-TJ", "土建材料", "Building materials", "WX"),
    CategoryEntry("XF", "消防器材", "Fire equipment"),
    CategoryEntry("LH", "绿化养护", "Plants and gardening"),
    CategoryEntry("JD", "机电设备", "Mechanical and electrical equipment"),
    CategoryEntry("JD-BJ", "设备备件", "Spare parts", "JD"),
    CategoryEntry("FW", "外包服务", "Outsourced services"),
    CategoryEntry("FW-BJ", "保洁服务", "Cleaning service", "FW"),
    CategoryEntry("FW-BA", "保安服务", "Security service", "FW"),
    CategoryEntry("FW-DT", "电梯维保", "Lift maintenance", "FW"),
    CategoryEntry("FW-XF", "消防维保", "Fire system maintenance", "FW"),
    CategoryEntry("FW-LH", "绿化服务", "Gardening service", "FW"),
    CategoryEntry("FW-GC", "工程施工", "Construction work", "FW"),
    CategoryEntry("FW-ZJ", "中介服务", "Intermediary services", "FW"),
)


def seed_categories(_now: datetime) -> None:
    """Give a new company its categories. Repeatable: those that exist are left as they are.

    Two runs at once end in the same: the second's rows do nothing.
    """
    for is_below in (False, True):  # those above stand before those below
        known = {row.code: row for row in Category.objects.all()}
        Category.objects.bulk_create(
            (
                Category(
                    code=entry.code,
                    name=entry.name,
                    name_en=entry.name_en,
                    parent=known.get(entry.parent),
                )
                for entry in CATEGORIES
                if bool(entry.parent) == is_below and entry.code not in known
            ),
            ignore_conflicts=True,
        )
