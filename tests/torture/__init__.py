"""Attacks at full size: `make torture`."""
