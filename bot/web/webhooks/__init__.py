"""Signed calls to other programs: what happened, once it is in the ledger, to the addresses that asked for it."""
