"""Figures of the pages, and the palette that they share."""
