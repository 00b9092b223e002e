"""What answers to a scorecard come to. Pure."""

from collections.abc import Iterable, Mapping

from server.protocol.errors import Invalid
from server.protocol.quality import Answer, Question
from storage.quality.rows import Judged

PLACES = 2


def judged(questions: Iterable[Question], answers: Mapping[str, Answer], pass_mark: int) -> Judged:
    """Return the score, 0 to 100, whether it has passed, and which critical question failed it all.

    The score is the mean of how far up its scale each answer is, by weight, of what applies; where
    nothing applies there is none. The worst answer to a critical question makes it 0.
    """
    weights, points = 0, 0.0
    for question in questions:
        answer = answers.get(_key(question))
        if answer is None or answer.step is None:
            continue
        if question.critical and answer.step == 1:
            return Judged(0.0, False, question.key)
        weights += question.weight
        points += question.weight * (answer.step - 1) / (question.scale - 1)
    if weights == 0:
        return Judged(None, None, None)
    score = round(100 * points / weights, PLACES)
    return Judged(score, score >= pass_mark, None)


def check_fit(questions: Iterable[Question], answers: Mapping[str, Answer]) -> None:
    """Refuse answers to what is not asked, beyond the scale, or that it does not apply; Invalid."""
    asked = {_key(each): each for each in questions}
    for key, answer in answers.items():
        question, field = asked.get(key), f"answers.{key}"
        if question is None:
            raise Invalid("The scorecard of this review does not ask that.", field=field)
        if answer.step is not None and answer.step > question.scale:
            raise Invalid(f"This goes from 1 to {question.scale}.", field=field)
        if not answer.applies and not question.optional:
            raise Invalid("This question applies always.", field=field)
        if not answer.applies and answer.step is not None:
            raise Invalid("What does not apply cannot be rated.", field=field)


def check_complete(questions: Iterable[Question], answers: Mapping[str, Answer]) -> None:
    """Refuse a review in which something is not answered yet; Invalid names the first."""
    for question in questions:
        answer = answers.get(_key(question))
        if answer is None or (answer.step is None and answer.applies):
            key = _key(question)
            raise Invalid("Please answer this first.", field=f"answers.{key}", question=key)


def _key(question: Question) -> str:
    assert question.key is not None
    return question.key
