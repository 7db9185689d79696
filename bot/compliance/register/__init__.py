"""The legal register: which rules apply, in which version, who looks after each, and whether they are met."""
