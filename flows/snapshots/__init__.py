"""What can be read of published snapshots, and which of them are kept."""
