"""Pictures to take a style from: range, repeatability, what they show."""

import pytest
import torch
from torch.nn import functional as F

from dlbook.vision.style_pictures import (
    colored,
    eddies,
    mosaic,
    smear,
    speckles,
    swirls,
    woodcut,
)


def generator(number=0):
    return torch.Generator().manual_seed(number)


@pytest.mark.parametrize("draw", [swirls, woodcut, mosaic])
def test_pictures_are_in_range_and_repeat(draw):
    picture = draw(50, generator=generator())
    assert picture.shape == (3, 50, 50)
    assert 0 <= picture.min() <= picture.max() <= 1
    assert torch.equal(picture, draw(50, generator=generator()))
    assert not torch.equal(picture, draw(50, generator=generator(1)))


def test_smearing_blurs_along_the_flow_only():
    noise = torch.rand(1, 1, 40, 40, generator=generator())
    across = torch.zeros(2, 40, 40)
    across[0] = 1  # to the right
    lines = smear(noise, across, length=8)
    torch.testing.assert_close(
        lines.mean(), torch.tensor(0.0), atol=1e-5, rtol=0
    )
    torch.testing.assert_close(lines.std(), torch.tensor(1.0))
    assert lines.diff(dim=1).std() < 0.5 * lines.diff(dim=0).std()


def test_smearing_reaches_as_far_back_as_forward():
    noise, across = torch.zeros(1, 1, 21, 21), torch.zeros(2, 21, 21)
    noise[..., 10, 10], across[0] = 1, 1
    row = smear(noise, across, length=5)[10]
    torch.testing.assert_close(row, row.flip(0), atol=1e-4, rtol=0)
    assert row[7] > row[0] + 1


def test_flows_have_length_one_and_turn():
    flow = eddies(30, 2, generator())
    torch.testing.assert_close(flow.norm(dim=0), torch.ones(30, 30))
    assert flow[0].min() < 0 < flow[0].max()
    u, v = flow
    turning = (v.diff(dim=1)[:-1] - u.diff(dim=0)[:, :-1]).flatten()
    spreading = (u.diff(dim=1)[:-1] + v.diff(dim=0)[:, :-1]).flatten()
    strongest = turning.topk(9).indices  # the middle of an eddy
    assert turning[strongest].mean() > 3 * spreading[strongest].mean().abs()


def test_speckles_are_squares():
    noise = speckles(8, 3, generator())[0, 0]
    assert torch.equal(noise[:3, :3], noise[:1, :1].expand(3, 3))
    assert noise.shape == (8, 8)


def test_colours_of_the_palette_are_reached_and_mixed():
    palette = ((0, 0, 0), (255, 0, 0), (255, 255, 255))
    heights = torch.tensor([[-9.0, 0.0, -1.0]])
    pixels = colored(heights, palette).permute(1, 2, 0)[0]
    expected = torch.tensor([[0.0, 0, 0], [1, 0, 0], [0.5, 0, 0]])
    torch.testing.assert_close(pixels, expected)


def test_tiles_are_flat_and_joints_dark():
    picture = mosaic(60, generator=generator(), tiles=12)
    flat = F.avg_pool2d(picture, 3, stride=1) - picture[:, 1:-1, 1:-1]
    assert (flat.abs().amax(dim=0) < 1e-6).float().mean() > 0.5
    assert picture.amax(dim=0).min() < 0.35
