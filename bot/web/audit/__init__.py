"""The audit trail: looking into the ledger, and whether it is as it was sealed."""
