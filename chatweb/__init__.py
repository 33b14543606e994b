"""chatweb: a self-hosted, server-rendered, one-to-one web chat."""

__version__ = "0.1.0"
