"""Annotated pictures: COCO's json and Pascal VOC's xml, read into one form.

Boxes are corners in pixels, left, top, right, bottom, and the first pixel of
a row reaches from 0 to 1. Labels count from 0, in the order of the class
names. All errors name the file, and say what to do.
"""

import json
import math
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import torch
from PIL import Image, ImageOps
from torch import Tensor


class Picture(NamedTuple):
    """One annotated picture, in whatever format its annotations came.

    boxes (M, 4) are corners in pixels and labels (M,) are in 0..K-1;
    ignored (I, 4) are boxes to leave out of training and of scores: COCO's
    crowds, and what Pascal VOC calls difficult.
    """

    path: Path
    boxes: Tensor
    labels: Tensor
    ignored: Tensor


class Row(NamedTuple):
    """One line of annotation: corners, a label in 0..K-1, and a mark."""

    corners: tuple
    label: int
    ignored: bool


def read_coco(file, folder) -> tuple[list[Picture], tuple[str, ...]]:
    """Pictures in `folder` and class names, from one json file of COCO.

    Categories get the labels 0 to K-1 in the order of their ids, which may
    have gaps. Lin et al., 2014; boxes there are left, top, width, height.

    Raises:
        FileNotFoundError: a picture is missing.
        ValueError: the file is not json or lacks a key; an id is unknown;
            a box or the size of a picture cannot be right.
    """
    content = read_json(file)
    images, annotations, categories = [
        required(content, key, file)
        for key in ("images", "annotations", "categories")
    ]
    categories = sorted(categories, key=lambda row: required(row, "id", file))
    labels = {row["id"]: label for label, row in enumerate(categories)}
    rows = {required(image, "id", file): [] for image in images}
    if len(rows) < len(images):
        raise ValueError(
            f"{file} has {len(images)} images, but {len(rows)} ids: ids that "
            "were merged from several files have to be made different"
        )
    for annotation in annotations:
        where = f"{file}, annotation {annotation.get('id', annotation)}"
        owner = known(annotation, "image_id", rows, where)
        label = known(annotation, "category_id", labels, where)
        left, top, width, height = numbers(annotation, "bbox", where)
        corners = (left, top, left + width, top + height)
        crowd = bool(annotation.get("iscrowd", 0))
        rows[owner].append(Row(corners, labels[label], crowd))
    pictures = []
    for image in images:
        path = Path(folder) / required(image, "file_name", file)
        size = image.get("width"), image.get("height")
        pictures.append(checked(path, size, rows[image["id"]], source=file))
    return pictures, tuple(required(row, "name", file) for row in categories)


def read_voc(
    files, folder, *, class_names=None, first_pixel: int = 1
) -> tuple[list[Picture], tuple[str, ...]]:
    """Pictures in `folder` and class names, from xml `files` of Pascal VOC.

    Everingham et al., 2010: pixels are counted from 1, and a box names its
    first and its last pixel. Use `first_pixel=0` for tools that count from
    0. Without `class_names`, they are all that occur, in alphabetical order.

    Raises: as `read_coco`; for class names that are not in `class_names`.
    """
    files = sorted(map(Path, files))
    trees = {file: read_xml(file) for file in files}
    if class_names is None:
        class_names = sorted({
            text(item, "name", file)
            for file, tree in trees.items()
            for item in tree.iter("object")
        })  # fmt: skip
    labels = {name: label for label, name in enumerate(class_names)}
    pictures = []
    for file, tree in trees.items():
        path = Path(folder) / text(tree, "filename", file)
        rows = [
            voc_row(item, labels, first_pixel, file)
            for item in tree.iter("object")
        ]
        size = None, None
        if tree.find("size") is not None:
            size = [number(tree, f"size/{side}", file)
                    for side in ("width", "height")]  # fmt: skip
        pictures.append(checked(path, size, rows, source=file))
    return pictures, tuple(class_names)


def voc_row(item, labels, first_pixel: int, file) -> Row:
    """The row of one <object>: from numbers of pixels to corners.

    The first pixel begins at 0, and the last one ends at its number + 1.
    """
    name = known({"name": text(item, "name", file)}, "name", labels, file)
    left, top, right, bottom = [
        number(item, f"bndbox/{side}", file) - first_pixel
        for side in ("xmin", "ymin", "xmax", "ymax")
    ]
    difficult = item.findtext("difficult", "0").strip() == "1"
    corners = (left, top, right + 1, bottom + 1)
    return Row(corners, labels[name], difficult)


def checked(path: Path, size, rows, *, source) -> Picture:
    """The picture of `rows`, where file, sizes and boxes agree.

    `size` is the annotated width and height, None where unknown. A box may
    leave the picture by a pixel, for tools that round; it is cut there.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{source} names {path}, which is not there: check the folder "
            "of pictures and the spelling, .jpg against .JPG or .jpeg too"
        )
    width, height = picture_size(path)
    if None not in size and tuple(size) != (width, height):
        raise ValueError(
            f"{source} was drawn on {size[0]:g} x {size[1]:g} pixels, but "
            f"{path} has {width} x {height}: was it resized or turned since? "
            "Annotate the file that you train on, or scale the boxes with it"
        )
    for row in rows:
        check_box(row.corners, width, height, f"{source}, {path.name}")
    limits = torch.tensor([width, height, width, height]).float()
    boxes = torch.tensor([row.corners for row in rows]).reshape(-1, 4)
    boxes = torch.minimum(boxes.float().clamp(min=0), limits)
    labels = torch.tensor([row.label for row in rows], dtype=torch.long)
    ignored = torch.tensor([row.ignored for row in rows], dtype=torch.bool)
    return Picture(path, boxes[~ignored], labels[~ignored], boxes[ignored])


def check_box(box, width: int, height: int, where: str):
    """Refuse a box that is empty, or outside by more than a pixel."""
    left, top, right, bottom = box
    shown = f"the box from ({left:g}, {top:g}) to ({right:g}, {bottom:g})"
    if not all(map(math.isfinite, box)) or right <= left or bottom <= top:
        raise ValueError(
            f"{where}: {shown} has the width {right - left:g} and the height "
            f"{bottom - top:g}: delete it, or draw it again"
        )
    if min(left, top) < -1 or right > width + 1 or bottom > height + 1:
        raise ValueError(
            f"{where}: {shown} is not within the picture of {width} x "
            f"{height} pixels. Are its numbers in the order of this format "
            "(COCO: x, y, width, height; VOC: corners), and in pixels?"
        )


def picture_size(path) -> tuple[int, int]:
    """Width and height as shown, with a camera's turn applied."""
    with Image.open(path) as picture:
        width, height = picture.size
        turned = picture.getexif().get(0x0112, 1) >= 5  # a quarter turn
    return (height, width) if turned else (width, height)


def read_picture(path) -> Tensor:
    """The picture as uint8 (3, H, W), upright as the camera was held."""
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    pixels = torch.frombuffer(bytearray(upright.tobytes()), dtype=torch.uint8)
    return pixels.reshape(upright.height, upright.width, 3).permute(2, 0, 1)


def write_coco(pictures, class_names, file) -> None:
    """The json file of COCO for `pictures`; ids count from 1."""
    images, annotations = [], []
    for i, picture in enumerate(pictures, start=1):
        width, height = picture_size(picture.path)
        images.append({"id": i, "file_name": picture.path.name,
                       "width": width, "height": height})  # fmt: skip
        for box, label, ignored in objects(picture):
            left, top, right, bottom = box
            box = [left, top, right - left, bottom - top]
            annotations.append({
                "id": len(annotations) + 1, "image_id": i,
                "category_id": label + 1, "bbox": box,
                "area": box[2] * box[3], "iscrowd": int(ignored),
            })  # fmt: skip
    categories = [
        {"id": label, "name": name}
        for label, name in enumerate(class_names, start=1)
    ]
    content = {"images": images, "annotations": annotations,
               "categories": categories}  # fmt: skip
    Path(file).write_text(json.dumps(content, indent=1))


def write_voc(pictures, class_names, folder) -> None:
    """An xml file of Pascal VOC for each picture, corners rounded."""
    for picture in pictures:
        root = ElementTree.Element("annotation")
        width, height = picture_size(picture.path)
        ElementTree.SubElement(root, "filename").text = picture.path.name
        add(root, "size", {"width": width, "height": height, "depth": 3})
        for box, label, ignored in objects(picture):
            left, top, right, bottom = map(round, box)
            values = {"name": class_names[label], "difficult": int(ignored)}
            item = add(root, "object", values)
            add(item, "bndbox", {"xmin": left + 1, "ymin": top + 1,
                                 "xmax": right, "ymax": bottom})  # fmt: skip
        ElementTree.indent(root)
        path = Path(folder) / f"{picture.path.stem}.xml"
        ElementTree.ElementTree(root).write(path)


def objects(picture):
    """Box, label and mark of all boxes; ignored ones get the label 0."""
    for box, label in zip(picture.boxes, picture.labels, strict=True):
        yield box.tolist(), label.item(), False
    for box in picture.ignored:
        yield box.tolist(), 0, True


def add(parent, name: str, values: dict):
    """A new element of xml whose children hold the values."""
    element = ElementTree.SubElement(parent, name)
    for key, value in values.items():
        ElementTree.SubElement(element, key).text = str(value)
    return element


def read_json(file) -> dict:
    """The object that a json file holds."""
    try:
        content = json.loads(Path(file).read_text())
    except ValueError as error:
        raise ValueError(
            f"{file} is not json: {error}. Export the annotations again"
        ) from error
    if not isinstance(content, dict):
        raise ValueError(
            f"{file} holds a {type(content).__name__}, but COCO's files hold "
            "an object with images, annotations and categories"
        )
    return content


def read_xml(file):
    """The root element of an xml file."""
    try:
        return ElementTree.parse(file).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(
            f"{file} is not xml: {error}. Export the annotations again"
        ) from error


def required(row: dict, key: str, where):
    """row[key], or an error that lists the keys there are."""
    if key not in row:
        raise ValueError(
            f"{where} has no {key!r}, only {', '.join(map(str, row))}; is it "
            "a file for object detection in COCO's format?"
        )
    return row[key]


def known(row: dict, key: str, names, where):
    """row[key], if `names` has it."""
    value = required(row, key, where)
    if value not in names:
        raise ValueError(
            f"{where} has the {key} {value!r}, but the known ones are "
            f"{', '.join(map(repr, list(names)[:20]))}: correct the "
            "spelling, or add it there"
        )
    return value


def numbers(row: dict, key: str, where):
    """The four numbers of row[key]."""
    values = required(row, key, where)
    try:
        left, top, width, height = map(float, values)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{where}: {key} is {values!r}, not four numbers x, y, width, "
            "height"
        ) from error
    return left, top, width, height


def text(element, path: str, file) -> str:
    """The text of one element of xml below another."""
    value = element.findtext(path)
    if value is None or not value.strip():
        raise ValueError(
            f"{file} has no <{path}> in its <{element.tag}>; is it a file of "
            "Pascal VOC?"
        )
    return value.strip()


def number(element, path: str, file) -> float:
    """The number in one element of xml below another."""
    value = text(element, path, file)
    try:
        return float(value)
    except ValueError as error:
        raise ValueError(
            f"{file} has {value!r} in <{path}>, where a number belongs"
        ) from error
