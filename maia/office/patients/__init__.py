"""Patients: found, their records, merged, imported, erased."""
