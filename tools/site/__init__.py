"""The site: what Sphinx makes of the notebooks, and the page of results."""
