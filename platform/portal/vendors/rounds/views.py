"""询价: the rounds that a vendor is invited to, his quote for one, what he has sent."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from console.files.views import file_response
from kernel.documents import queries as documents
from kernel.errors import Conflict, Invalid, NotFound
from portal.vendors.rounds import forms
from portal.vendors.views import VendorView
from services.procurement.rounds import files, operations, queries
from services.procurement.rounds.models import Invitation, RoundState
from services.procurement.rounds.rules import sheets
from services.procurement.rounds.rules.sheets import Sheet


class Rounds(VendorView):
    """Deadlines first; then what is over, with the receipts."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        invitations = list(
            queries.invitations(actor=self.actor).prefetch_related("revisions")[:200]
        )
        rows = [(one, _last(one)) for one in invitations]
        is_open = [
            one.round.state == RoundState.OPEN
            and one.round.closes_at is not None
            and one.round.closes_at > self.now
            for one in invitations
        ]
        running = [row for row, opened in zip(rows, is_open, strict=True) if opened]
        return self.page(
            "rounds/rounds",
            title=_("Inquiries"),
            running=sorted(running, key=lambda row: row[0].round.closes_at or self.now),
            over=[row for row, opened in zip(rows, is_open, strict=True) if not opened],
        )


class QuotePage(VendorView):
    """One round: what is asked for, and the grid in which its quote is typed."""

    def get(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        typed, lost = self._typed(round_id)
        return self.show(invitation, typed, lost=lost)

    @method_decorator(sensitive_post_parameters())
    def post(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        lines = queries.lines_of(invitation)
        typed = forms.typed_of(request.POST, lines)
        fix, _colon, price = request.POST.get("fix", "").partition(":")
        if fix in typed["lines"]:
            typed["lines"][fix]["price"] = price
            return self.show(invitation, typed)
        what = request.POST.get("do", "draft")
        if what == "draft":
            return self._keep(invitation, typed)
        rows, conditions = forms.rows_of(typed, lines), forms.Conditions(typed)
        try:
            sheet = forms.sheet_of(rows, conditions.cleaned_data) if conditions.is_valid() else None
            if sheet is not None and self._is_meant(invitation, sheet, rows):
                if what == "send":
                    return self._send(invitation, sheet)
                figures = operations.figures_of(actor=self.actor, round_id=round_id, sheet=sheet)
                operations.save_quote_draft(
                    actor=self.actor, round_id=round_id, typed=typed, now=self.now
                )
                return self.show(invitation, typed, figures=figures)
        except (Invalid, Conflict) as error:
            self._note_refusal(error)
            self._say(error, rows, conditions)
        return self.show(invitation, typed, rows=rows, conditions=conditions, status=422)

    def show(
        self,
        invitation: Invitation,
        typed: dict[str, Any],
        *,
        status: int = 200,
        **given: Any,
    ) -> HttpResponse:
        quote_round = invitation.round
        closes_at = quote_round.closes_at
        is_open = (
            quote_round.state == RoundState.OPEN and closes_at is not None and self.now < closes_at
        )
        last = queries.last_revision(invitation)
        rows = given.pop("rows", None) or forms.rows_of(typed, queries.lines_of(invitation))
        initial = {"tax_percent": f"{quote_round.tax_percent.normalize():f}", **typed}
        return self.page(
            "rounds/round",
            title=quote_round.title,
            round=quote_round,
            invitation=invitation,
            is_open=is_open,
            is_over=quote_round.state == RoundState.OPEN and not is_open,
            rows=rows,
            conditions=given.pop("conditions", None) or forms.Conditions(initial=initial),
            last=last if last is not None and not last.is_withdrawal else None,
            sent_files=self._sent_files(invitation),
            revisions=queries.revisions_of(invitation),
            questions=queries.questions_of(quote_round.pk),
            amendments=quote_round.amendments.order_by("number"),
            attachments=documents.attachments_of(quote_round).exclude(kind=files.PROOF),
            ask=forms.Ask(),
            decline=forms.Decline(),
            status=status,
            **given,
        )

    def _typed(self, round_id: int) -> tuple[dict[str, Any], str]:
        """Return what to go on from: the draft, else the quote; and why neither can be read."""
        try:
            draft = operations.read_draft(actor=self.actor, round_id=round_id, key=self.keys)
            if draft is not None:
                return draft, ""
            sheet = operations.read_own(actor=self.actor, round_id=round_id, key=self.keys)
        except operations.OwnKeyMissing as error:
            return {}, str(error)
        return (forms.typed_from(sheet) if sheet is not None else {}), ""

    def _sent_files(self, invitation: Invitation) -> list[sheets.SheetFile]:
        try:
            sheet = operations.read_own(
                actor=self.actor, round_id=invitation.round_id, key=self.keys
            )
        except operations.OwnKeyMissing:
            return []
        return list(sheet.files) if sheet is not None else []

    def _keep(self, invitation: Invitation, typed: dict[str, Any]) -> HttpResponse:
        operations.save_quote_draft(
            actor=self.actor, round_id=invitation.round_id, typed=typed, now=self.now
        )
        if self.request.headers.get("HX-Request") == "true":
            return self.page("rounds/_saved", saved_at=self.now)
        return HttpResponseRedirect(self.request.path)

    def _is_meant(self, invitation: Invitation, sheet: Sheet, rows: list[forms.Row]) -> bool:
        """Tell whether no price looks like a slip, or each that does is said to be meant."""
        lines = {row.line.pk: row for row in rows}
        items = {row.line.item_id: pk for pk, row in lines.items() if row.line.item_id}
        earlier = {
            items[item_id]: price
            for item_id, price in queries.earlier_prices(actor=self.actor, item_ids=items).items()
        }
        meant = set(self.request.POST.getlist("meant"))
        doubtful = False
        for line_id, guess in sheets.unusual_lines(sheet, earlier=earlier).items():
            if str(line_id) in meant:
                continue
            lines[line_id].guess, lines[line_id].before = guess, earlier[line_id]
            doubtful = True
        return not doubtful

    def _send(self, invitation: Invitation, sheet: Sheet) -> HttpResponse:
        post = self.request.POST
        operations.submit(
            actor=self.actor,
            round_id=invitation.round_id,
            sheet=sheet,
            uploads=[
                operations.Upload(one.name or "", one.read())
                for one in self.request.FILES.getlist("files")
            ],
            keep=[int(text) for text in post.getlist("keep") if text.isdigit()],
            key=self.keys,
            now=self.now,
            today=self.today,
        )
        return HttpResponseRedirect(
            self.url("portal-rounds-receipts", round_id=invitation.round_id)
        )

    def _say(
        self, error: Invalid | Conflict, rows: list[forms.Row], conditions: forms.Conditions
    ) -> None:
        """Put a refusal where the page can show it."""
        for row in rows:
            if row.line.pk == error.details.get("line_id"):
                row.error = str(error)
                return
        conditions.add_error(error.field if error.field in conditions.fields else None, str(error))


class Receipts(VendorView):
    """What was sent and when, with the receipts that prove it."""

    def get(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        return self.page(
            "rounds/receipts",
            title=_("Receipts of quotes"),
            round=invitation.round,
            revisions=queries.revisions_of(invitation),
        )


class _Step(VendorView):
    """A button of the round's page."""

    def post(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        self.step(round_id)
        return HttpResponseRedirect(self.url("portal-rounds-round", round_id=round_id))

    def step(self, round_id: int) -> None:
        """Call the operation."""
        raise NotImplementedError


class Withdraw(_Step):
    def step(self, round_id: int) -> None:
        operations.withdraw(actor=self.actor, round_id=round_id, now=self.now)


class Decline(_Step):
    def step(self, round_id: int) -> None:
        reason = self.request.POST.get("reason", "")
        operations.decline(actor=self.actor, round_id=round_id, reason=reason, now=self.now)


class Ask(_Step):
    def step(self, round_id: int) -> None:
        text = self.request.POST.get("text", "")
        operations.ask(actor=self.actor, round_id=round_id, text=text, now=self.now)


class Seen(_Step):
    """The page says so once it is there: a GET changes nothing."""

    def step(self, round_id: int) -> None:
        operations.note_seen(actor=self.actor, round_id=round_id, now=self.now)


class RoundFile(VendorView):
    """A drawing or specification of the round."""

    def get(self, request: HttpRequest, round_id: int, round_file_id: int) -> HttpResponseBase:
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        found = (
            documents.attachments_of(invitation.round)
            .exclude(kind=files.PROOF)
            .filter(pk=round_file_id)
            .first()
        )
        if found is None:
            raise NotFound
        return file_response(found, documents.content_of(found), download="download" in request.GET)


def _last(invitation: Invitation) -> Any:
    revisions = sorted(invitation.revisions.all(), key=lambda one: one.number)
    return revisions[-1] if revisions and not revisions[-1].is_withdrawal else None
