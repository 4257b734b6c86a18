"""Projects that no template made are taken in."""
