"""Her agenda in other calendars, and the time that other calendars take."""
