"""Tests of the data service."""
