"""The home folder, its settings and its lock, and the zone in force: what everything else stands on."""
