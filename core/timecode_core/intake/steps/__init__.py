"""The steps that an event passes before it is stored, a file each."""
