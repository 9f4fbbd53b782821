"""A practice's patient records, and how an account meets one."""
