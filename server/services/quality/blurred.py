"""What those who lead wrote about a customer, for who watches that customer in a shop that blurs.

Pure. Answers are bounded in length on their way in, and what is hidden may be longer than what was
written; so each text is replaced where it stands.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from server.protocol.calibration import Agreement, Calibration
from server.protocol.quality import Answer, Review, Said
from server.services.blur import Veil


def blurred_review(review: Review, veil: Veil) -> Review:
    """Return a review in which the customer cannot be read."""
    first = review.first_answers
    return replace(
        review,
        answers=_answers(review.answers, veil),
        note=veil.text(review.note),
        reply=_said(review.reply, veil),
        decision=_said(review.decision, veil),
        first_answers=None if first is None else _answers(first, veil),
    )


def blurred_calibration(calibration: Calibration, veil: Veil) -> Calibration:
    """Return a calibration in which the customer cannot be read."""
    agreement = calibration.agreement
    return replace(
        calibration,
        reviewers=[
            replace(each, note=None if each.note is None else veil.text(each.note))
            for each in calibration.reviewers
        ],
        agreement=None if agreement is None else _agreement(agreement, veil),
    )


def _agreement(agreement: Agreement, veil: Veil) -> Agreement:
    questions = [
        replace(question, answers=[_answer(each, veil) for each in question.answers])
        for question in agreement.questions
    ]
    return replace(agreement, questions=questions)


def _answers(answers: Mapping[str, Answer], veil: Veil) -> dict[str, Answer]:
    return {key: _answer(each, veil) for key, each in answers.items()}


def _answer(answer: Answer, veil: Veil) -> Answer:
    return replace(answer, comment=veil.text(answer.comment))


def _said(said: Said | None, veil: Veil) -> Said | None:
    if said is None or said.text is None:
        return said
    return replace(said, text=veil.text(said.text))
