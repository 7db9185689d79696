"""Protective equipment: asked for, handed out, signed for, inspected, replaced; and its stock by size."""
