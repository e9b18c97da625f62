"""Bundled sets -> tensors -> loaders of whole batches."""
