"""The data of the page Explore: every project that can be made, and why others cannot."""
