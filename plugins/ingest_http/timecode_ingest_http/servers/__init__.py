"""The servers that can carry the application."""
