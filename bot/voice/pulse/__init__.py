"""Anonymous pulse surveys: counts under seal, never an answer with a person, nothing of fewer than five."""
