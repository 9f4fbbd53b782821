"""What keeps people out of the logs."""

import logging


class RoutesInsteadOfPaths(logging.Filter):
    """A path may carry an appointment's personal link: errors name the route instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            record.msg = "%s on %s"
            record.args = (record.levelname.lower(), match.route if match else "no route")
        return True
