"""The commands of the core, a file each."""
