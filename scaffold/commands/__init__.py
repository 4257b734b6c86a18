"""One module a command: its options, and the short pipeline behind it."""
