"""Pictures from files, as torchvision's detectors want them; a sample set."""

from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import Dataset
from torchvision import tv_tensors

from dlbook.data.images import FASHION_CLASSES, fashion_file, photo
from dlbook.vision.annotations import Picture, read_picture
from dlbook.vision.boxes import area, intersection

SAMPLE_CLASSES = ("bag", "sneaker", "trouser")
PHOTOS = ("astronaut", "cat", "coffee", "rocket")
VISIBLE = 8  # of 255; darker pixels of an item are transparent


class DetectionSet(Dataset):
    """Image and target of each picture, both after `transforms`.

    The image is a tv_tensors.Image, uint8 (3, H, W). The target is a dict:
    "boxes" (M, 4), tv_tensors.BoundingBoxes in corners, and "labels" (M,) in
    1..K, since 0 is the background for torchvision's detectors.
    """

    def __init__(self, pictures, transforms=None):
        self.pictures, self.transforms = pictures, transforms

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        picture = self.pictures[index]
        image = tv_tensors.Image(read_picture(picture.path))
        boxes = tv_tensors.BoundingBoxes(
            picture.boxes, format="XYXY", canvas_size=image.shape[-2:]
        )
        target = {"boxes": boxes, "labels": picture.labels + 1}
        if self.transforms is not None:
            image, target = self.transforms(image, target)
        return image, target


def as_lists(examples):
    """A batch of images in different sizes: their list, and the targets'."""
    images, targets = zip(*examples, strict=True)
    return list(images), list(targets)


def sample_pictures(folder, split: str, count: int, *, generator):
    """Write `count` JPEG files into `folder`; returns their `Picture`s.

    One to three clothes of Fashion-MNIST on a part of a photograph, with 200
    x 150 or 150 x 200 pixels. The splits "train", "valid" and "test" share
    neither clothes nor parts of photographs.
    """
    images, labels = fashion_file("t10k" if split == "test" else "train")
    if split != "test":
        kept = slice(-5000) if split == "train" else slice(-5000, None)
        images, labels = images[kept], labels[kept]
    pools = [
        images[labels == FASHION_CLASSES.index(name)]
        for name in SAMPLE_CLASSES
    ]
    photos = {name: photo(name).float() / 255 for name in PHOTOS}
    pictures = []
    for i in range(count):
        name = PHOTOS[i % len(PHOTOS)]
        size = (200, 150) if i % 3 == 0 else (150, 200)
        image = background(photos[name], split, size, generator)
        image, boxes, labels = add_items(image, pools, generator)
        path = Path(folder) / f"{split}-{i:03}-{name}.jpg"
        pixels = (255 * image).round().byte().permute(1, 2, 0).contiguous()
        Image.fromarray(pixels.numpy()).save(path, quality=90)
        pictures.append(Picture(path, boxes, labels, torch.empty(0, 4)))
    return pictures


def background(whole, split: str, size, generator):
    """A random part of a photograph (3, H, W) in the size (height, width).

    Training pictures show its left three fifths, validation pictures the
    upper half of the rest, test pictures the lower half.
    """
    cut, middle = whole.shape[2] * 3 // 5, whole.shape[1] // 2
    if split == "train":
        ground = whole[:, :, :cut]
    else:
        rows = slice(middle) if split == "valid" else slice(middle, None)
        ground = whole[:, rows, cut:]
    largest = min(ground.shape[1] / size[0], ground.shape[2] / size[1])
    scale = largest * (0.5 + 0.5 * draw(generator))
    height, width = int(scale * size[0]), int(scale * size[1])
    top = int(draw(generator) * (ground.shape[1] - height))
    left = int(draw(generator) * (ground.shape[2] - width))
    part = ground[None, :, top : top + height, left : left + width]
    return resized(part, size)[0]


def add_items(image, pools, generator):
    """One to three items of `pools`, one for each class, on an image.

    Returns the image, the boxes (M, 4) and labels (M,). An item that would
    cover a tenth of another one, or be covered, is left out.
    """
    boxes, labels = torch.empty(0, 4), []
    for _ in range(1 + int(3 * draw(generator))):
        label = int(len(pools) * draw(generator))
        number = int(len(pools[label]) * draw(generator))
        item, cover = cut_out(pools[label][number], generator)
        height, width = cover.shape
        top = int(draw(generator) * (image.shape[1] - height))
        left = int(draw(generator) * (image.shape[2] - width))
        box = torch.tensor([[left, top, left + width, top + height]]).float()
        shared = intersection(box, boxes) / area(boxes).clamp(max=area(box))
        if (shared > 0.1).any():
            continue
        window = image[:, top : top + height, left : left + width]
        window += cover * (item - window)  # changes the image itself
        boxes, labels = torch.cat([boxes, box]), [*labels, label]
    return image, boxes, torch.tensor(labels)


def cut_out(item, generator):
    """Colours (3, h, w) and cover (h, w) of an item (28, 28), cut tightly.

    Mirrored half of the time, in a random colour, 50 to 100 pixels long.
    """
    if draw(generator) < 0.5:
        item = item.flip(1)
    seen = item > VISIBLE
    rows, columns = seen.any(dim=1).nonzero(), seen.any(dim=0).nonzero()
    item = item[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    length = 50 + 50 * draw(generator)
    scale = length / max(item.shape)
    size = [max(8, int(scale * side)) for side in item.shape]
    layers = torch.stack([item / 255, (item > VISIBLE).float()])
    light, cover = resized(layers[None], size)[0]
    color = 0.4 + 0.6 * torch.rand(3, 1, 1, generator=generator)
    return color * light, cover


def resized(images, size):
    """Images (B, C, H, W) in another size (height, width)."""
    return F.interpolate(
        images, size=tuple(size), mode="bilinear", antialias=True
    )


def draw(generator) -> float:
    """A random number in 0..1."""
    return torch.rand((), generator=generator).item()
