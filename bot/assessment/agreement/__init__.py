"""What was agreed with those who work here: which rooms and figures of people are on, and that two people said so."""
