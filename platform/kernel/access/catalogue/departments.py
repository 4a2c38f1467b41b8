"""The departments a company starts with."""

from kernel.access.catalogue.kinds import Department

DEPARTMENTS: dict[str, Department] = {
    "CS": Department("客服部", "Customer service", "SH-01"),
    "ENG": Department("工程维修部", "Engineering maintenance", "SH-01"),
    "SEC": Department("秩序维护部", "Order maintenance", "SH-01"),
    "ENV": Department("环境部", "Environment", "SH-01"),
    "CHG": Department("收费室", "Charging office", "SH-01"),
    "FIN": Department("财务科", "Finance", "000/7"),
    "OFF": Department("综合办", "General office", "000/7"),
}
