"""How far reviewers agree who judged the same. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from server.protocol.calibration import Agreement, QuestionAgreement
from server.protocol.quality import Answer, Question

PLACES = 2


def agreement_of(
    questions: Iterable[Question],
    reviews: Sequence[Mapping[str, Answer]],
    scores: Sequence[float | None],
) -> Agreement:
    """Return how far reviews agree; ``reviews`` and ``scores`` are in the same order."""
    found = [_question(each, reviews) for each in questions]
    known = [score for score in scores if score is not None]
    mean = sum(known) / len(known) if known else None
    return Agreement(
        questions=found,
        alike=_rounded(sum(each.spread == 0 for each in found) / len(found)),
        mean=None if mean is None else _rounded(mean),
        deviation=None
        if mean is None
        else _rounded(sum(abs(score - mean) for score in known) / len(known)),
        range=_rounded(max(known) - min(known)) if known else None,
    )


def _question(question: Question, reviews: Sequence[Mapping[str, Answer]]) -> QuestionAgreement:
    key = question.key or ""
    answers = [review.get(key, Answer()) for review in reviews]
    steps = [answer.step for answer in answers if answer.step is not None]
    return QuestionAgreement(
        key=key,
        text=question.text,
        scale=question.scale,
        critical=question.critical,
        answers=answers,
        spread=_rounded(_spread(question, answers, steps)),
        mean=_rounded(sum(steps) / len(steps)) if steps else None,
    )


def _spread(question: Question, answers: Sequence[Answer], steps: Sequence[int]) -> float:
    """Return how far apart answers are, of the whole scale; whether it applies is all of it."""
    if not steps:
        return 0.0
    if len(steps) < len(answers):
        return 1.0
    return (max(steps) - min(steps)) / (question.scale - 1)


def _rounded(value: float) -> float:
    return round(value, PLACES)
