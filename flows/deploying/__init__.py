"""The deployments that Winnow creates on a Prefect server, and the automations that watch them."""
