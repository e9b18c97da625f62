"""Bundled sound: spoken digits."""

import io

import numpy as np
import torch
from torch import Tensor

from dlbook.data.files import read


def spoken_digits() -> tuple[list[Tensor], Tensor]:
    """3,000 spoken digits: 13 MFCCs per frame (T_i, 13), labels (3000,)."""
    arrays = np.load(io.BytesIO(read("spoken-digits-mfcc.npz")))
    frames = torch.from_numpy(arrays["X"]).split(arrays["lengths"].tolist())
    return list(frames), torch.from_numpy(arrays["y"])
