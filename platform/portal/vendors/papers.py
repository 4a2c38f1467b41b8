"""A vendor's licences: what the company has, what it misses, a renewed one."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from console.files.views import file_response
from console.inputs import DayField
from kernel.documents import kinds
from kernel.documents import queries as files
from kernel.errors import Conflict, Invalid, NotFound
from portal.vendors.views import VendorView
from portal.vendors.waiting import Waiting
from services.procurement.vendors.models import PaperState, VendorPaper
from services.procurement.vendors.operations.own_papers import put_in
from services.procurement.vendors.queries import own

# So long before its end a paper is told of on the start page.
SOON: Final = timedelta(days=30)


class PaperForm(forms.Form):
    kind_id = forms.TypedChoiceField(label=_("Kind of paper"), coerce=int)
    number = forms.CharField(label=_("Number"), max_length=80, required=False)
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(
        label=_("Valid to"), required=False, help_text=_("Empty if it does not run out.")
    )
    file = forms.FileField(label=_("Picture or PDF of it"))

    def __init__(self, *args: Any, view: VendorView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            ("", "—"),
            *((kind.pk, kind.label) for kind in own.own_paper_kinds(actor=view.actor)),
        ]
        accept = ",".join(f".{extension}" for extension in kinds.EXTENSIONS)
        self.fields["file"].widget.attrs["accept"] = accept


class Papers(VendorView):
    """The papers that the company has of this vendor, and those that it misses."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        papers = list(own.own_papers(actor=self.actor))
        found = own.files_of_papers(actor=self.actor, papers=papers)
        return self.page(
            "papers",
            title=_("Licences and papers"),
            papers=[(paper, self.word_of(paper), found[paper.pk]) for paper in papers],
            missing=own.own_standing(actor=self.actor, today=self.today).missing,
        )

    def word_of(self, paper: VendorPaper) -> tuple[Any, str]:
        """Return what is told of a paper's state, and its tone."""
        if paper.state != PaperState.CHECKED:
            tone = "bad" if paper.state == PaperState.REFUSED else "info"
            return paper.get_state_display(), tone
        if paper.valid_to is not None and paper.valid_to < self.today:
            return _("Run out"), "bad"
        if paper.valid_to is not None and paper.valid_to <= self.today + SOON:
            return _("Runs out soon"), "warn"
        return paper.get_state_display(), "ok"


class NewPaper(VendorView):
    """Put in a renewed paper with its file: both are kept, or neither."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._show(PaperForm(view=self, initial={"kind_id": request.GET.get("kind", "")}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = PaperForm(request.POST, request.FILES, view=self)
        if form.is_valid():
            try:
                self._keep(**form.cleaned_data)
            except (Invalid, Conflict, NotFound) as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(self.url("portal-papers"))
        return self._show(form, status=422)

    def _keep(self, *, file: Any, **values: Any) -> None:
        put_in(
            actor=self.actor,
            vendor_id=self.vendor.pk,
            upload=file.file,
            name=file.name,
            now=self.now,
            **values,
        )

    def _show(self, form: PaperForm, status: int = 200) -> HttpResponse:
        return self.page(
            "paper_new",
            status=status,
            title=_("Put in a paper"),
            form=form,
            limit_mb=settings.ATTACHMENT_MAX_BYTES >> 20,
        )


class OpenFile(VendorView):
    """A file on a record of this vendor; on which records he sees files, each carrier says."""

    def get(self, request: HttpRequest, attachment_id: int) -> HttpResponseBase:
        attachment, content = files.open_attachment(
            actor=self.actor, attachment_id=attachment_id, now=self.now
        )
        return file_response(attachment, content, download="download" in request.GET)


def waiting(view: VendorView) -> list[Waiting]:
    """Tell of papers that the company misses, and of those that run out soon."""
    url = view.url("portal-papers-new")
    missing = own.own_standing(actor=view.actor, today=view.today).missing
    return [
        Waiting(
            label=_("%(paper)s: none that is valid") % {"paper": name},
            url=url,
            icon="file-text",
            tone="bad",
            word=_("Missing"),
        )
        for name in missing
    ] + [
        Waiting(
            label=_("%(paper)s ends on %(day)s") % {"paper": paper.kind.label, "day": last},
            url=f"{url}?kind={paper.kind_id}",
            icon="file-text",
            tone="warn",
            word=_("Runs out soon"),
        )
        for paper, last in own.own_running_out(
            actor=view.actor, today=view.today, until=view.today + SOON
        )
    ]
