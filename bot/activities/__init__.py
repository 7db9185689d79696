"""Campaigns for safety, planned by whoever looks after it: who took part, who won, and whether it did anything."""
