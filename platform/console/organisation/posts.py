"""Posts: what there is, who holds it, what it may do, to whom it reports."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.lists import ChoiceFilter, Column, FlagFilter, ListView, title_column
from console.organisation import forms
from console.people.reads import with_project_names
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action, allowing, classes, lines, organisation, posts
from kernel.access.catalogue import BUSINESS, SETTING_UP
from kernel.access.models import Post
from kernel.access.operations import SettingUpApart
from kernel.access.words import by_part
from kernel.audit.queries import history_of
from kernel.audit.registry import event_words
from kernel.duties.queries import Unclear, is_unsaid, unclear_among
from kernel.errors import Conflict, Invalid
from kernel.text import in_language

HISTORY_SHOWN = 20

DONE = {
    "saved": _("Saved. What the post may do counts from the next page on."),
    "added": _("The post is added. Say what it may do, then give it to somebody."),
    "classified": _("Saved. It counts from now on, for whoever holds the post and is given it."),
    "retired": _("The post is out of use. Nobody can be given it."),
    "restored": _("The post is in use again."),
}


class Posts(ListView):
    action = Action.USER_MANAGE
    page_key = "posts"
    title = _("Posts")
    template_name = "console/organisation/posts.html"
    columns = (
        title_column("label", _("Post"), sort="name"),
        Column(
            key="department",
            label=_("Department"),
            value=lambda row: row.department.label if row.department else "",
            sort="department__name",
            phone="sub",
        ),
        Column(
            key="reports_to",
            label=_("Reports to"),
            value=lambda row: in_language(row.above_name or "", row.above_name_en or ""),
            sort="above_name",
        ),
        Column(
            key="place",
            label=_("Usually held in"),
            sort="place",
            value=lambda row: row.get_place_display(),
        ),
        Column(
            key="holder_count", label=_("Held by"), kind="number", sort="holder_count", phone="end"
        ),
        Column(key="action_count", label=_("May do"), kind="number", sort="action_count"),
        Column(key="source", label=_("Source"), is_shown=False, wraps=True),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            sort="is_active",
            value=lambda row: _("In use") if row.is_active else _("Out of use"),
            tone=lambda row: "ok" if row.is_active else "",
            phone="end2",
        ),
    )
    filters = (
        ChoiceFilter(
            key="department",
            label=_("Department"),
            field="department",
            choices=lambda view: forms.department_choices(view.actor, none="")[1:],
        ),
        ChoiceFilter(
            key="place", label=_("Usually held in"), field="place", choices=Post.Place.choices
        ),
        FlagFilter(
            key="active", label=_("State"), field="is_active", yes=_("In use"), no=_("Out of use")
        ),
    )
    search_fields = ("name", "name_en", "key")
    search_label = _("Name of a post")
    default_sort = "label"

    def get_queryset(self) -> QuerySet[Post]:
        return organisation.posts(actor=self.actor, today=self.today)

    def row_url(self, row: Post) -> str:
        return reverse("posts-post", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s post", "%(count)s posts", count) % {"count": f"{count:,}"}


@dataclass(frozen=True, slots=True)
class Tick:
    """An action on the page of a post."""

    action: Action
    is_given: bool
    is_forbidden: bool
    is_needed: bool


class PostPage(ConsoleView):
    """One post."""

    action = Action.USER_MANAGE

    def get(self, request: HttpRequest, post_id: int) -> HttpResponseBase:
        return self.page(request, post_id)

    def one(self, post_id: int) -> Post:
        return organisation.get_post(actor=self.actor, post_id=post_id, today=self.today)

    def page(
        self, request: HttpRequest, post_id: int, *, status: int = 200, **given: Any
    ) -> HttpResponse:
        post = self.one(post_id)
        chosen = given.pop("chosen", None)
        context = {
            "title": post.label,
            "crumbs": [(_("Posts"), reverse("posts"))],
            "post": post,
            "parts": ticks(post, chosen),
            "may_act": post.place != Post.Place.OUTSIDE,
            "counts": list(organisation.posts_counted_as(key=post.key)),
            "doubts": doubts_of(unclear_among([post])) if post.is_active else [],
            "lines": lines.lines_of(post.key),
            "reports": organisation.posts_below(key=post.key, today=self.today),
            "holdings": with_project_names(
                organisation.holdings_of_post(actor=self.actor, key=post.key)
            ),
            "today": self.today,
            "history": [
                (event_words(entry.event), entry) for entry in history_of(post)[:HISTORY_SHOWN]
            ],
            "done": DONE.get(request.GET.get("done", "")),
            "refusal": "",
        }
        return render(
            request, "console/organisation/post.html", {**context, **given}, status=status
        )


def doubts_of(unclear: list[Unclear]) -> list[dict[str, Any]]:
    """Return what is to be settled of each post, with the labels of the posts it is like."""
    keys = {like.post for one in unclear for like in one.likenesses}
    labels = {row.key: row.label for row in Post.objects.filter(key__in=keys)} if keys else {}
    return [
        {
            "post": one.post,
            "is_unsaid": is_unsaid(one.post),
            "likenesses": [
                {"post": labels.get(like.post, like.post), "rules": like.rules}
                for like in one.likenesses
            ],
        }
        for one in unclear
    ]


def ticks(post: Post, chosen: set[str] | None) -> list[tuple[Any, list[Tick]]]:
    """Return every action by the part of the product it belongs to, as the post has it."""
    given = allowing.actions_of(post.key)
    never, always = allowing.never_of(post.key), allowing.always_of(post.key)
    if given & SETTING_UP:
        never |= BUSINESS
    shown = {action.value for action in given} if chosen is None else chosen
    return [
        (
            title,
            [
                Tick(action, action.value in shown, action in never, action in always)
                for action in actions
            ],
        )
        for title, actions in by_part(list(Action))
    ]


class PostActions(PostPage):
    """What the post may do, as ticked on its page."""

    proof = "POST"

    def get(self, request: HttpRequest, post_id: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("posts-post", args=[post_id]))

    def post(self, request: HttpRequest, post_id: int) -> HttpResponseBase:
        post = self.one(post_id)
        chosen = set(request.POST.getlist("action"))
        try:
            posts.set_actions(actor=self.actor, key=post.key, actions=chosen, now=self.now)
        except (
            allowing.ActionUnknown,
            allowing.ActionForbidden,
            allowing.ActionNeeded,
            SettingUpApart,
        ) as error:
            return self.page(
                request, post_id, status=error.status, refusal=str(error), chosen=chosen
            )
        return back_to(post_id, "saved")


class PostState(PostPage):
    """In use, or not any more."""

    def get(self, request: HttpRequest, post_id: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("posts-post", args=[post_id]))

    def post(self, request: HttpRequest, post_id: int) -> HttpResponseBase:
        post = self.one(post_id)
        is_restored = request.POST.get("active") == "1"
        change = posts.restore_post if is_restored else posts.retire_post
        try:
            change(actor=self.actor, key=post.key, now=self.now)
        except (Conflict, Invalid) as error:
            return self.page(request, post_id, status=error.status, refusal=str(error))
        return back_to(post_id, "restored" if is_restored else "retired")


class NewPost(EditSheet):
    action = Action.USER_MANAGE
    proof = "POST"
    title, button = _("Add a post"), _("Add the post")
    form_class = forms.NewPost
    added: Post

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def back(self) -> str:
        return reverse("posts")

    def done(self) -> str:
        return f"{reverse('posts-post', args=[self.added.pk])}?done=added"

    def save(self, values: dict[str, Any]) -> None:
        self.added = posts.add_post(
            actor=self.actor,
            facts=facts_of(values),
            copied_from=values["copied_from"] or None,
            now=self.now,
        )


class EditPost(EditSheet):
    action = Action.USER_MANAGE
    title = _("Change the post")
    form_class = forms.Post

    def form_options(self) -> dict[str, Any]:
        post = self._post()
        initial = {
            "name": post.name,
            "name_en": post.name_en,
            "place": post.place,
            "reports_to": post.above_key or "",  # type: ignore[attr-defined]
            "department": str(post.department_id or ""),
        }
        return {"actor": self.actor, "key": post.key, "initial": initial}

    def back(self) -> str:
        return reverse("posts-post", args=[self.kwargs["post_id"]])

    def save(self, values: dict[str, Any]) -> None:
        posts.change_post(
            actor=self.actor, key=self._post().key, facts=facts_of(values), now=self.now
        )

    def _post(self) -> Post:
        return organisation.get_post(
            actor=self.actor, post_id=self.kwargs["post_id"], today=self.today
        )


class ClassifyPost(EditSheet):
    """As which posts of the catalogue a post counts."""

    action = Action.USER_MANAGE
    proof = "POST"
    title = _("What the post counts as")
    lead = _(
        "The separation of duties and the chains name posts of the catalogue. A post that does "
        "the work of one of them under another name counts as it: the same is kept apart from it."
    )
    form_class = forms.Classify

    def form_options(self) -> dict[str, Any]:
        post = self._post()
        counts = classes.counts_of(post.key)
        initial = {
            "counts_as": sorted(counts),
            "none": post.is_classified and not counts,
            "stands_in": post.stands_in,
        }
        return {"key": post.key, "initial": initial}

    def back(self) -> str:
        return reverse("posts-post", args=[self.kwargs["post_id"]])

    def done(self) -> str:
        return f"{self.back()}?done=classified"

    def save(self, values: dict[str, Any]) -> None:
        posts.classify_post(
            actor=self.actor,
            key=self._post().key,
            counts_as=values["counts_as"],
            stands_in=values["stands_in"],
            now=self.now,
        )

    def _post(self) -> Post:
        return organisation.get_post(
            actor=self.actor, post_id=self.kwargs["post_id"], today=self.today
        )


def facts_of(values: dict[str, Any]) -> posts.PostFacts:
    """Return what the form says of a post."""
    return posts.PostFacts(
        name=values["name"],
        name_en=values["name_en"],
        place=values["place"],
        reports_to=values["reports_to"] or None,
        reports_from=values["reports_from"],
        department_id=forms.number(values["department"]),
    )


def back_to(post_id: int, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('posts-post', args=[post_id])}?done={done}")
