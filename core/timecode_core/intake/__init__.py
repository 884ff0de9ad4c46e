"""From what a source submits to events that can be stored."""
