"""Tests of the platform as code."""
