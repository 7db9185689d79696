"""Toolbox talks: a few minutes on one danger in a crew's group, before work; who was there, three questions, the sign-off."""
