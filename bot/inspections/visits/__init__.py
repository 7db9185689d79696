"""Inspections by an authority or an auditor: findings with owners and deadlines, objections, evidence packs, guests."""
