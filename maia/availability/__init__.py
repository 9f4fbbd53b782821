"""The heart: from weekly hours and busy time to free slots. Pure Python, no Django, no clock."""
