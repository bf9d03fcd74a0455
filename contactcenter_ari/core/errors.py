"""The error tree: the class says who is to blame."""


class ContactCenterError(Exception):
    """Root of all errors this package raises on purpose."""


class RequestRefused(ContactCenterError):
    """A person or program asked for what cannot be done; nothing was changed.

    `code` is stable and for programs, the message for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class IllegalMove(ContactCenterError):
    """A state table does not allow the move; nothing was changed."""


class CallFlowInvalid(ContactCenterError):
    """A call flow or a queue file is wrong; the message names file, line and column."""
