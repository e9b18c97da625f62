"""The code of the book. Import each name from the module that owns the idea:

    from dlbook.train import fit
    from dlbook.data import batches, fashion_mnist
"""

__version__ = "0.1.0"
