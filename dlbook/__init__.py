"""The code of the book; import each name from the module that owns it."""

__version__ = "0.1.0"
