"""Guards, extraction, eyewash, fire doors: what must be looked at when, and who hears of it when nobody has looked."""
