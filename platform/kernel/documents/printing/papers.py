"""The papers that every company prints, whatever it manages."""

from pathlib import Path

from kernel.documents.printing.kinds import COMPANY, Field, PrintKind
from kernel.text import _, _p

_FOLDER = Path(__file__).parent / "standard"

LETTER = PrintKind(
    key="letter",
    name=_("Letter"),
    folder=_FOLDER,
    fields={
        "company": COMPANY,
        "number": Field(_("Number"), "QINGHE-H-2026-010"),
        "addressee": Field(_("Addressee"), "云麓花园业主委员会"),
        "subject": Field(_("Subject"), "关于电梯年度检验的函"),
        "signer": Field(_("Signed by"), "管理处经理 方启明"),
        "day": Field(_("Date"), "2026年11月20日"),
    },
    blocks={
        "body": Field(
            _("Text"),
            "　　贵委员会来函收悉。本小区电梯将于下列时间进行年度检验：\n"
            "| 楼栋 | 时间 |\n|---|---|\n| 3栋 | 11月25日 9:00 |\n　　检验期间请使用备用电梯。",
        )
    },
)
CASE = PrintKind(
    key="approval-case",
    name=_("Approval sheet"),
    folder=_FOLDER,
    fields={
        "company": COMPANY,
        "title": Field(_("Title"), "物业服务费减免"),
        "number": Field(_("Number"), "SP-2026-0087"),
        "applicant": Field(_("Applicant"), "周婷（收费员）"),
        "applied_at": Field(_("Applied at"), "2026-11-09 10:00"),
        "state": Field(_("State"), "已批准"),
    },
    lists={
        "facts": (
            _("Facts"),
            {"name": _p("of a thing", "Name"), "value": _("Value")},
            [{"name": "房号", "value": "3栋2单元1602"}, {"name": "金额", "value": "994.22 元"}],
        ),
        "steps": (
            _("Signatures"),
            {
                "step": _("Step"),
                "person": _p("who signed", "Person"),
                "decision": _("Decision"),
                "opinion": _("Opinion"),
                "at": _("Time"),
            },
            [
                {
                    "step": "物业总经理",
                    "person": "方启明",
                    "decision": "同意",
                    "opinion": "情况属实。",
                    "at": "2026-11-10 09:12",
                }
            ],
        ),
    },
)
MANUAL = PrintKind(
    key="manual",
    name=_("Controlled document"),
    folder=_FOLDER,
    fields={
        "company": COMPANY,
        "number": Field(_("Number"), "JYHT-KF-10"),
        "title": Field(_("Title"), "客户投诉处理规程"),
        "edition": Field(_("Edition"), "A"),
        "revision": Field(_("Revision"), "1"),
        "prepared": Field(_("Prepared by"), "赵敏"),
        "reviewed": Field(_("Reviewed by"), "李建国"),
        "approved": Field(_("Approved by"), "方启明"),
        "day": Field(_("In force from"), "2026-11-20"),
        "state": Field(_("State"), "受控"),
        "copy": Field(_("Copy"), "第 7 号  王五"),
    },
    lists={
        "changes": (
            _("Revisions"),
            {
                "mark": _("Revision"),
                "day": _("Date"),
                "chapter": _("Chapter"),
                "change": _p("what was changed", "Change"),
                "signatures": _("Signatures"),
            },
            [
                {
                    "mark": "A0",
                    "day": "2025-01-10",
                    "chapter": "全部",
                    "change": "首次发布",
                    "signatures": "赵敏 / 李建国 / 方启明",
                },
                {
                    "mark": "A1",
                    "day": "2026-11-20",
                    "chapter": "5.2",
                    "change": "回访时限改为 24 小时",
                    "signatures": "赵敏 / 李建国 / 方启明",
                },
            ],
        ),
    },
    blocks={
        "body": Field(
            _("Text"),
            "## 1 目的\n　　规范客户投诉的受理、处理与回访。\n"
            "## 5.2 回访\n　　投诉关闭后 24 小时内回访。",
        )
    },
)
STANDARD = (LETTER, CASE, MANUAL)
