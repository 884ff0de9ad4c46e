"""The one process that writes: its writer, its sources, and the watch over its store."""
