"""Backpropagation through layers, drawn as the order of its products."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import BLUE, GREY, INK, ORANGE

FORWARD, BACKWARD, PARAMETERS = 2.0, 0.9, 0.0  # heights of the three rows


def plot_backward_pass(layers: int, *, done: int):
    """The forward pass of a network in blue, its backward pass in orange.

    Tensors are boxes; A and Z of a layer stand above their gradients. Of the
    backward pass the first `done` of 2 * layers steps are drawn: dZ of the
    last layer, its dW and db, dZ of the layer before, and so on. A dashed
    arrow is a tensor that was kept in the forward pass.
    """
    figure, ax = plt.subplots(figsize=(6.4, 3.0))
    draw_box(ax, 0, FORWARD, "$A^0$", BLUE)
    for number in range(1, layers + 1):
        left, right = x_of_inputs(number), x_of_sums(number)
        draw_box(ax, right, FORWARD, f"$Z^{number}$", BLUE)
        draw_arrow(ax, (left, FORWARD), (right, FORWARD), BLUE)
        write(ax, (left + right) / 2, FORWARD, f"$W^{number}\\!, b^{number}$")
        if number < layers:
            after = x_of_inputs(number + 1)
            draw_box(ax, after, FORWARD, f"$A^{number}$", BLUE)
            draw_arrow(ax, (right, FORWARD), (after, FORWARD), BLUE)
            write(ax, (right + after) / 2, FORWARD, "$g$")
    draw_box(ax, x_of_loss(layers), FORWARD, "$L$", BLUE)
    sums = x_of_sums(layers)
    draw_arrow(ax, (sums, FORWARD), (x_of_loss(layers), FORWARD), BLUE)
    for step in range(done):
        number = layers - step // 2
        if step % 2 == 0:
            draw_sum_gradient(ax, number, layers)
        else:
            draw_parameter_gradients(ax, number)
    ax.set(xlim=(-0.5, x_of_loss(layers) + 0.5), ylim=(-0.45, 2.7))
    ax.axis("off")
    return figure


def x_of_inputs(number: int) -> float:
    return 2.2 * (number - 1)


def x_of_sums(number: int) -> float:
    return x_of_inputs(number) + 1.2


def x_of_loss(layers: int) -> float:
    return x_of_sums(layers) + 0.9


def draw_sum_gradient(ax, number, layers):
    """dZ of one layer, from the loss or from dZ of the layer after it."""
    x = x_of_sums(number)
    draw_box(ax, x, BACKWARD, f"$\\mathrm{{d}}Z^{number}$", ORANGE)
    if number == layers:
        draw_arrow(ax, (x_of_loss(layers), FORWARD), (x, BACKWARD), ORANGE)
        return
    after = x_of_sums(number + 1)
    draw_arrow(ax, (after, BACKWARD), (x, BACKWARD), ORANGE)
    words = f"$\\cdot\\, W^{number + 1}\\; \\odot\\; g$′$(Z^{number})$"
    write(ax, 0.66 * x + 0.34 * after, BACKWARD, words)
    draw_arrow(ax, (x, FORWARD), (x, BACKWARD), GREY, style="--")


def draw_parameter_gradients(ax, number):
    """dW and db of one layer, from its dZ and the inputs kept for it."""
    x, inputs = x_of_sums(number), x_of_inputs(number)
    words = f"$\\mathrm{{d}}W^{number}\\!,\\, \\mathrm{{d}}b^{number}$"
    draw_box(ax, x, PARAMETERS, words, ORANGE)
    draw_arrow(ax, (x, BACKWARD), (x, PARAMETERS), ORANGE)
    draw_arrow(ax, (inputs, FORWARD), (x, PARAMETERS), GREY, style="--")


def draw_box(ax, x, y, words, color):
    box = {"boxstyle": "round,pad=0.35", "fc": "none", "ec": color}
    ax.text(x, y, words, ha="center", va="center", bbox=box, color=INK)


def draw_arrow(ax, start, end, color, *, style="-"):
    arrow = {
        "arrowstyle": "->",
        "color": color,
        "linestyle": style,
        "shrinkA": 15,
        "shrinkB": 15,
    }
    ax.annotate("", end, start, arrowprops=arrow)


def write(ax, x, y, words):
    """Words above the middle of an arrow from left to right or back."""
    ax.text(x, y + 0.17, words, ha="center", fontsize="small", color=INK)
