"""The safety budget: planned by year and heading, asked for in the chat, approved by rank, committed, paid."""
