"""The rooms for other programs: JSON over HTTP, tokens with scopes and units, CSV feeds, and the document that says it all."""
