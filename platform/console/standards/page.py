"""The page of one standard: its versions, the figures of one of them, who is charged."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console.approvals.acts import whole
from console.histories import in_words
from console.inputs import plain
from console.standards import words
from console.standards.forms import MOST_TIERS, EndForm, FiguresForm, WithdrawForm
from console.standards.trial import trial_context
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from kernel.approvals import queries as approvals
from kernel.approvals.telling import case_path
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import (
    AssignmentState,
    FeeKind,
    FeeStandard,
    FeeVersion,
    Method,
    VersionState,
)
from services.billing.standards.operations.approval import KIND

# What an error of an operation calls a field, where the form calls it otherwise.
HISTORY_SHOWN = 20
FORM_FIELDS = {"tiers": None, "reduced_rate": "reduced_percent", "": None}


class StandardPage(ConsoleView):
    """GET shows a version, POST changes the draft on the screen: ``do`` says what."""

    action = Action.FEE_STANDARD_VIEW
    standard: FeeStandard
    project_id: int

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.project_id = kwargs["project_id"]

    def get(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        self.standard = self._load(standard_id)
        version = self._version(request.GET.get("version"))
        return self._show(version, self._form(version))

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        self.standard = self._load(standard_id)
        version = self._version(request.POST.get("version"))
        do = request.POST.get("do", "")
        if do == "copy":
            return self._copy(version)
        if do == "confirm":
            return self._confirm(version)
        if do in {"method", "tier-add"} or do.startswith("tier-drop-"):
            response = self._show(version, self._rearranged(do))
            return trigger_client_event(response, "figures")
        if do not in {"save", "submit"}:
            raise NotFound
        return self._save(version, FiguresForm(request.POST), submit=do == "submit")

    # ---- commands ------------------------------------------------------------------------------

    def _save(
        self, version: FeeVersion | None, form: FiguresForm, *, submit: bool
    ) -> HttpResponseBase:
        if not form.is_valid():
            return self._show(version, form, status=422)
        try:
            # Kept even if submitting is refused: the next attempt goes on with this draft.
            version = self._write(version, form.cleaned_data)
            if submit:
                operations.submit_version(actor=self.actor, version_id=version.pk, now=self.now)
        except (Invalid, Conflict) as error:
            return self._refused(version, form, error)
        return self._go(version)

    def _write(self, version: FeeVersion | None, data: dict[str, Any]) -> FeeVersion:
        if version is None or version.state != VersionState.DRAFT:
            return operations.draft_version(
                actor=self.actor, standard_id=self.standard.pk, now=self.now, **data
            )
        return operations.update_draft(
            actor=self.actor,
            version_id=version.pk,
            now=self.now,
            **data,
        )

    def _copy(self, version: FeeVersion | None) -> HttpResponseBase:
        """Show a new draft with the figures of the version on the screen; nothing is saved yet."""
        if version is None:
            raise NotFound
        month = rules.month_after(self.today.replace(day=1))
        form = FiguresForm.of_version(version, valid_from=month, valid_to=None, basis_note="")
        figures = replace(queries.figures_of(version), valid_from=month, valid_to=None)
        return self._show(None, form, figures=figures)

    def _confirm(self, version: FeeVersion | None) -> HttpResponseBase:
        if version is None:
            raise NotFound
        try:
            operations.confirm_version(
                actor=self.actor,
                version_id=version.pk,
                now=self.now,
                confirm_unusual=self.request.POST.get("confirm_unusual") == "1",
                seen_at=version.drafted_at
                if self.request.POST.get("seen_at") == version.drafted_at.isoformat()
                else self.now,
                step_id=self._step_shown(),
            )
        except operations.UnusualPrice as error:
            return self._show(version, self._form(version), status=409, unusual=str(error))
        except (Invalid, Conflict) as error:
            self.note_refusal(error)
            return self._show(version, self._form(version), status=error.status, refusal=str(error))
        return self._go(version)

    def _rearranged(self, do: str) -> FiguresForm:
        """Return the form as typed, with a tier more or less or by another method, unchecked."""
        typed = FiguresForm(self.request.POST)
        rows = typed.tier_rows
        if do == "tier-add" and len(rows) < MOST_TIERS:
            rows = [*rows, ("", "")] if rows else [("", typed.data.get("price", "")), ("", "")]
        elif do.startswith("tier-drop-"):
            text = do.removeprefix("tier-drop-")
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
            rows = [row for index, row in enumerate(rows) if index != number]
        values = {name: typed[name].value() for name in typed.fields}
        return FiguresForm(initial={**values, "tiers": rows})

    def _refused(
        self, version: FeeVersion | None, form: FiguresForm, error: DomainError
    ) -> HttpResponse:
        name = FORM_FIELDS.get(error.field or "", error.field)
        message = str(error)
        if error.field == "tiers" and "tier" in error.details:
            message = gettext("Tier %(number)d: %(message)s") % {
                "number": error.details["tier"],
                "message": message,
            }
        form.add_error(name if name in form.fields else None, message)
        return self._show(version, form, status=error.status)

    def _step_shown(self) -> int | None:
        """Return the step of the version's case that was on the screen, if it was in one."""
        text = self.request.POST.get("step", "")
        return whole(text) if text else None

    # ---- the page ------------------------------------------------------------------------------

    def _load(self, standard_id: int) -> FeeStandard:
        standard = queries.get_standard(actor=self.actor, standard_id=standard_id)
        if standard.project_id != self.project_id:
            raise NotFound
        return standard

    def _version(self, text: str | None) -> FeeVersion | None:
        """Return the version asked for; without one a draft, else the one in force, else the last.

        :raises NotFound: if the standard has no such version.
        """
        versions = list(self.standard.versions.all())
        if text:
            found = [version for version in versions if str(version.pk) == text]
            if not found:
                raise NotFound
            return found[0]
        if text == "":
            return None  # a new draft that is not saved yet
        kept = [version for version in versions if version.state != VersionState.WITHDRAWN]
        by_state = {words.state_of(version, self.today)[0]: version for version in kept}
        return by_state.get("draft") or by_state.get("now") or (kept[-1] if kept else None)

    def _form(self, version: FeeVersion | None) -> FiguresForm:
        if version is not None:
            return FiguresForm.of_version(version)
        month = rules.month_after(self.today.replace(day=1))
        initial = {"method": Method.PER_AREA, "valid_from": month}
        if self.standard.item.kind == FeeKind.MANAGEMENT:
            price = policies.find(
                "fee.management.price", Decimal, project_id=self.project_id, on=month
            )
            initial["price"] = plain(price, 2)
        return FiguresForm(initial=initial)

    def _go(self, version: FeeVersion) -> HttpResponse:
        address = reverse("fee-standards-standard", args=[self.project_id, self.standard.pk])
        return redirect(f"{address}?version={version.pk}")

    def _show(
        self,
        version: FeeVersion | None,
        form: FiguresForm,
        *,
        status: int = 200,
        unusual: str = "",
        refusal: str = "",
        figures: rules.Figures | None = None,
    ) -> HttpResponse:
        editable = self._may_edit(version)
        context = {
            "title": self.standard.name,
            "crumbs": [(_("Fee standards"), reverse("fee-standards", args=[self.project_id]))],
            "standard": self.standard,
            "project_id": self.project_id,
            "version": version,
            "version_state": words.state_of(version, self.today) if version else None,
            "versions": self._version_bar(version),
            "form": form,
            "editable": editable,
            "unusual": unusual,
            "refusal": refusal,
            "price_unit": words.unit_of(form.chosen_method, str(form["meter_kind"].value() or "")),
            "measure": words.measure_of(str(form["meter_kind"].value() or "")),
            "most_tiers": MOST_TIERS,
        }
        if self.request.headers.get("HX-Target", "").endswith("figures-body"):
            return render(self.request, "console/standards/_figures.html", context, status=status)
        month = version.valid_from if version else rules.month_after(self.today.replace(day=1))
        units = queries.suggested_units(standard=self.standard, on=month)
        context |= {
            "facts": self._facts(month),
            "assignments": self._assignments(),
            "waiting": self._waiting(),
            "history": in_words(
                queries.history(actor=self.actor, standard=self.standard)[:HISTORY_SHOWN],
                words.event_words,
            ),
            "trial_units": units,
            "trial_months": self._trial_months(month),
            "end_form": EndForm(auto_id="end_%s"),
            "withdraw_form": WithdrawForm(auto_id="withdraw_%s"),
            **self._rights(version),
        }
        context |= trial_context(
            actor=self.actor,
            standard=self.standard,
            figures=figures or self._shown_figures(version, form),
            unit_text=units[0].label if units else "",
            months=[month],
            version=None if form.is_bound else version,
        )
        return render(self.request, "console/standards/standard.html", context, status=status)

    def _shown_figures(self, version: FeeVersion | None, form: FiguresForm) -> rules.Figures | None:
        if form.is_bound:
            return form.figures() if form.is_valid() else None
        return queries.figures_of(version) if version else None

    def _may_edit(self, version: FeeVersion | None) -> bool:
        if not self.actor.may(Action.FEE_STANDARD_DRAFT, self.project_id):
            return False
        if version is None:
            return True
        return version.state == VersionState.DRAFT and version.drafted_by in {
            None,
            self.actor.user_id,
        }

    def _rights(self, version: FeeVersion | None) -> dict[str, Any]:
        may_draft = self.actor.may(Action.FEE_STANDARD_DRAFT, self.project_id)
        may_confirm = self.actor.may(Action.FEE_STANDARD_CONFIRM, self.project_id)
        is_draft = version is not None and version.state == VersionState.DRAFT
        is_confirmed = version is not None and version.state == VersionState.CONFIRMED
        is_own = version is not None and version.drafted_by == self.actor.user_id
        case = approvals.open_case_of(kind=KIND, subject=version) if version and is_draft else None
        waiting = approvals.waiting_for(actor=self.actor, now=self.now)
        place = waiting.filter(step__case=case).first() if case else None
        is_his_turn = case is None or place is not None
        return {
            "may_draft": may_draft,
            "may_confirm": may_confirm,
            "case": case,
            "step_id": place.step_id if place else "",
            "case_path": case_path(case.pk) if case else "",
            "can_confirm": may_confirm and is_draft and not is_own and is_his_turn,
            "can_withdraw": (is_draft and may_draft) or (is_confirmed and may_confirm),
            "can_end": is_confirmed and may_confirm,
            "can_copy": may_draft and not is_draft and version is not None,
            "can_delete": may_draft
            and not [v for v in self.standard.versions.all() if v.state != VersionState.DRAFT],
        }

    def _version_bar(self, current: FeeVersion | None) -> list[dict[str, Any]]:
        bar = []
        for version in self.standard.versions.all():
            if version.state == VersionState.WITHDRAWN and version != current:
                continue
            key, word, _tone = words.state_of(version, self.today)
            bar.append(
                {
                    "version": version,
                    "key": key,
                    "word": word,
                    "price": words.price_words(version),
                    "months": words.months_words(version.valid_from, version.valid_to),
                    "current": version == current,
                }
            )
        return bar

    def _facts(self, month: date) -> list[str]:
        units = len(
            [
                row
                for row in queries.applicable(project_id=self.project_id, period=month)
                if row.version_id in {version.pk for version in self.standard.versions.all()}
            ]
        )
        return [
            self.standard.project.name,
            gettext("Item code %(code)s") % {"code": self.standard.item.code},
            ngettext("%(count)s unit in %(month)s", "%(count)s units in %(month)s", units)
            % {"count": f"{units:,}", "month": words.month_words(month)},
        ]

    def _assignments(self) -> list[dict[str, Any]]:
        month = self.today.replace(day=1)
        return [
            {
                "assignment": assignment,
                "conditions": words.conditions(assignment) if assignment.unit_id is None else [],
                "months": words.months_words(assignment.valid_from, assignment.valid_to),
                "is_draft": assignment.state == AssignmentState.DRAFT,
                "is_past": assignment.valid_to is not None and assignment.valid_to <= month,
            }
            for assignment in queries.assignments(actor=self.actor, standard_id=self.standard.pk)
        ]

    def _waiting(self) -> dict[str, int]:
        """Return how many assignments wait, and how many of them the visitor may confirm."""
        waiting = self.standard.assignments.filter(state=AssignmentState.DRAFT)
        return {
            "all": waiting.count(),
            "others": waiting.exclude(drafted_by=self.actor.user_id).count(),
        }

    def _trial_months(self, month: date) -> list[tuple[str, str]]:
        """Return single months around the first one, and the quarter that it lies in."""
        quarter = rules.shift_month(month, -((month.month - 1) % 3))
        name = gettext("%(year)d, quarter %(number)d") % {
            "year": quarter.year,
            "number": (quarter.month + 2) // 3,
        }
        months = [rules.shift_month(month, shift) for shift in range(-1, 6)]
        return [(f"{m:%Y-%m}", words.month_words(m)) for m in months] + [
            (f"{quarter:%Y-%m}-Q", name)
        ]
