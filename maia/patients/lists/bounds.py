"""How much of a stranger's file is read, and what is said of one that is not. Loads nothing."""

MAX_LINES = 20_000  # rows with something in them
MAX_ROWS = 200_000  # with the empty ones between them, which cost as well
MAX_COLUMNS = 250
MAX_CELL = 10_000  # characters; what is longer is cut, and said
MAX_CHARACTERS = 12_000_000  # of all cells
MAX_KEPT = 100_000_000  # bytes of memory that they take; an empty one takes next to none
MAX_UNPACKED = 150_000_000  # bytes of a workbook


class UnreadableFile(Exception):
    """``code``: ``empty``, ``too_long``, ``too_heavy``, ``old_excel``, ``opendocument``,
    ``locked`` (with a password), ``not_a_list``, ``no_names`` (no column of them)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
