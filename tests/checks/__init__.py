"""The rules of `scaffold check`, and what is made of their findings."""
