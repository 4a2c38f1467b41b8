"""The kinds of papers with which a company starts, and of whom each is required (PR-60).

Which special goods and services need which licence is law: the Special Equipment Safety Law, the
Regulation on Security Services, the Construction Law. A company adds what its trade takes.
"""

from datetime import datetime
from typing import Final, NamedTuple

from services.procurement.catalogue.models import Category
from services.procurement.vendors.models import PaperKind


class KindEntry(NamedTuple):
    key: str
    name: str
    name_en: str
    is_required: bool = False
    categories: tuple[str, ...] = ()


BUSINESS_LICENCE: Final = "business-licence"
KINDS: Final = (
    KindEntry(BUSINESS_LICENCE, "营业执照", "Business licence", is_required=True),
    KindEntry(
        "lift-licence",
        "特种设备生产许可证（电梯修理）",
        "Special equipment licence (lifts)",
        categories=("FW-DT",),
    ),
    KindEntry("security-licence", "保安服务许可证", "Security licence", categories=("FW-BA",)),
    KindEntry(
        "construction-qualification",
        "建筑业企业资质证书",
        "Construction qualification",
        categories=("FW-GC",),
    ),
    KindEntry(
        "work-safety-licence", "安全生产许可证", "Work safety licence", categories=("FW-GC",)
    ),
    KindEntry(
        "fire-service", "消防技术服务机构证明", "Fire service evidence", categories=("FW-XF",)
    ),
    KindEntry("fire-product", "消防产品认证证书", "Fire product certificate", categories=("XF",)),
    KindEntry("tax-status", "一般纳税人证明", "General taxpayer certificate"),
    KindEntry("quality-system", "质量管理体系认证", "Quality management certificate"),
    KindEntry("authorisation", "法人授权委托书", "Letter of authorisation"),
)


def seed_paper_kinds(_now: datetime) -> None:
    """Give a new company its kinds of papers. Repeatable: those that exist stay as they are.

    Two runs at once end in the same: the second's rows do nothing.
    """
    categories = {row.code: row for row in Category.objects.all()}
    known = set(PaperKind.objects.values_list("key", flat=True))
    missing = [entry for entry in KINDS if entry.key not in known]
    PaperKind.objects.bulk_create(
        (
            PaperKind(
                key=entry.key, name=entry.name, name_en=entry.name_en, is_required=entry.is_required
            )
            for entry in missing
        ),
        ignore_conflicts=True,
    )
    kinds = {kind.key: kind for kind in PaperKind.objects.filter(key__in=[e.key for e in missing])}
    link = PaperKind.categories.through
    link.objects.bulk_create(
        (
            link(paperkind=kinds[entry.key], category=categories[code])
            for entry in missing
            for code in entry.categories
            if code in categories
        ),
        ignore_conflicts=True,
    )
