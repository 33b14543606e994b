"""What the tests of commands share with those of the pages."""

from tests.web.conftest import count, heard, talk

__all__ = ["count", "heard", "talk"]
