"""Lists of patients as other programs write them: bytes in, rows of cells out, then what each row says.

Nothing here knows a database. `child` runs the first half in a process of its own.
"""
