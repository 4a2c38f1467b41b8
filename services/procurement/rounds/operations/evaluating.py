"""Evaluators and their scores (评标): each scores by himself, and is read when he has finished."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from kernel.access import Action, Actor
from kernel.access import queries as people
from kernel.audit import operations as audit
from kernel.errors import Conflict, Denied, Invalid
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement import scope
from services.procurement.rounds import queries
from services.procurement.rounds.models import Evaluator, Quote, Round, RoundState, Score
from services.procurement.rounds.operations.errors import RoundStateWrong
from services.procurement.rounds.queries.comparison import criteria_to_judge
from services.procurement.rounds.rules.awards import FULL_SCORE

# A mark of 0 to 100 for one criterion of one quote, and a word about it.
Marks = Mapping[tuple[int, str], tuple[int, str]]
_LONGEST_NOTE: Final = 200


class EvaluatorsInvalid(Invalid):
    code = "procurement.evaluators-invalid"


class NotEvaluator(Denied):
    code = "procurement.not-evaluator"


class ScoresInvalid(Invalid):
    """``details``: ``{"quote_id": 7, "criterion": "quality"}``."""

    code = "procurement.scores-invalid"


class ScoredAlready(Conflict):
    code = "procurement.scored-already"


@transaction.atomic
def name_evaluators(
    *, actor: Actor, round_id: int, user_ids: Collection[int], now: datetime
) -> list[Evaluator]:
    """Say who scores an opened round; whoever has finished already stays.

    :param user_ids: all of them. At least one is not the actor, who will propose the award.
    :raises NotFound: if there is no such round within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: if the round is not being evaluated.
    :raises EvaluatorsInvalid: if somebody may not evaluate there, or one who has finished is left
        out.
    """
    evaluated = lock_evaluated(actor, round_id, Action.PURCHASE_BUY)
    wanted = set(user_ids)
    if not wanted - {actor.user_id}:
        raise EvaluatorsInvalid(_("Name at least one evaluator besides yourself."), field="people")
    may = people.people_with(
        action=Action.QUOTE_EVALUATE, project_id=evaluated.project_id, today=company_day(now)
    )
    fit = {person.pk: person for person in may}
    if wanted - set(fit):
        raise EvaluatorsInvalid(
            _("Somebody of these may not evaluate quotes here."),
            field="people",
            details={"user_ids": sorted(wanted - set(fit))},
        )
    present = {each.user_id: each for each in Evaluator.objects.filter(round=evaluated)}
    dropped = [each for user_id, each in present.items() if user_id not in wanted]
    if any(each.done_at is not None for each in dropped):
        raise EvaluatorsInvalid(_("Whoever has scored already stays an evaluator."), field="people")
    Score.objects.filter(evaluator__in=dropped).delete()
    Evaluator.objects.filter(pk__in=[each.pk for each in dropped]).delete()
    Evaluator.objects.bulk_create(
        Evaluator(round=evaluated, user_id=user_id, user_label=fit[user_id].label[:140])
        for user_id in sorted(wanted - set(present))
    )
    audit.record(
        actor=actor,
        event="procurement.round.evaluators-named",
        subject=evaluated,
        project_id=evaluated.project_id,
        now=now,
        data={"user_ids": sorted(wanted)},
    )
    return list(Evaluator.objects.filter(round=evaluated).order_by("pk"))


@transaction.atomic
def score(
    *, actor: Actor, round_id: int, marks: Marks, is_finished: bool, now: datetime
) -> Evaluator:
    """Keep the actor's own scores; with ``is_finished`` they count and are changed no more.

    :param marks: what is not in it is as it was.
    :raises NotFound: if there is no such round within his reach.
    :raises access.ActionDenied: without ``quote.evaluate`` there.
    :raises RoundStateWrong: if the round is not being evaluated.
    :raises NotEvaluator: if he was not named.
    :raises ScoredAlready: if he has finished.
    :raises ScoresInvalid: if a mark is none of 0 to 100 for a criterion that is judged, or one is
        missing when he finishes.
    """
    evaluated = lock_evaluated(actor, round_id, Action.QUOTE_EVALUATE)
    evaluator = Evaluator.objects.filter(round=evaluated, user_id=actor.require_person()).first()
    if evaluator is None:
        raise NotEvaluator(_("You were not named as an evaluator of this round."))
    if evaluator.done_at is not None:
        raise ScoredAlready(_("You have finished your scores already."))
    criteria = criteria_to_judge(evaluated)
    quotes = set(
        Quote.objects.filter(invitation__round=evaluated).order_by().values_list("pk", flat=True)
    )
    for (quote_id, criterion), (points, _note) in marks.items():
        if quote_id not in quotes or criterion not in criteria or not 0 <= points <= FULL_SCORE:
            raise _invalid(_("Give a mark of 0 to 100."), quote_id, criterion)
    Score.objects.bulk_create(
        (
            Score(
                evaluator=evaluator,
                quote_id=quote_id,
                criterion=criterion,
                points=points,
                note=note.strip()[:_LONGEST_NOTE],
            )
            for (quote_id, criterion), (points, note) in marks.items()
        ),
        update_conflicts=True,
        unique_fields=["evaluator", "quote", "criterion"],
        update_fields=["points", "note"],
    )
    if is_finished:
        _finish(evaluator, quotes=quotes, criteria=criteria, actor=actor, now=now)
    return evaluator


def lock_evaluated(actor: Actor, round_id: int, action: Action) -> Round:
    """Return a round that is being evaluated, locked, if the actor may ``action`` there."""
    found = queries.lock_round(round_id)
    scope.require_of(actor, action, found.project_id)
    if found.state != RoundState.OPENED:
        raise RoundStateWrong(_("This round is not being evaluated."))
    return found


def _finish(
    evaluator: Evaluator,
    *,
    quotes: Collection[int],
    criteria: Collection[str],
    actor: Actor,
    now: datetime,
) -> None:
    given = set(
        Score.objects.filter(evaluator=evaluator).order_by().values_list("quote_id", "criterion")
    )
    for quote_id in sorted(quotes):
        for criterion in criteria:
            if (quote_id, criterion) not in given:
                raise _invalid(
                    _("Give every quote a mark for every criterion."), quote_id, criterion
                )
    evaluator.done_at = now
    evaluator.save(update_fields=["done_at"])
    audit.record(
        actor=actor,
        event="procurement.round.scored",
        subject=evaluator.round,
        project_id=evaluator.round.project_id,
        now=now,
        data={
            "marks": {
                f"{mark.quote_id}/{mark.criterion}": mark.points
                for mark in Score.objects.filter(evaluator=evaluator).order_by("pk")
            }
        },
    )


def _invalid(message: object, quote_id: int, criterion: str) -> ScoresInvalid:
    return ScoresInvalid(
        str(message), field="marks", details={"quote_id": quote_id, "criterion": criterion}
    )
