"""Certificates: for what somebody has passed, with a page on which anybody can see whether one is still good."""
