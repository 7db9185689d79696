"""Scores as files, periods that are issued and signed, and looking whether anything was changed."""
