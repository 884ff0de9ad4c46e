"""Renderers of plain data, a file each."""
