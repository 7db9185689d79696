"""Measurements. Machines are noisy: everything is compared side by side in one run, and ratios are what counts."""
