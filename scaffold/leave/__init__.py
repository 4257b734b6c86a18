"""What an app uses of the platform, and the plan of its way out; nothing of it is run."""
