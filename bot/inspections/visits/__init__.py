"""Inspections by an authority or an auditor: findings with owners and deadlines, objections, an evidence pack, access for a guest."""
