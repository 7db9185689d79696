"""What training and drills cost: minutes from the ledger at the rate of a post, and booked costs; by unit, never by person."""
