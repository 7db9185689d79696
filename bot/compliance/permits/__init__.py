"""Permits to work: asked for, checked, issued by somebody else, over by themselves, handed back."""
