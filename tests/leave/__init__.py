"""Tests of `scaffold.leave`."""
