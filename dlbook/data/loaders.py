"""Tensors -> loaders of whole batches."""

import torch
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    TensorDataset,
)

from dlbook.runtime import rehearsing, to_device


def batches(
    dataset: TensorDataset,
    batch_size: int,
    *,
    shuffle: bool = False,
    drop_last: bool = False,
    device=None,
) -> DataLoader:
    """A loader that cuts whole batches out of tensors by index.

    Nothing is collated example by example, which makes an epoch many times
    faster. With `device` the data set is moved there once, not per batch.
    Shuffling draws from PyTorch's global generator, so `set_seed` repeats it.
    In a rehearsal there are at most two batches.
    """
    if len(dataset) == 0:
        raise ValueError("the data set has 0 examples, a loader needs 1")
    if rehearsing():
        dataset = TensorDataset(*dataset[: 2 * batch_size])
    if device is not None:
        dataset = OnDevice(*to_device(dataset.tensors, device))
    sampler = RandomSampler if shuffle else SequentialSampler
    indices = BatchSampler(sampler(dataset), batch_size, drop_last)
    return DataLoader(dataset, sampler=indices, batch_size=None)


class OnDevice(TensorDataset):
    """Tensors on a device, whose indices go there without being waited for."""

    def __getitem__(self, indices):
        device = self.tensors[0].device
        return super().__getitem__(to_device(torch.tensor(indices), device))
