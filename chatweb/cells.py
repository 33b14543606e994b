"""Text for the cells of a spreadsheet."""

# A spreadsheet takes what begins like this for a formula, and runs it; in some languages also the wide signs.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def plain(text: str) -> str:
    """The text with a `'` before it where it could be a formula, or begins with a `'` itself.

    So whoever takes away the first sign of every cell that begins with a `'` has what was written.
    """
    return f"'{text}" if text.startswith(_RISKY) else text
