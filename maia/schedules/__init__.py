"""Weekly hours, appointment types, absences, holidays."""
