"""Plugins, and the installation that is built from what they offer."""
