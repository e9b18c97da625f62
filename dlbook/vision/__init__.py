"""Boxes, suppression, anchors, average precision, scenes."""
