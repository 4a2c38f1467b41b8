"""Scores: each evaluator by himself, read when he has finished."""

from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from kernel.audit.models import AuditEntry
from services.procurement.rounds import operations
from services.procurement.rounds.models import Evaluator, Quote, Round, Score
from services.procurement.rounds.queries import comparison
from tests.factories import add_actor
from tests.services.procurement.rounds.conftest import Asked
from tests.services.procurement.rounds.evaluated import LATER, give_marks, opened


@pytest.fixture
def round_(asked: Asked) -> Round:
    return opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("33.20", None))


@pytest.fixture
def director() -> Actor:
    return add_actor("pm", "property_manager")


def name(asked: Asked, *people: Actor) -> list[Evaluator]:
    return operations.name_evaluators(
        actor=asked.buyer,
        round_id=asked.round.pk,
        user_ids=[one.require_person() for one in people],
        now=LATER,
    )


def test_marks_count_once_their_evaluator_has_finished(
    asked: Asked, round_: Round, director: Actor
) -> None:
    manager = asked.openers[1]
    name(asked, director, manager)
    give_marks(asked, director, {asked.quoters[0].vendor.pk: 90})
    give_marks(asked, manager, {asked.quoters[0].vendor.pk: 50}, is_finished=False)

    half = comparison.comparison_of(round_)
    give_marks(asked, manager, {asked.quoters[0].vendor.pk: 70})
    whole = comparison.comparison_of(round_)

    assert half.columns[0].points["quality"] == 18  # 90 of 100, of 20
    assert whole.columns[0].points["quality"] == 16  # the mean of 90 and 70
    assert whole.best is whole.columns[0]
    assert whole.columns[2].score is None  # he left a line out


def test_whoever_has_finished_changes_nothing_more(
    asked: Asked, round_: Round, director: Actor
) -> None:
    name(asked, director)
    give_marks(asked, director)

    with pytest.raises(operations.ScoredAlready):
        give_marks(asked, director, {asked.quoters[0].vendor.pk: 0})

    assert set(Score.objects.values_list("points", flat=True)) == {80}


def test_a_finished_evaluator_is_not_left_out(asked: Asked, round_: Round, director: Actor) -> None:
    name(asked, director)
    give_marks(asked, director)

    with pytest.raises(operations.EvaluatorsInvalid):
        name(asked, asked.openers[1])

    assert [one.user_id for one in comparison.evaluators_of(round_)] == [director.user_id]


def test_an_unfinished_evaluator_takes_his_marks_with_him(
    asked: Asked, round_: Round, director: Actor
) -> None:
    name(asked, director)
    give_marks(asked, director, is_finished=False)

    name(asked, asked.openers[1])

    assert not Score.objects.exists()


@pytest.mark.parametrize("who", ["buyer alone", "storekeeper", "nobody"])
def test_evaluators_are_people_who_may_and_not_the_buyer_alone(
    asked: Asked, round_: Round, who: str
) -> None:
    keeper = add_actor("keeper", "materials_keeper")
    people = {"buyer alone": [asked.buyer], "storekeeper": [keeper], "nobody": []}[who]

    with pytest.raises(operations.EvaluatorsInvalid):
        name(asked, *people)

    assert not Evaluator.objects.exists()


def test_who_was_not_named_does_not_score(asked: Asked, round_: Round, director: Actor) -> None:
    with pytest.raises(operations.NotEvaluator):
        give_marks(asked, director)


def test_who_may_not_evaluate_does_not_score(asked: Asked, round_: Round) -> None:
    with pytest.raises(access.ActionDenied):
        give_marks(asked, add_actor("keeper", "materials_keeper"))


def test_only_an_opened_round_is_scored(asked: Asked, director: Actor) -> None:
    with pytest.raises(operations.RoundStateWrong):
        name(asked, director)
    with pytest.raises(comparison.RoundNotOpened):
        comparison.comparison_of(asked.round)


@pytest.mark.parametrize(
    "change",
    [
        {"points": 101},
        {"points": -1},
        {"criterion": "price"},
        {"criterion": "colour"},
        {"quote": 0},
    ],
)
def test_a_mark_is_of_0_to_100_for_what_is_judged(
    asked: Asked, round_: Round, director: Actor, change: dict[str, Any]
) -> None:
    name(asked, director)
    quote = Quote.objects.filter(invitation__round=round_).order_by("pk")[0]
    key = (change.get("quote", quote.pk), change.get("criterion", "quality"))

    with pytest.raises(operations.ScoresInvalid) as refused:
        operations.score(
            actor=director,
            round_id=round_.pk,
            marks={key: (change.get("points", 80), "")},
            is_finished=False,
            now=LATER,
        )

    assert refused.value.details == {"quote_id": key[0], "criterion": key[1]}
    assert not Score.objects.exists()


def test_nobody_finishes_with_a_mark_missing(asked: Asked, round_: Round, director: Actor) -> None:
    name(asked, director)
    quote = Quote.objects.filter(invitation__round=round_).order_by("pk")[0]

    with pytest.raises(operations.ScoresInvalid):
        operations.score(
            actor=director,
            round_id=round_.pk,
            marks={(quote.pk, "quality"): (80, "")},
            is_finished=True,
            now=LATER,
        )

    assert comparison.evaluators_of(round_)[0].done_at is None
    assert not Score.objects.exists()


def test_the_record_keeps_the_marks(asked: Asked, round_: Round, director: Actor) -> None:
    name(asked, director)
    give_marks(asked, director)

    entry = AuditEntry.objects.get(event="procurement.round.scored")
    assert set(entry.data["marks"].values()) == {80}
    assert len(entry.data["marks"]) == 9  # three quotes, three criteria that are judged
