from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import MonthField
from kernel.imports import messages
from kernel.imports.importer import Importer
from kernel.imports.models import ImportBatch
from services.properties.models import MeterKind


class Upload(forms.Form):
    """A table; its size is bounded here and by the browser, its content by the import itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "xlsx, xls or csv. Titles above the table and totals below it may stay as they are."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {
            "data-max-bytes": settings.IMPORT_MAX_BYTES,
            "data-too-large": _too_large(),
        }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(_too_large(), code="too-large")
        return file

    def options(self) -> dict[str, Any]:
        """Return what the importer wants to know besides the file."""
        return {}


def _too_large() -> str:
    limit = {"limit_mb": settings.IMPORT_MAX_BYTES >> 20}
    return messages.file_reason("file.too-large", limit)


class UploadReadings(Upload):
    usage_month = MonthField(
        label=_("Month of usage"),
        help_text=_("The month in which the water or power was used."),
    )
    meter_kind = forms.ChoiceField(
        label=_("Kind of meter"),
        choices=MeterKind.choices,
        help_text=_("For meters whose kind the file does not say."),
    )

    def options(self) -> dict[str, Any]:
        month = self.cleaned_data["usage_month"]
        return {"usage_month": f"{month:%Y-%m}", "meter_kind": self.cleaned_data["meter_kind"]}


UPLOADS: dict[str, type[Upload]] = {"meter-readings": UploadReadings}


class Columns(forms.Form):
    """Which sheet, which header row, and for every field of the importer its column."""

    header_row = forms.IntegerField(
        label=_("Header row"),
        min_value=1,
        max_value=1000,
        help_text=_("The row with the columns’ names, counted as the spreadsheet counts."),
    )
    remembers = forms.BooleanField(
        label=_("Remember this for files of the same form"), required=False, initial=True
    )

    def __init__(
        self,
        batch: ImportBatch,
        importer: Importer,
        sample: Sequence[Sequence[str]],
        data: Any = None,
    ) -> None:
        self._importer = importer
        super().__init__(data, initial=self._initial(batch))
        names = [sheet["name"] for sheet in batch.sheets]
        if len(names) > 1:
            self.fields["sheet"] = forms.ChoiceField(
                label=pgettext_lazy("of a workbook", "Sheet"),
                choices=[(name, name) for name in names],
            )
        choices = [("", _("Not in this file")), *columns_to_choose(batch.columns, sample)]
        for item in importer.fields:
            self.fields[f"field-{item.key}"] = forms.TypedChoiceField(
                label=item.label,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @staticmethod
    def _initial(batch: ImportBatch) -> dict[str, Any]:
        mapped = {f"field-{key}": column for key, column in batch.mapping.items()}
        header_row = batch.header_rows[-1] if batch.header_rows else 1
        return {"header_row": header_row, "sheet": batch.sheet, **mapped}

    @property
    def mapping(self) -> dict[str, int]:
        return {
            item.key: self.cleaned_data[f"field-{item.key}"]
            for item in self._importer.fields
            if self.cleaned_data[f"field-{item.key}"] is not None
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[int, str] = {}
        for item in self._importer.fields:
            column = cleaned.get(f"field-{item.key}")
            if column is None:
                continue
            if column in taken:
                self.add_error(f"field-{item.key}", _("One column cannot be two things."))
            taken.setdefault(column, item.key)
        return cleaned


def columns_to_choose(
    columns: Sequence[str], sample: Sequence[Sequence[str]]
) -> Sequence[tuple[int, str]]:
    """Return the columns by number, each with its letter, its name and its first values."""
    width = max((len(row) for row in [columns, *sample]), default=0)
    choices = []
    for index in range(width):
        name = columns[index] if index < len(columns) else ""
        values = [row[index] for row in sample if index < len(row) and row[index]]
        examples = pgettext_lazy("between items of a list", ", ").join(values[:3])
        choices.append((index, f"{letter(index)}  {name or '—'}  {examples}".strip()))
    return choices


def letter(index: int) -> str:
    """Return a column's letter as spreadsheets show it: A, B … Z, AA."""
    text = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
