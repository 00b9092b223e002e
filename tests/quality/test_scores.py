"""Scores in figures; the console reckons the same (web/console/tests/score.test.ts)."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.protocol.quality import Answer, Question
from server.services.quality.scoring import judged
from storage.quality.rows import Judged

CASES = json.loads((Path(__file__).parent / "scores.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_score_is_the_mean_of_what_applies(case: dict[str, Any]) -> None:
    questions = [
        Question(text="?", key=f"q{place}", **asked)
        for place, asked in enumerate(case["questions"])
    ]
    answers = {
        f"q{place}": Answer(step=step, applies=step is not None)
        for place, step in enumerate(case["steps"])
    }
    expected = Judged(case["score"], case["passed"], case["failed_on"])
    assert judged(questions, answers, case["pass_mark"]) == expected
