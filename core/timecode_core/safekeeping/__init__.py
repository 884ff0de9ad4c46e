"""Safekeeping: backups, restoring, recovering and forgetting."""
