"""From events to credited time, and what a store keeps of it: exact, and checked."""
