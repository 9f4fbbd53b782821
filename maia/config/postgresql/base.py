"""Django's connection to PostgreSQL, whose health is heard instead of asked for.

`CONN_HEALTH_CHECKS` asks ``SELECT 1`` before the first query of a request: as long as a look at slots
waits for its answer. An idle server says nothing, except that it closes.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        if self.connection is None or self.errors_occurred:
            return super().is_usable()
        if self.connection.closed:
            return False
        listener = select.poll()
        listener.register(self.connection.fileno(), select.POLLIN)
        return not listener.poll(0)
