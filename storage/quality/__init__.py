"""Quality: scorecards, reviews and calibration, tags, sampling, and what follows low ratings."""
