"""What is kept of people, for how long, and their rights: to read it, to take it along, to have it erased."""
