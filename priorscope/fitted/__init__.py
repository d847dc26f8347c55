"""A learner taken along: fitted on all labels, predicting, saved without pickle, exported."""
