"""Programs that write and prove what the project ships; each is run by a target of the Makefile."""
