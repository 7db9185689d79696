"""The induction gate: three levels before somebody may work, and whether somebody is cleared, as of any day."""
