"""People at the desk: who works here, what changes for one of them, a personnel file looked at before it is applied."""
