"""Leading and lagging indicators, what dangers are about and where they are found; each number opens its rows."""
