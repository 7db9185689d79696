"""Proofs that nothing is lost. Each has a sabotage that breaks the mechanism and must make it fail."""
