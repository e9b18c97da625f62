"""Bundled sound: spoken digits."""

import io
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dlbook.data.files import read


class SpokenDigits(NamedTuple):
    """Recordings as frames of features (T_i, D), and labels (N,) in 0..9."""

    frames: list[Tensor]
    labels: Tensor


def spoken_digits() -> SpokenDigits:
    """3,000 spoken digits, 13 MFCCs per frame."""
    arrays = np.load(io.BytesIO(read("spoken-digits-mfcc.npz")))
    frames = torch.from_numpy(arrays["X"]).split(arrays["lengths"].tolist())
    return SpokenDigits(list(frames), torch.from_numpy(arrays["y"]))
