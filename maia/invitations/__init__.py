"""Who is asked to join: a patient to her record, a colleague to the team."""
