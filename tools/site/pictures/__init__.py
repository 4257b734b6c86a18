"""The pictures of the docs, made from the real programs: `make pictures`."""
