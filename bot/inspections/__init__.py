"""Checklists done in the chat, on schedule and at random; checks that other rooms ask for; visits from outside in `visits`."""
