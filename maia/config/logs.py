"""What keeps people out of the logs."""

import logging
import traceback
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter


class OneLineForStrangers(logging.Filter):
    """What Django refuses because of how it was asked (a name that is not ours, too many fields) is
    no fault of Maia's: a warning of one line, not an error with its places."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class RoutesInsteadOfPaths(logging.Filter):
    """A path may carry an appointment's personal link: errors name the route instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            record.msg = "%s on %s"
            record.args = (record.levelname.lower(), match.route if match else "no route")
        return True


class JsonWithoutValues(JsonFormatter):
    """Tracebacks by place and class: an exception's own text repeats rows, names, addresses."""

    def formatException(  # noqa: N802  the name that logging calls
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, error, trace = ei
        if kind is None:
            return ""
        cause = error.__cause__ if error else None
        behind = f" from {type(cause).__qualname__}" if cause else ""
        places = (f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace))
        return "\n".join([*places, f"{kind.__module__}.{kind.__qualname__}{behind}"])
