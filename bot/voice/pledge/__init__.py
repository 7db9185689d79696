"""The pledge of the four non-harms: signed after scenario questions, renewed every year."""
