"""House rules, held by tests. Each rule is a function over a tree of files, shown to catch a small tree that breaks
it.
"""
