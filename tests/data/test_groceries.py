"""The photographs of fruit: their number, their labels and their split."""

import torch

from dlbook.data import groceries as data

# The test set of the archive, counted with other means.
TEST = [45, 58, 59, 50, 64, 39, 32, 36, 46, 56, 35, 44, 29, 68]
TRAIN = [45, 59, 59, 50, 65, 39, 33, 36, 46, 57, 41, 45, 30, 70]


def test_the_split_is_the_authors():
    parts = data.groceries()
    assert [len(part) for part in parts] == [675, 57, 661]
    for part in parts:
        images, labels = part.tensors
        assert images.dtype == torch.uint8 and labels.dtype == torch.long
        assert images.shape[1:] == (3, 112, 112)
    counts = [
        part.tensors[1].bincount(minlength=14).tolist() for part in parts
    ]
    assert counts[0] == TRAIN and counts[2] == TEST
    missing = [k for k, count in enumerate(counts[1]) if count == 0]
    names = [data.GROCERY_CLASSES[k] for k in missing]
    assert names == ["Red Delicious", "Anjou pear", "Kaiser pear"]


def test_no_photograph_is_in_two_sets():
    images, _, _ = data.grocery_file()
    assert len({image.numpy().tobytes() for image in images}) == len(images)


def test_labels_fit_the_pictures():
    """Some classes are known by their mean colour."""
    images, labels = data.groceries().train.tensors
    red, green, blue = images.float().mean(dim=(2, 3)).unbind(dim=1)

    def mean(ratio, name):
        return ratio[labels == data.GROCERY_CLASSES.index(name)].mean()

    for pale in ("Granny Smith", "watermelon", "Anjou pear"):
        for rosy in ("Red Delicious", "Pink Lady", "orange"):
            assert mean(red / green, pale) + 0.4 < mean(red / green, rosy)
    assert mean(green / blue, "cantaloupe") < 2
    assert mean(green / blue, "satsuma") > 4
    assert (red > blue).float().mean() > 0.9  # channels are not reversed
