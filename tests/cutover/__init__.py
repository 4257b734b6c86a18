"""Tests of scaffold.cutover."""
