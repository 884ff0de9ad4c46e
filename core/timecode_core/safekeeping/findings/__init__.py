"""What `timecode doctor` finds of the core's own parts. Nothing here changes anything."""
