"""REST, for other people's scripts. The same domain functions as the pages; names may not change."""
