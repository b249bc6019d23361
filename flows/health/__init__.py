"""What `winnow doctor` looks at: what stands here, and the server."""
