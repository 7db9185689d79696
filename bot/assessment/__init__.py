"""What people were offered and took part in, from the facts of the ledger: exports, and participation today."""
