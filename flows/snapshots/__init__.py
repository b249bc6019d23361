"""What published snapshots hold, and which of them are kept."""
