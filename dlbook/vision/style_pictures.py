"""Pictures to take a style from, computed, so that nobody owns them.

Each function returns a picture (3, size, size) with values in 0..1.
"""

import torch
import torch.nn.functional as F

NIGHT = (
    (12, 24, 70),
    (30, 70, 140),
    (90, 150, 190),
    (225, 215, 150),
    (245, 190, 60),
)
PRINT = ((28, 22, 18), (60, 40, 28), (226, 214, 186), (240, 230, 204))
GLASS = (
    (178, 34, 52),
    (28, 92, 130),
    (236, 178, 46),
    (60, 128, 74),
    (242, 232, 208),
    (96, 48, 110),
)


def swirls(size: int, *, generator=None):
    """Brush strokes along eddies, in the colours of a night sky."""
    flow = eddies(size, 7, generator)
    strokes = smear(speckles(size, 3, generator), flow, length=14)
    return colored(strokes, NIGHT)


def woodcut(size: int, *, generator=None):
    """Dark lines along eddies, as if cut in wood, on warm paper."""
    flow = eddies(size, 3, generator)
    lines = smear(speckles(size, 3, generator), flow, length=24)
    return colored(3 * lines, PRINT)


def mosaic(size: int, *, generator=None, tiles: int = 240):
    """Glass in flat colours between dark joints: cells of nearest points."""
    points = torch.rand(tiles, 2, generator=generator) * size
    grid = torch.cartesian_prod(torch.arange(size), torch.arange(size))
    near = torch.cdist(grid.float(), points).topk(2, largest=False)
    first, second = points[near.indices].unbind(dim=1)
    gap = near.values.square().diff(dim=1) / (
        2 * (second - first).norm(dim=1, keepdim=True)
    )
    joint = (gap / 0.008 / size).clamp(0, 1)  # 0 on the border of two cells
    colors = torch.tensor(GLASS)[
        torch.randint(len(GLASS), (tiles,), generator=generator)
    ]
    shade = 0.8 + 0.4 * torch.rand(tiles, 1, generator=generator)
    glass = (colors / 255 * shade)[near.indices[:, 0]]
    picture = (0.08 + joint * (glass - 0.08)).clamp(0, 1)
    return picture.T.reshape(3, size, size)


def speckles(size: int, side: int, generator):
    """Random squares of `side` pixels: noise (1, 1, size, size) in 0..1."""
    count = -(-size // side)
    noise = torch.rand(1, 1, count, count, generator=generator)
    noise = F.interpolate(noise, scale_factor=side)
    return noise[..., :size, :size]


def eddies(size: int, count: int, generator):
    """Directions (2, size, size), x and y, around `count` centres."""
    y, x = torch.meshgrid(*2 * [torch.linspace(-1, 1, size)], indexing="ij")
    u, v = torch.full_like(x, 0.6), 0.3 * torch.sin(3 * x)
    for _ in range(count):
        center_x, center_y, r = torch.rand(3, generator=generator)
        dx, dy, r = x - 2 * center_x + 1, y - 2 * center_y + 1, 0.2 + 0.25 * r
        strength = 3 / r * torch.exp(-(dx**2 + dy**2) / (0.7 * r**2))
        u, v = u - strength * dy, v + strength * dx
    return F.normalize(torch.stack([u, v]), dim=0)


def smear(noise, flow, *, length: int):
    """Means of noise (1, 1, S, S) along a flow: line integral convolution.

    (Cabral and Leedom, 1993.) The result (S, S) has mean 0 and deviation 1.
    """
    size = noise.shape[-1]
    steps = torch.linspace(-1, 1, size)
    start = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), dim=-1)
    total = torch.zeros_like(noise)
    for sign in (1, -1):
        position = start[None]
        for _ in range(length):
            total += F.grid_sample(
                noise, position, padding_mode="reflection", align_corners=True
            )
            there = F.grid_sample(
                flow[None], position, padding_mode="border", align_corners=True
            )
            position = position + sign * 2 / size * there.permute(0, 2, 3, 1)
    return ((total - total.mean()) / total.std())[0, 0]


def colored(heights, palette):
    """Heights (S, S) of deviation 1, coloured along a palette, dark first."""
    palette = torch.tensor(palette) / 255
    place = ((heights + 2) / 4).clamp(0, 0.999) * (len(palette) - 1)
    lower = place.long()
    part = (place - lower)[..., None]
    picture = palette[lower] * (1 - part) + palette[lower + 1] * part
    return picture.permute(2, 0, 1)
