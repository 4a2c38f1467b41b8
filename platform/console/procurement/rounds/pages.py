"""A round in each of its states, and what is done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from console.histories import told_with_cases
from console.procurement.rounds import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.access.models import Post
from kernel.approvals import queries as approvals
from kernel.errors import Conflict, Denied, Invalid
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import Question, Round, RoundState
from services.procurement.rounds.rules import sides as rules


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a round's openers, as the page shows it."""

    number: int
    people: list[queries.Standing]

    @property
    def is_released(self) -> bool:
        return any(one.has_released for one in self.people)

    @property
    def is_lost(self) -> bool:
        return not self.is_released and not any(one.is_able for one in self.people)

    @property
    def is_thin(self) -> bool:
        return sum(one.is_able for one in self.people) < rules.ENOUGH


class RoundPage(ConsoleView):
    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        return self.show(round_id)

    def show(
        self, round_id: int, form: forms.Passphrase | None = None, *, status: int = 200
    ) -> HttpResponse:
        quote_round = queries.get_round(actor=self.actor, round_id=round_id)
        closes_at = quote_round.closes_at
        is_open = quote_round.state == RoundState.OPEN
        is_closed = is_open and closes_at is not None and closes_at <= self.now
        may_buy = self.actor.may(Action.PURCHASE_BUY, quote_round.project_id)
        sides = self._sides(quote_round) if is_open else []
        invited = quote_round.invitations.count()
        context: dict[str, Any] = {
            "title": quote_round.title,
            "crumbs": [(_("Rounds of quotes"), reverse("quote-rounds"))],
            "round": quote_round,
            "facts": [
                quote_round.number,
                *([quote_round.project.name] if quote_round.project else []),
            ],
            "is_quoting": is_open and not is_closed,
            "is_closed": is_closed,
            "left": time_left(closes_at, self.now) if is_open and not is_closed else "",
            "lines": quote_round.lines.order_by("position"),
            "invitations": quote_round.invitations.select_related("vendor").order_by(
                "vendor__name"
            ),
            "declined_count": quote_round.invitations.filter(declined_at__isnull=False).count(),
            "papers": quote_round.paper_kinds.order_by("key"),
            "weights": [
                (forms.CRITERIA_WORDS.get(key, key), weight)
                for key, weight in quote_round.weights.items()
            ],
            "questions": queries.questions_of(round_id),
            "amendments": quote_round.amendments.order_by("number"),
            "sides": sides,
            "is_lost": any(side.is_lost for side in sides),
            "form": form or forms.Passphrase(),
            "may_release": is_closed and self._may_release(sides),
            "minutes": queries.minutes_of(round_id),
            "quotes": queries.quotes_of(round_id),
            "may_buy": may_buy,
            "least": operations.least(),
            "needs_permission": may_buy
            and 0 < invited < operations.least()
            and not quote_round.is_fewer_allowed,
            "case": approvals.open_case_of(kind="purchase.fewer_quotes", subject=quote_round),
            "may_cancel": may_buy
            and quote_round.state in {RoundState.DRAFT, RoundState.OPEN, RoundState.OPENED},
            "history": told_with_cases({Round: [round_id]}),
        }
        return render(self.request, "console/procurement/rounds/round.html", context, status=status)

    def _sides(self, quote_round: Round) -> list[Side]:
        standings = queries.standings(quote_round, today=self.today)
        return [Side(number, [one for one in standings if one.side == number]) for number in (1, 2)]

    def _may_release(self, sides: list[Side]) -> bool:
        return any(
            one.is_able and one.user_id == self.actor.user_id
            for side in sides
            if not side.is_released
            for one in side.people
        )


class ReleaseKey(RoundPage):
    """One's own half of the key; the second half opens the round."""

    action = Action.QUOTE_OPEN
    http_method_names = ["post"]

    @method_decorator(sensitive_post_parameters("passphrase"))
    def post(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        form = forms.Passphrase(request.POST)
        if form.is_valid():
            try:
                operations.release(
                    actor=self.actor,
                    round_id=round_id,
                    passphrase=form.cleaned_data["passphrase"],
                    now=self.now,
                )
            except (Invalid, Conflict, Denied) as error:
                self.note_refusal(error)
                form.add_error("passphrase" if error.field == "passphrase" else None, str(error))
            else:
                return HttpResponseRedirect(reverse("quote-rounds-round", args=[round_id]))
        return self.show(round_id, form, status=422)


class RoundSheet(EditSheet):
    """A sheet over a round's page."""

    action = Action.PURCHASE_BUY

    def back(self) -> str:
        return reverse("quote-rounds-round", args=[self.kwargs["round_id"]])


class Publish(RoundSheet):
    form_class = forms.Publish
    title = _("Publish the round")
    button = _("Publish and invite the vendors")

    def form_options(self) -> dict[str, Any]:
        quote_round = queries.get_round(actor=self.actor, round_id=self.kwargs["round_id"])
        self.proposed = operations.sides_of(quote_round, actor=self.actor, today=self.today)
        labels = {post.key: post.label for post in Post.objects.all()}
        people = [
            (one.user_id, f"{one.label}, {labels.get(one.post, one.post)}")
            for side in self.proposed
            for one in side
        ]
        sides = {
            one.user_id: number for number, side in enumerate(self.proposed, 1) for one in side
        }
        return {"people": people, "sides": sides}

    def words(self) -> dict[str, Any]:
        thin = rules.thin(self.proposed)
        lead = now_(
            "One person of each side opens the quotes with another after the deadline. From then "
            "on lines, weights and the tax rate stand."
        )
        if thin:
            lead += " " + now_(
                "On a side there are fewer than two people: if a passphrase is lost or somebody "
                "leaves, the round is lost and has to be asked again."
            )
        return {"lead": lead}

    def save(self, values: dict[str, Any]) -> None:
        form = self.form_class(self.request.POST, **self.form_options())
        form.is_valid()
        operations.publish(
            actor=self.actor,
            round_id=self.kwargs["round_id"],
            opener_ids=form.opener_ids(),
            now=self.now,
            today=self.today,
        )


class Cancel(RoundSheet):
    form_class = forms.Reason
    title = _("Cancel the round")
    lead = _("Its vendors are told. Sealed quotes stay sealed; requests can be bought otherwise.")
    button = _("Cancel the round")

    def save(self, values: dict[str, Any]) -> None:
        operations.cancel(
            actor=self.actor, round_id=self.kwargs["round_id"], now=self.now, **values
        )


class Amend(RoundSheet):
    form_class = forms.Amendment
    title = _("Amend the round")
    lead = _("All who are invited are told.")
    button = _("Amend and tell the vendors")

    def save(self, values: dict[str, Any]) -> None:
        operations.amend(actor=self.actor, round_id=self.kwargs["round_id"], now=self.now, **values)


class AskForFewer(RoundSheet):
    form_class = forms.FewerReason
    title = _("Ask for fewer quotes")
    lead = _("It goes to whom the settings name.")
    button = _("Ask for approval")

    def filled(self, request: HttpRequest) -> forms.FewerReason:
        return forms.FewerReason(request.POST, request.FILES)

    def save(self, values: dict[str, Any]) -> None:
        operations.ask_for_fewer(
            actor=self.actor,
            round_id=self.kwargs["round_id"],
            reason=values["reason"],
            proof=values["proof"],
            proof_name=values["proof"].name,
            now=self.now,
        )


class AnswerQuestion(EditSheet):
    action = Action.PURCHASE_BUY
    form_class = forms.Answer
    title = _("Answer the question")
    button = _("Answer all who are invited")

    def words(self) -> dict[str, Any]:
        return {"lead": self._question().text}

    def save(self, values: dict[str, Any]) -> None:
        operations.answer(
            actor=self.actor, question_id=self.kwargs["question_id"], now=self.now, **values
        )

    def back(self) -> str:
        return reverse("quote-rounds-round", args=[self._question().invitation.round_id])

    def _question(self) -> Question:
        return queries.get_question(actor=self.actor, question_id=self.kwargs["question_id"])


class Remind(ConsoleView):
    """Remind those who are silent; who they are is not told."""

    action = Action.PURCHASE_BUY

    def post(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        operations.remind(actor=self.actor, round_id=round_id, now=self.now)
        return HttpResponseRedirect(reverse("quote-rounds-round", args=[round_id]))


class Minutes(ConsoleView):
    """The minutes of the opening, to be printed and signed."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        quote_round = queries.get_round(actor=self.actor, round_id=round_id)
        opening = queries.opening_of(quote_round)
        posts = {post.key: post.label for post in Post.objects.all()}
        minutes = opening.minutes
        context = {
            "title": _("Minutes of the opening"),
            "round": quote_round,
            "opening": opening,
            "back_url": reverse("quote-rounds-round", args=[round_id]),
            "released": [
                {**one, "post": posts.get(one["post"], one["post"]), "at": _moment(one["at"])}
                for one in minutes["released"]
            ],
            "vendors": [
                {**one, "submitted_at": _moment(one.get("submitted_at", ""))}
                for one in minutes["vendors"]
            ],
            "late": [{**one, "at": _moment(one["at"])} for one in minutes["late"]],
        }
        return render(request, "console/procurement/rounds/minutes.html", context)


def time_left(closes_at: datetime | None, now: datetime) -> str:
    """Return in words how long it is until the deadline."""
    if closes_at is None:
        return ""
    minutes = int((closes_at - now).total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else "",
        ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours} if hours else "",
        ngettext("%(count)d minute", "%(count)d minutes", minutes % 60) % {"count": minutes % 60},
    ]
    return " ".join(part for part in parts if part)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
