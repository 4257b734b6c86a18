"""Tests of `scaffold update`."""
