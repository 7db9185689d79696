"""Proposals of a department, put to its committee; the decision keeps the dissent and who was asked."""
