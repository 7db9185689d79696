"""Goals from the company down to a person: one accountable owner each, and a digest whose sums are those of the rows."""
