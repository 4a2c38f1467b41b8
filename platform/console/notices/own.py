"""通知: what one was told, and what of it comes by mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from console.notices.forms import Wanted
from console.views import PersonalView
from kernel.notifications import operations, queries, sms

SHOWN = 50


class Notices(PersonalView):
    """One's notices, newest first, fifty at a time; ``before`` turns the page."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        only_unread = request.GET.get("unread") == "1"
        found = queries.own(actor=self.actor)
        if only_unread:
            found = found.filter(read_at__isnull=True)
        before = request.GET.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        shown = list(found[: SHOWN + 1])
        context = {
            "title": _("Notices"),
            "notices": shown[:SHOWN],
            "older": shown[SHOWN - 1].pk if len(shown) > SHOWN else None,
            "only_unread": only_unread,
            "is_first": not before,
        }
        return render(request, "console/notices/notices.html", context)


class MarkRead(PersonalView):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        operations.mark_read(actor=self.actor, now=self.now)
        return HttpResponseRedirect(reverse("notices"))


class Open(PersonalView):
    """Lead to what a notice is about. It counts as read then."""

    def post(self, request: HttpRequest, notification_id: int) -> HttpResponseBase:
        notice = queries.get_own(actor=self.actor, notification_id=notification_id)
        operations.mark_read(actor=self.actor, ids=[notice.pk], now=self.now)
        is_ours = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
        return HttpResponseRedirect(notice.url if is_ours else reverse("notices"))


class Choices(PersonalView):
    """What comes by mail, and the hours in which nothing does."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        hours = queries.quiet_hours(actor=self.actor)
        given: dict[str, Any] = {}
        if hours is not None:
            given = {"starts_at": hours.starts_at, "ends_at": hours.ends_at}
        given["mobile"] = queries.mobile_of(actor=self.actor)
        return self._page(request, Wanted(initial=given))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = Wanted(request.POST)
        if form.is_valid():
            try:
                operations.set_choices(
                    actor=self.actor,
                    by_mail=set(request.POST.getlist("mail")),
                    by_sms=set(request.POST.getlist("sms")),
                    mobile=form.cleaned_data["mobile"] if sms.is_set_up() else None,
                    starts_at=form.cleaned_data["starts_at"],
                    ends_at=form.cleaned_data["ends_at"],
                    now=self.now,
                )
            except (operations.QuietHoursInvalid, operations.MobileInvalid) as error:
                form.add_error(error.field, str(error))
            else:
                return HttpResponseRedirect(f"{reverse('notices-choices')}?done=saved")
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: Wanted, status: int = 200) -> HttpResponse:
        context = {
            "title": _("How notices come"),
            "has_sms": sms.is_set_up(),
            "crumbs": [(_("Notices"), reverse("notices"))],
            "choices": queries.choices(actor=self.actor),
            "form": form,
            "is_saved": request.GET.get("done") == "saved",
        }
        return render(request, "console/notices/choices.html", context, status=status)
