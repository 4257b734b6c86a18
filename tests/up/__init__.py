"""`scaffold up` and its console."""
