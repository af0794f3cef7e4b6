"""Conversations in the form that a model takes: roles, control tokens, templates."""
