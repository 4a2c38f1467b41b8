"""The importer of a month's meter readings (抄表记录)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.access import Action
from kernel.errors import Invalid, NotFound
from kernel.imports import bulk, changes
from kernel.imports.importer import Context, Findings, Importer, ImportField, Plan, Table
from kernel.imports.models import ImportBatch
from kernel.tabular import clean
from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import squeeze
from kernel.tenancy import company_day
from kernel.text import _
from services.billing.metering import queries
from services.billing.metering.models import Reading, ReadingFault
from services.billing.metering.operations.record import (
    judge_following,
    judge_month,
    record_readings,
)
from services.billing.metering.queries import Outcome, ReadingEntry
from services.properties.imports import rooms
from services.properties.imports.fields import is_nothing
from services.properties.models import Meter, MeterKind, Project, Unit

_KIND_WORDS = {
    MeterKind.COLD_WATER: "水表 冷水 冷水表 自来水 水 water coldwater",
    MeterKind.HOT_WATER: "热水 热水表 hotwater",
    MeterKind.ELECTRICITY: "电表 电 用电 electricity power",
    MeterKind.GAS: "燃气 燃气表 煤气 天然气 气表 气 gas",
    MeterKind.HEAT: "热力 热力表 供热 暖气 采暖 heat heating",
}
_KINDS = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
# The letter that ends the number of a meter whose file does not number it.
_LETTERS = {
    MeterKind.COLD_WATER: "W",
    MeterKind.HOT_WATER: "R",
    MeterKind.ELECTRICITY: "E",
    MeterKind.GAS: "G",
    MeterKind.HEAT: "H",
}


class UsageMonthMissing(Invalid):
    code = "metering.usage-month-missing"


class MeterKindUnknown(Invalid):
    code = "metering.meter-kind-unknown"


@dataclass(frozen=True, slots=True)
class _Row:
    """An accepted row: its meter, known or to be made, and what was read."""

    index: int
    meter_id: int | None
    new_code: str
    entry: ReadingEntry


@dataclass(slots=True)
class _Work:
    rows: list[_Row] = field(default_factory=list)
    # By code: the unit, the kind and the multiplier of a meter to be made.
    meters: dict[str, tuple[int, str, Decimal]] = field(default_factory=dict)


class MeterReadingsImporter(Importer):
    """Rows of meters with what they showed; meters that do not exist yet are made.

    Whoever may record readings may register the meter he stands before, in a room there is.
    """

    kind = "meter-readings"
    name = _("Meter readings")
    action = Action.READING_RECORD
    fields = (
        ImportField(
            "meter",
            _("Meter number"),
            ("表号", "表计编号", "水表号", "电表号", "气表号", "表编号", "表具编号", "仪表编号",
             "meter", "meter no", "meter number"),
        ),
        ImportField(
            "room",
            _("Room number"),
            ("房号", "房间号", "房屋编号", "室号", "房间", "房屋", "门牌号", "房产编号", "room",
             "room no", "unit"),
        ),
        ImportField("building", _("Building"), ("楼栋", "楼号", "幢号", "栋号", "building")),
        ImportField("entrance", _("Entrance"), ("单元", "单元号", "entrance")),
        ImportField(
            "kind", _("Kind of meter"), ("表类型", "表计类型", "仪表类型", "类型", "meter kind")
        ),
        ImportField(
            "previous",
            _("Previous reading"),
            ("上次读数", "上期读数", "上月读数", "起始读数", "期初读数", "起度", "上次表数", "上次",
             "previous", "previous reading"),
            unlike=("日期", "date"),
        ),
        ImportField(
            "current",
            _("Current reading"),
            ("本次读数", "本期读数", "本月读数", "终止读数", "期末读数", "止度", "本次表数", "本次",
             "抄表读数", "读数", "current", "current reading", "reading"),
            is_required=True,
            unlike=("日期", "上次", "上期", "上月", "date", "previous"),
        ),
        ImportField(
            "read_on",
            _("Read on"),
            ("抄表日期", "抄表时间", "读数日期", "抄表日", "日期", "read on", "date"),
            unlike=("上次", "上期"),
        ),
        ImportField("reader", _("Reader"), ("抄表人", "抄表员", "抄表人员", "reader", "read by")),
        ImportField("multiplier", _("Multiplier"), ("倍率", "倍数", "multiplier")),
        ImportField("note", _("Note"), ("备注", "说明", "note", "remarks")),
    )  # fmt: skip
    essential = ("meter", "room")
    creates = (Meter, Reading)
    races = frozenset({"meter_code_once", "reading_month_once"})
    objects = {
        "readings": _("Readings"),
        "meters": _("New meters"),
        "exceptions": _("On the exception list"),
    }
    messages = {
        "meter-or-room-missing": _("Neither a meter nor a room is named"),
        "room-unknown": _("There is no room %(raw)s in this project"),
        "meter-of-another-room": _("The meter belongs to room %(room)s, not to %(raw)s"),
        "multiplier-differs": _(
            "%(field)s is %(raw)s here and %(multiplier)s in the registry: correct the wrong one"
        ),
        "meter-ambiguous": _("The room has several meters of this kind: give the meter's number"),
        "meter-unknown": _("There is no such meter in this project: %(raw)s"),
        "meter-out-of-use": _("Meter %(raw)s is out of use"),
        "meter-twice": _("Meter %(raw)s is in the file twice"),
        "value-invalid": _("A reading lies between 0 and 9,999,999,999.99, with two decimals"),
        "previous-unknown": _("The previous reading is not known: give it as well"),
        "billed": _("This reading is billed and stands. Reverse the bill first."),
        "to-be-resolved": _("Goes on the exception list: %(faults)s"),
    }

    def check_project(self, project_id: int) -> None:
        if not Project.objects.filter(pk=project_id).exists():
            raise NotFound

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``usage_month`` as its first day and ``meter_kind``, cold water if not given.

        :raises UsageMonthMissing: if the month is missing or is none.
        :raises MeterKindUnknown: if there is no such kind of meter.
        """
        try:
            month = date.fromisoformat(f"{str(options.get('usage_month', ''))[:7]}-01")
        except ValueError as error:
            raise UsageMonthMissing(
                _("Give the month of usage, as in 2026-10."), field="usage_month"
            ) from error
        kind = options.get("meter_kind") or MeterKind.COLD_WATER
        if kind not in MeterKind.values:
            raise MeterKindUnknown(_("There is no such kind of meter."), field="meter_kind")
        return {"usage_month": month.isoformat(), "meter_kind": str(kind)}

    def missing_fields(self, mapping: Mapping[str, int]) -> list[str]:
        missing = super().missing_fields(mapping)
        return missing if {"meter", "room"} & mapping.keys() else ["meter", *missing]

    def hold(self, project_id: int) -> None:
        Project.objects.select_for_update(no_key=True).get(pk=project_id)

    def words(self, params: Mapping[str, Any]) -> dict[str, Any]:
        shown = super().words(params)
        if "faults" in shown:
            faults = str(shown["faults"]).split(",")
            shown["faults"] = ", ".join(str(ReadingFault(fault).label) for fault in faults)
        return shown

    def plan(self, table: Table, findings: Findings, context: Context) -> Plan:
        work = _Reader(findings, context).read()
        assessment = queries.assess_month(
            project_id=context.project_id,
            usage_month=_month(context.options),
            entries=[row.entry for row in work.rows],
        )
        outcomes: dict[str, int] = defaultdict(int)
        exceptions = 0
        accepted = []
        for row, assessed in zip(work.rows, assessment.entries, strict=True):
            if assessed.refusal is not None:
                shown = table.column("meter")[row.index]
                findings.reject(row.index, "current", str(assessed.refusal), shown)
                continue
            accepted.append(row)
            outcomes[assessed.outcome] += 1
            if assessed.verdict is not None and assessed.verdict.faults:
                exceptions += 1
                faults = ",".join(assessed.verdict.faults)
                findings.note(row.index, "current", "to-be-resolved", faults=faults)
        work.rows = accepted
        made = {row.new_code for row in accepted if row.new_code}
        work.meters = {code: meter for code, meter in work.meters.items() if code in made}
        return Plan(
            created=outcomes[Outcome.CREATED],
            changed=outcomes[Outcome.CHANGED],
            unchanged=outcomes[Outcome.UNCHANGED],
            objects={
                "readings": outcomes[Outcome.CREATED],
                "meters": len(work.meters),
                "exceptions": exceptions,
            },
            work=work,
        )

    def apply(self, plan: Plan, context: Context) -> None:
        work: _Work = plan.work
        ids = dict(zip(work.meters, bulk.reserve_ids(Meter, len(work.meters)), strict=True))
        bulk.copy_rows(
            Meter,
            ("id", "project", "unit", "kind", "code", "multiplier", "is_active", "import_batch_id"),
            (
                (ids[code], context.project_id, unit_id, kind, code, multiplier, True,
                 context.batch_id)
                for code, (unit_id, kind, multiplier) in work.meters.items()
            ),
        )  # fmt: skip
        recorded = record_readings(
            actor=context.actor,
            project_id=context.project_id,
            usage_month=_month(context.options),
            rows=[_with_meter(row, ids) for row in work.rows],
            now=context.now,
            today=company_day(context.now),
            import_batch_id=context.batch_id,
        )
        changes.remember(context.batch_id, Reading, recorded.before)

    def more_dependents(self, batch: ImportBatch) -> dict[str, int]:
        held = queries.held_meters(project_id=batch.project_id, usage_month=_month(batch.options))
        count = Reading.objects.filter(import_batch_id=batch.pk, meter_id__in=list(held)).count()
        return {str(_("billed readings")): count}

    def after_undo(self, batch: ImportBatch, context: Context) -> None:
        """Judge the rest of the month anew: its median has changed."""
        month = _month(batch.options)
        judge_month(project_id=batch.project_id, usage_month=month)
        meters = Reading.objects.filter(project_id=batch.project_id, usage_month__gt=month)
        judge_following(
            project_id=batch.project_id,
            meter_ids=set(meters.values_list("meter_id", flat=True)),
            after=month,
        )


class _Reader:
    """Cleans the rows and finds each one's meter."""

    def __init__(self, findings: Findings, context: Context) -> None:
        self._findings = findings
        self._options = context.options
        self._namer = rooms.RoomNamer()
        units = Unit.objects.filter(project_id=context.project_id)
        self._units: dict[str, int] = {}
        self._unit_codes: dict[int, str] = {}
        for key, pk, code in units.values_list("sort_key", "pk", "code"):
            self._units[key] = pk
            self._unit_codes[pk] = code
        self._meters: dict[str, Meter] = {}
        self._meters_of: dict[tuple[int, str], list[Meter]] = defaultdict(list)
        for meter in Meter.objects.filter(project_id=context.project_id).select_related("unit"):
            self._meters[meter.code.casefold()] = meter
            if meter.is_active:
                self._meters_of[meter.unit_id, meter.kind].append(meter)
        self._work = _Work()

    def read(self) -> _Work:
        findings = self._findings
        codes = findings.cleaned("meter", _code)
        places = list(
            zip(
                findings.cleaned("building", clean.text),
                findings.cleaned("entrance", clean.text),
                findings.cleaned("room", clean.text),
                strict=True,
            )
        )
        kinds = findings.cleaned("kind", _kind)
        previous = findings.cleaned("previous", _reading)
        current = findings.cleaned("current", _reading)
        days = findings.cleaned("read_on", clean.day)
        readers = findings.cleaned("reader", clean.person_name, rejects=False)
        multipliers = findings.cleaned("multiplier", _multiplier)
        notes = findings.cleaned("note", clean.text, rejects=False)
        rows_of: dict[str | int, int] = {}
        for index in range(len(findings.table.rows)):
            kind = kinds[index] or self._options["meter_kind"]
            found = self._meter(index, codes[index], places[index], kind, multipliers[index])
            if found is None or index in findings.rejected:
                continue
            meter_id, new_code = found
            number = findings.table.numbers[index]
            first = rows_of.setdefault(new_code or meter_id or 0, number)
            if first != number:
                findings.reject(index, "meter", "duplicate-row", row=first)
                continue
            entry = ReadingEntry(
                meter_id=meter_id,
                previous=previous[index],
                current=current[index],
                read_on=days[index],
                reader_name=(readers[index] or "")[:60],
                note=(notes[index] or "")[:200],
                kind=kind,
                multiplier=self._work.meters[new_code][2] if new_code else Decimal(1),
            )
            self._work.rows.append(_Row(index, meter_id, new_code, entry))
        return self._work

    def _meter(
        self,
        index: int,
        code: str | None,
        place: tuple[str | None, str | None, str | None],
        kind: str,
        multiplier: Decimal | None,
    ) -> tuple[int | None, str] | None:
        """Return the id of the row's meter, or the code of the one to be made; None if neither."""
        known = self._meters.get(code.casefold()) if code else None
        unit = self._unit(*place)
        if place[2] and unit is None and known is None:
            self._findings.reject(index, "room", "room-unknown", "".join(filter(None, place)))
            return None
        if known is not None:
            return self._known_meter(index, known, unit, place[2], multiplier)
        if unit is None:
            reason = "meter-unknown" if code else "meter-or-room-missing"
            self._findings.reject(index, "meter", reason, code)
            return None
        return self._meter_of_unit(index, unit, code, kind, multiplier)

    def _known_meter(
        self,
        index: int,
        meter: Meter,
        unit_id: int | None,
        room: str | None,
        multiplier: Decimal | None,
    ) -> tuple[int, str] | None:
        """Return a registered meter, unless the row says something else of it."""
        if unit_id is not None and unit_id != meter.unit_id:
            self._findings.reject(
                index, "room", "meter-of-another-room", room, room=meter.unit.label
            )
            return None
        if multiplier is not None and multiplier != meter.multiplier:
            self._findings.reject(
                index,
                "multiplier",
                "multiplier-differs",
                multiplier,
                multiplier=f"{meter.multiplier.normalize():f}",
            )
            return None
        return meter.pk, ""

    def _meter_of_unit(
        self, index: int, unit_id: int, code: str | None, kind: str, multiplier: Decimal | None
    ) -> tuple[int | None, str] | None:
        if code is None:
            present = self._meters_of[unit_id, kind]
            if len(present) == 1:
                return self._known_meter(index, present[0], unit_id, None, multiplier)
            if present:
                self._findings.reject(index, "meter", "meter-ambiguous")
                return None
            code = f"{self._unit_codes[unit_id]}-{_LETTERS[MeterKind(kind)]}"
        self._work.meters.setdefault(code, (unit_id, kind, multiplier or Decimal(1)))
        return None, code

    def _unit(self, building: str | None, entrance: str | None, room: str | None) -> int | None:
        if not room:
            return None
        try:
            if building:
                building, entrance = rooms.split_place(building, entrance or "")
                building, entrance, room = rooms.within(building, entrance, room)
            else:
                building, split_entrance, room = rooms.split(room)
                entrance = entrance or split_entrance
            name = self._namer.name(building, entrance or "", room)
        except (Invalid, rooms.AnotherPlace):
            return None
        return self._units.get(name.sort_key)


def _with_meter(row: _Row, ids: Mapping[str, int]) -> ReadingEntry:
    entry = row.entry
    return ReadingEntry(
        meter_id=row.meter_id or ids[row.new_code],
        current=entry.current,
        read_on=entry.read_on,
        previous=entry.previous,
        reader_name=entry.reader_name,
        note=entry.note,
    )


def _month(options: Mapping[str, Any]) -> date:
    return date.fromisoformat(options["usage_month"])


def _code(cell: Cell) -> str | None:
    value = clean.text(cell, longest=40)
    return squeeze(value) if value else None


# What a reader writes where he could not read.
_NOT_READ = frozenset({"未抄", "未抄到", "未抄表", "无人", "锁门", "无法抄表"})


def _reading(cell: Cell) -> Decimal | None:
    text = squeeze(cell) if isinstance(cell, str) else ""
    if text and (is_nothing(text) or text in _NOT_READ):
        return None
    return clean.reading(cell, places=2)


def _multiplier(cell: Cell) -> Decimal | None:
    return clean.bounded(clean.number(cell), cell, digits=8, places=2, positive=True)


def _kind(cell: Cell) -> str | None:
    word = squeeze(str("" if cell is None else cell)).casefold()
    if not word:
        return None
    if word not in _KINDS:
        raise CellProblem("unknown-word", cell)
    return _KINDS[word]
