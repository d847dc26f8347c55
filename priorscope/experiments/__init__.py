"""Questions about data: settings, plan, runs, summary."""
