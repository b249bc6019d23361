"""What `winnow doctor` examines: this machine, and the Prefect server."""
