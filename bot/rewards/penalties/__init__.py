"""Points taken away: proposed by one person, answered by whom it concerns, decided by another."""
