"""询价: the rounds that a vendor is invited to, his quote for one, what he has sent."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from console.files.views import file_response
from kernel.documents import queries as documents
from kernel.errors import Conflict, Invalid, NotFound
from portal.vendors.rounds import forms, workbook
from portal.vendors.views import VendorView
from services.procurement.rounds import files, operations, queries
from services.procurement.rounds.models import Invitation, RoundLine, RoundState
from services.procurement.rounds.rules import sheets
from services.procurement.rounds.rules.sheets import Sheet

PER_PAGE: Final = 50


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
        if "drop" in request.POST:
            return self._drop(invitation, typed)
        what = request.POST.get("do", "draft")
        if what == "draft" and request.headers.get("HX-Request") == "true":
            return self._keep(invitation, typed)
        if what == "import":
            return self._import(invitation, typed, lines)
        return self._act(invitation, typed, what)

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
            draft_files=operations.draft_files(
                actor=self.actor, round_id=quote_round.pk, key=self.keys
            ),
            outcome=queries.outcomes(actor=self.actor).get(quote_round.pk),
            now=self.now,
            left=closes_at - self.now if closes_at is not None else None,
            revisions=queries.revisions_of(invitation),
            questions=queries.questions_of(quote_round.pk),
            amendments=quote_round.amendments.order_by("number"),
            attachments=documents.attachments_of(quote_round).exclude(kind=files.PROOF),
            ask=forms.Ask(),
            decline=forms.Decline(),
            status=status,
            **given,
        )

    def _act(self, invitation: Invitation, typed: dict[str, Any], what: str) -> HttpResponse:
        """Save, check or send what was typed, or show what is wrong with it."""
        round_id = invitation.round_id
        rows = forms.rows_of(typed, queries.lines_of(invitation))
        conditions = forms.Conditions(typed)
        try:
            if what != "send":
                self._keep_files(round_id)
            if what == "draft":
                return self._keep(invitation, typed)
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
        if what == "send":
            self._rescue_files(round_id)
        return self.show(invitation, typed, rows=rows, conditions=conditions, status=422)

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

    def _uploads(self) -> list[operations.Upload]:
        return [
            operations.Upload(one.name or "", one.read())
            for one in self.request.FILES.getlist("files")
        ]

    def _keep_files(self, round_id: int) -> None:
        """Keep what was chosen with the draft: a browser sends a file once."""
        uploads = self._uploads()
        if uploads:
            operations.keep_draft_files(
                actor=self.actor, round_id=round_id, uploads=uploads, key=self.keys, now=self.now
            )

    def _rescue_files(self, round_id: int) -> None:
        """Keep the files of a quote that was refused, so that they are not chosen twice."""
        for one in self.request.FILES.getlist("files"):
            one.seek(0)
        with suppress(Invalid, Conflict):  # why it was refused is told already
            self._keep_files(round_id)

    def _drop(self, invitation: Invitation, typed: dict[str, Any]) -> HttpResponse:
        """Throw a file of the draft away, and keep what was typed."""
        text = self.request.POST["drop"]
        operations.drop_draft_file(
            actor=self.actor,
            round_id=invitation.round_id,
            file_id=int(text) if text.isdecimal() and len(text) < 19 else 0,
            now=self.now,
        )
        return self._keep(invitation, typed)

    def _import(
        self, invitation: Invitation, typed: dict[str, Any], lines: Sequence[RoundLine]
    ) -> HttpResponse:
        """Fill the grid from a sheet; it is kept as the draft, right or not."""
        upload = self.request.FILES.get("sheet")
        try:
            if upload is None:
                raise workbook.SheetRefused(_("Choose the filled sheet."), field="sheet")
            imported = workbook.read(upload.read(), lines)
            for line_id, cells in imported.cells.items():
                typed["lines"][str(line_id)] = cells
            operations.save_quote_draft(
                actor=self.actor, round_id=invitation.round_id, typed=typed, now=self.now
            )
        except (Invalid, Conflict) as error:
            self._note_refusal(error)
            return self.show(invitation, typed, status=422, sheet_error=str(error))
        rows = forms.rows_of(typed, lines)
        for row in rows:
            row.error = imported.errors.get(row.line.pk, "")
        status = 200 if imported.is_right else 422
        return self.show(invitation, typed, rows=rows, imported=imported, status=status)

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
            uploads=self._uploads(),
            keep=_numbers(post.getlist("keep")),
            drafted=_numbers(post.getlist("drafted")),
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


class Template(VendorView):
    """The sheet of the round, to be filled in and put in again."""

    def get(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        return workbook.template(invitation.round, queries.lines_of(invitation))


class Quotes(VendorView):
    """All that was sent, with the receipts that prove it, and what became of it."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        pages = Paginator(queries.own_revisions(actor=self.actor), PER_PAGE)
        outcomes = queries.outcomes(actor=self.actor)
        found = pages.get_page(request.GET.get("page"))
        return self.page(
            "rounds/quotes",
            title=_("My quotes"),
            found=found,
            revisions=[(one, outcomes.get(one.invitation.round_id)) for one in found],
        )


def _numbers(texts: Iterable[str]) -> list[int]:
    """Return the ids among what was sent; what is none, no record has."""
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]


def _last(invitation: Invitation) -> Any:
    revisions = sorted(invitation.revisions.all(), key=lambda one: one.number)
    return revisions[-1] if revisions and not revisions[-1].is_withdrawal else None
