"""Tests of the choice among models."""
