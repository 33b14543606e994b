"""What the domain says no with. `code` names the reason; the words for people are chosen elsewhere."""


class Refusal(Exception):
    """Something asked for is not done."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class NotFound(Refusal):
    """There is no such thing for this person, whether or not it exists."""


class Conflict(Refusal):
    """It contradicts what is already there."""


class Invalid(Refusal):
    """What was typed cannot be taken. `problems` maps a field to the code of what is wrong with it."""

    def __init__(self, **problems: str) -> None:
        super().__init__(next(iter(problems.values())))
        self.problems = problems
