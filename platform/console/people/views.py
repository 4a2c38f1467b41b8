"""Users and posts: who works here, who may do what, and where."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.duties.views import rows_of
from console.lists import ChoiceFilter, Column, FlagFilter, ListView, title_column
from console.organisation.forms import Membership, number
from console.people import forms
from console.people.reads import people_with_posts, with_project_names
from console.views import ConsoleView
from kernel.access import Action, departments, operations, passwords, queries, tokens
from kernel.access.models import User
from kernel.access.posts import DepartmentUnknown
from kernel.audit.queries import history_of
from kernel.duties import KeptApart, Mode
from kernel.duties.operations import mode_of
from kernel.duties.queries import conflicts_of
from kernel.errors import Conflict, DomainError
from kernel.identity import queries as identity
from kernel.identity.operations import factors, sessions

HISTORY_SHOWN = 20

DONE = {
    "added": _("The person is added and gets an e-mail with a link to choose a password."),
    "saved": _("Saved."),
    "sent": _("The link is on its way."),
    "given": _("The post is given. It counts from the next page on."),
    "ended": _("The post is ended."),
    "moved": _("Saved."),
    "out": _("The person is out: signed off everywhere, tokens stopped."),
    "in": _("The person may sign in again."),
    "revoked": _("The token is void."),
    "factor-reset": _("The second factor is taken away, and the person is told."),
    "signed-out": _("The person is signed out everywhere."),
}

EVENTS = {
    "access.user.added": _("Added"),
    "access.user.changed": _("Name or address changed"),
    "access.user.activated": _("Let in again"),
    "access.user.deactivated": _("Shut out"),
    "access.user.signed-in": _("Signed in"),
    "access.post.given": _("Post given"),
    "access.post.ended": _("Post ended"),
    "access.user.moved": _("Department changed"),
    "access.password-link.sent": _("Link for a password sent"),
    "access.password.set": _("Password chosen"),
    "access.password.changed": _("Password changed"),
    "access.password.first-made": _("First password made"),
    "identity.app.enrolled": _("Authenticator app set up"),
    "identity.app.removed": _("Authenticator app removed"),
    "identity.passkey.added": _("Passkey added"),
    "identity.passkey.renamed": _("Passkey renamed"),
    "identity.passkey.removed": _("Passkey removed"),
    "identity.recovery-code.used": _("Recovery code used"),
    "identity.recovery-codes.renewed": _("Recovery codes renewed"),
    "identity.factor.reset": _("Second factor reset"),
    "identity.session.ended": _("Session ended"),
    "identity.sessions.ended": _("All sessions ended"),
    "identity.departure.begun": _("Leaving begun"),
    "identity.departure.closed": _("Account closed"),
    "identity.departure.taken-back": _("Leaving taken back"),
}


WAY_OUT = _("Give the post to somebody else, or end the other one first.")
WAY_OUT_BY_EXEMPTION = _(
    "Give the post to somebody else, end the other one first, or ask for an exemption under "
    "“Separation of duties”."
)


def posts_in_words(user: Any) -> str:
    """Return what a person does where, e.g. ``Collector (Yunlu Garden)``."""
    words = []
    for holding in user.posts_now:
        name = holding.post.label
        words.append(f"{name} ({holding.project_name})" if holding.project_name else name)
    return now_(", ").join(words)


class People(ListView):
    action = Action.USER_MANAGE
    page_key = "people"
    title = _("Users and posts")
    template_name = "console/people/list.html"
    columns = (
        title_column("name", _("Name"), sort="name"),
        Column(key="username", label=_("User name"), kind="code", sort="username", phone="sub"),
        Column(key="posts", label=_("Posts"), value=posts_in_words, wraps=True, phone="end2"),
        Column(key="email", label=_("E-mail"), sort="email"),
        Column(key="last_login", label=_("Last sign-in"), kind="time", sort="last_login"),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            sort="is_active",
            value=lambda row: _("May sign in") if row.is_active else _("Shut out"),
            tone=lambda row: "ok" if row.is_active else "bad",
            phone="end",
        ),
    )
    filters = (
        ChoiceFilter(
            key="post",
            label=_("Post"),
            choices=lambda _view: [(post.key, post.label) for post in queries.posts_to_give()],
        ),
        FlagFilter(
            key="active",
            label=_("State"),
            field="is_active",
            yes=_("May sign in"),
            no=_("Shut out"),
        ),
    )
    search_fields = ("name", "username", "email")
    search_label = _("Name, user name or e-mail")
    default_sort = "username"

    def get_queryset(self) -> QuerySet[User]:
        people = people_with_posts(actor=self.actor, today=self.today)
        posts = self.filter_value("post")
        if posts:
            holders = queries.holders_of(posts=posts, today=self.today)
            people = people.filter(pk__in=holders)
        return people

    def row_url(self, row: User) -> str:
        return reverse("people-person", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}


class AddPerson(ConsoleView):
    action = Action.USER_MANAGE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, forms.NewPerson())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Add the person and send the invitation; the post is given on the next page."""
        form = forms.NewPerson(request.POST)
        if form.is_valid():
            try:
                user = operations.invite_user(actor=self.actor, now=self.now, **form.cleaned_data)
            except DomainError as error:
                self.note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return _back(user.pk, "added")
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: forms.NewPerson, status: int = 200) -> HttpResponse:
        context = {"title": _("Add a person"), "crumbs": _crumbs(), "form": form}
        return render(request, "console/people/add.html", context, status=status)


class Person(ConsoleView):
    """One person: name, posts, access, tokens, and what was done to the account."""

    action = Action.USER_MANAGE
    proof = "POST"  # whoever changes the address gets the link that sets the password

    def get(self, request: HttpRequest, user_id: int) -> HttpResponseBase:
        return self.page(request, user_id)

    def post(self, request: HttpRequest, user_id: int) -> HttpResponseBase:
        form = forms.Person(request.POST)
        if not form.is_valid():
            return self.page(request, user_id, status=422, form=form)
        try:
            operations.change_user(
                actor=self.actor, user_id=user_id, now=self.now, **form.cleaned_data
            )
        except operations.PersonIncomplete as error:
            form.add_error(error.field, str(error))
            return self.page(request, user_id, status=422, form=form)
        return _back(user_id, "saved")

    def page(
        self, request: HttpRequest, user_id: int, *, status: int = 200, **given: Any
    ) -> HttpResponse:
        person = queries.get_person(actor=self.actor, user_id=user_id)
        holdings = with_project_names(queries.all_holdings_of(actor=self.actor, user_id=user_id))
        context = {
            "title": person.name,
            "crumbs": _crumbs(),
            "person": person,
            "today": self.today,
            "holdings": holdings,
            "tokens": queries.tokens_of(user_id=user_id),
            "history": [
                (EVENTS.get(entry.event, entry.event), entry)
                for entry in history_of(person)[:HISTORY_SHOWN]
            ],
            "form": forms.Person(initial={"name": person.name, "email": person.email}),
            "post_form": forms.GivePost(actor=self.actor, initial={"valid_from": self.today}),
            "membership": Membership(actor=self.actor, person=person),
            "conflicts": rows_of(conflicts_of(user_id=user_id, today=self.today)),
            "done": DONE.get(request.GET.get("done", "")),
            "refusal": "",
            "first_password": "",
            "factor_app": identity.app_of(user_id=user_id),
            "passkeys": identity.passkeys_of(user_id=user_id),
            "codes_left": identity.recovery_codes_left(user_id=user_id),
            "sessions": identity.sessions_of(user_id=user_id, now=self.now),
            "items": identity.items_held_by(user_id=user_id),
            "departure": identity.open_departure_of(user_id=user_id),
            "is_self": user_id == self.actor.user_id,
        }
        return render(request, "console/people/person.html", context | given, status=status)


class PersonStep(Person):
    """One thing done to a person; a refusal is shown on his page."""

    proof = ""
    done: ClassVar[str] = "saved"

    def get(self, request: HttpRequest, user_id: int, **_kwargs: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("people-person", args=[user_id]))

    def post(self, request: HttpRequest, user_id: int, **kwargs: int) -> HttpResponseBase:
        try:
            done = self.carry_out(request, user_id, **kwargs)
        except (
            Conflict,
            DepartmentUnknown,
            operations.LastDayInvalid,
            passwords.EmailMissing,
        ) as error:
            return self.page(request, user_id, status=error.status, refusal=str(error))
        return _back(user_id, done or self.done)

    def carry_out(self, request: HttpRequest, user_id: int, **kwargs: int) -> str | None:
        """Do it; return the word for it if it is not always the same."""
        raise NotImplementedError


class GivePost(PersonStep):
    proof = "POST"

    def post(self, request: HttpRequest, user_id: int, **_kwargs: int) -> HttpResponseBase:
        form = forms.GivePost(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                operations.give_post(
                    actor=self.actor,
                    user_id=user_id,
                    post=form.cleaned_data["post"],
                    project_id=form.cleaned_data["place"],
                    valid_from=form.cleaned_data["valid_from"],
                    last_day=form.cleaned_data["last_day"],
                    now=self.now,
                )
            except (
                operations.LastDayInvalid,
                operations.PostHeldAlready,
                operations.PostIsCompanyWide,
                operations.SettingUpApart,
                KeptApart,
            ) as error:
                self.note_refusal(error)
                form.add_error(error.field, str(error))
                if isinstance(error, KeptApart):
                    may_exempt = mode_of(form.cleaned_data["place"]) == Mode.BLOCK_WITH_EXEMPTION
                    form.add_error(None, str(WAY_OUT_BY_EXEMPTION if may_exempt else WAY_OUT))
            else:
                return _back(user_id, "given")
        return self.page(request, user_id, status=422, post_form=form)


class EndPost(PersonStep):
    done = "ended"

    def carry_out(self, request: HttpRequest, user_id: int, **kwargs: int) -> str | None:
        form = forms.EndPost(request.POST)
        last_day = form.cleaned_data["last_day"] if form.is_valid() else self.today
        operations.end_post(
            actor=self.actor, holding_id=kwargs["holding_id"], last_day=last_day, now=self.now
        )
        return None


class Move(PersonStep):
    done = "moved"

    def carry_out(self, request: HttpRequest, user_id: int, **_kwargs: int) -> str | None:
        form = Membership(request.POST, actor=self.actor)
        if not form.is_valid():
            raise DepartmentUnknown(_("There is no such department."))
        departments.move_person(
            actor=self.actor,
            user_id=user_id,
            department_id=number(form.cleaned_data["department"]),
            now=self.now,
        )
        return None


class LetInOrOut(PersonStep):
    def carry_out(self, request: HttpRequest, user_id: int, **_kwargs: int) -> str | None:
        is_active = request.POST.get("active") == "1"
        operations.set_active(actor=self.actor, user_id=user_id, is_active=is_active, now=self.now)
        return "in" if is_active else "out"


class SendLink(PersonStep):
    proof = "POST"
    done = "sent"

    def carry_out(self, request: HttpRequest, user_id: int, **_kwargs: int) -> str | None:
        passwords.send_link(actor=self.actor, user_id=user_id, now=self.now)
        return None


class FirstPassword(PersonStep):
    """Give somebody without e-mail a password for one sign-in; it is shown in this one answer."""

    proof = "POST"

    def post(self, request: HttpRequest, user_id: int, **kwargs: int) -> HttpResponseBase:
        try:
            _user, text = passwords.make_first(actor=self.actor, user_id=user_id, now=self.now)
        except passwords.OwnPassword as error:
            return self.page(request, user_id, status=error.status, refusal=str(error))
        return self.page(request, user_id, first_password=text)


class ResetFactor(PersonStep):
    proof = "POST"
    done = "factor-reset"

    def carry_out(self, request: HttpRequest, user_id: int, **_kwargs: int) -> str | None:
        factors.reset(actor=self.actor, user_id=user_id, now=self.now)
        return None


class EndSessions(PersonStep):
    done = "signed-out"

    def carry_out(self, request: HttpRequest, user_id: int, **_kwargs: int) -> str | None:
        sessions.end_all_of(actor=self.actor, user_id=user_id, now=self.now)
        return None


class RevokeToken(PersonStep):
    action = Action.TOKEN_MANAGE
    done = "revoked"

    def carry_out(self, request: HttpRequest, user_id: int, **kwargs: int) -> str | None:
        queries.get_token_of(user_id=user_id, token_id=kwargs["token_id"])
        tokens.revoke_token(actor=self.actor, token_id=kwargs["token_id"], now=self.now)
        return None


def _crumbs() -> list[tuple[object, str]]:
    return [(_("Users and posts"), reverse("people"))]


def _back(user_id: int, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('people-person', args=[user_id])}?done={done}")
