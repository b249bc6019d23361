"""What makes each learned model of the package."""
