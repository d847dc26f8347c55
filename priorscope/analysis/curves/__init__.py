"""Learning curves: fits, forecasts, crossovers, equivalences."""
