"""The colours of the figures: Okabe and Ito, 2008, made for colour-blind eyes.

The style `dlbook.figures.book` gives curves the colours of `CYCLE`, in this
order. On a dark page the site lightens INK, GREY, BLUE and ORANGE; TEXT and
the others stay as they are.
"""

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
PINK = "#CC79A7"
AMBER = "#E69F00"  # seen on dark and on bright photographs
SKY = "#56B4E9"
INK = "#1f2430"  # text and lines on the page
GREY = "#5b6474"  # frames, arrows
LIGHT_BLUE = "#a9cbe0"  # areas
LIGHT_GREY = "#9aa3b2"  # points in the background
TEXT = "#111111"  # text on a coloured area

CYCLE = (BLUE, ORANGE, GREEN, PINK, AMBER, SKY, INK)
