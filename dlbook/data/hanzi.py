"""Chinese characters in many typefaces: every class has a few pictures."""

from typing import NamedTuple

import torch
from torch import Tensor

from dlbook.data.files import read

NUM_FONTS, NUM_CHARACTERS, SIDE = 14, 1563, 32


class Hanzi(NamedTuple):
    """Pictures of every character in every font, and the names of both.

    `images` (14, 1563, 32, 32) are uint8, from 0 (paper) to 255 (ink), in
    the order of `fonts` and `characters`.
    """

    images: Tensor
    fonts: tuple[str, ...]
    characters: tuple[str, ...]


def hanzi() -> Hanzi:
    """1,563 characters that China, Taiwan and Japan share, in 14 fonts.

    Size and position are normalised; there are 16 levels of grey. Among the
    fonts are print (noto, uming, ...), regular script (ukai, wenkai) and
    three by one brush: kouzan, the semi-cursive kouzan-gyosho and the grass
    script kouzan-sousho.
    """
    *names, characters, pixels = read("hanzi.xz").split(b"\n", NUM_FONTS + 1)
    pairs = torch.frombuffer(bytearray(pixels), dtype=torch.uint8)
    images = torch.stack([pairs >> 4, pairs & 15], dim=1) * 17  # high first
    return Hanzi(
        images.reshape(NUM_FONTS, NUM_CHARACTERS, SIDE, SIDE),
        tuple(name.decode() for name in names),
        tuple(characters.decode()),
    )
