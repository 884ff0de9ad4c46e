"""Rules of time accounting, a file each."""
