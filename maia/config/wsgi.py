"""What the production server serves."""

import gc
import os
from datetime import date

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maia.config.settings")
application = get_wsgi_application()

from maia.config.storage import known_migrations  # noqa: E402  Django is ready from here on
from maia.practices.models import Practice  # noqa: E402
from maia.schedules.holidays import public_holidays  # noqa: E402

# The holidays of most practices, loaded now and not in the first patient's request (half a second).
public_holidays(Practice(), date.today(), date.today())  # noqa: DTZ011

known_migrations()  # half a second of reading, of `/healthz`'s first answer

# What is loaded stays: looking at it again and again finds nothing. A request makes many objects and
# hardly a cycle.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
