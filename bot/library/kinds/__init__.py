"""The kinds of question: one file a kind, found by `registry`."""
