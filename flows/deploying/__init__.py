"""What Winnow creates on a Prefect server: deployments, and automations that watch them."""
