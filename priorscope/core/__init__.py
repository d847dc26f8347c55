"""What everything else names: configs with digests, the registry, seeds, files, signatures."""
