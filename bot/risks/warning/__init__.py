"""Early warning: an index for each area from what the ledger holds, with the rows behind it."""
