"""Every sentence and label that a reader sees, in one room: another language is possible."""
