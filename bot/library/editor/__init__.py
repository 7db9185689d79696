"""The bank editor at the desk: what there is, files sent in and looked at, one question in a form, versions."""
