"""What a real editor tells its extensions, in the order in which it does, kept for the extension's unit tests."""
