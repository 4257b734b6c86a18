"""Start every kind of project that `scaffold new` makes, and record what started: `make matrix`."""
