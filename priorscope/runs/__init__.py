"""Planning, running and storing runs: learner x task x structure x size x repeat."""
