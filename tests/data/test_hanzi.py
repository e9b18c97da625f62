"""Chinese characters: their pictures, their names and their order."""

import torch

from dlbook.data.hanzi import hanzi

FAMILIES = ("noto", "motoya", "kouzan")


def test_every_character_has_a_picture_in_every_font():
    images, fonts, characters = hanzi()
    assert images.dtype == torch.uint8
    assert images.shape == (len(fonts), len(characters), 32, 32)
    assert (len(fonts), len(characters)) == (14, 1563)
    assert len(set(fonts)) == 14 and len(set(characters)) == 1563
    assert all("\u4e00" <= character <= "\u9fff" for character in characters)
    assert characters[:5] == tuple("一丁七丈三")
    for family in FAMILIES:
        assert sum(name.startswith(family) for name in fonts) >= 2
    assert set(images.unique().tolist()) == set(range(0, 256, 17))
    assert (images.amax(dim=(2, 3)) > 100).all()  # none is empty


def test_pictures_belong_to_their_characters():
    """The character one is a level line, three has three of them."""
    images, fonts, characters = hanzi()
    for font in ("noto-sans", "uming", "ukai", "soseki", "kouzan"):
        page = images[fonts.index(font)].float() / 255
        one, three = (page[characters.index(name)] for name in "一三")
        rows = one.mean(dim=1)
        assert rows.argmax() in range(12, 20)  # centred
        assert rows[:6].max() < 0.1 and rows[-6:].max() < 0.1
        above = three.mean(dim=1) > 0.25
        starts = (above[1:] & ~above[:-1]).sum() + above[0]
        assert starts == 3


def test_two_fonts_of_a_family_look_alike():
    """Order of the fonts: bold print is nearest to its own regular."""
    images, fonts, _ = hanzi()
    flat = images.float().flatten(1)
    flat = flat - flat.mean(dim=1, keepdim=True)
    cosines = torch.nn.functional.normalize(flat) @ flat.T
    cosines.fill_diagonal_(-torch.inf)
    for font, relative in [
        ("noto-serif-bold", "noto-serif"),
        ("motoya-cedar", "motoya-maru"),
    ]:
        nearest = cosines[:, fonts.index(font)] / flat.norm(dim=1)
        assert fonts[nearest.argmax()] == relative


def test_the_high_half_of_a_byte_comes_first():
    """Ink is connected: a shuffle of neighbours would make it rough."""
    images = hanzi().images.float()
    across = (images[..., 1:] - images[..., :-1]).abs().mean()
    swapped = images.reshape(14, 1563, 32, 16, 2).flip(-1).flatten(3)
    rough = (swapped[..., 1:] - swapped[..., :-1]).abs().mean()
    assert across < 0.8 * rough
