"""The stages of a run, one module each: its tasks, and how its work is dealt out to them."""
