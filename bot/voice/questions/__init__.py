"""Questions to the safety officer: answered by a day, climbing where they are not, and found by whoever asks the same."""
