"""`make bench`: measured on the production code, on both databases; results in `results.json`."""
