"""Blueprints: parse, find, do, store, announce, answer."""
