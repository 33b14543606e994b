"""Verbs: a session in, facts out. They flush, and never commit or publish."""
