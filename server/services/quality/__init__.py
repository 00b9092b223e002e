"""How well conversations went: scorecards, reviews, calibration, sampling, follow-ups."""
