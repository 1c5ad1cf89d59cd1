"""The one exception that reaches people as a sentence instead of a traceback."""


class UserError(Exception):
    """Something the reader can mend: the message says what, where, and how, on one line."""
