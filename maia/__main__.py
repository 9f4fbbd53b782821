"""`python -m maia`, the same as `maia`."""

from maia.config.cli import main

main()
