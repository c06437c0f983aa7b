"""What a finger and an eye need of a page: nothing to press that is too low, and nothing beyond the edge."""

FINGER = 44  # CSS pixels, as WCAG 2.5.5 has it

_LOW = """least => {
  const seen = each => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".unseen, .skip");
  // A link within a sentence is as high as its line (WCAG 2.5.5 leaves it out); a box is pressed by its label, too.
  const inline = each => each.tagName === "A" && getComputedStyle(each).display === "inline";
  const area = each => (/^(checkbox|radio)$/.test(each.type) && each.closest("label")) || each;
  return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
    .filter(each => seen(each) && !inline(each) && area(each).getBoundingClientRect().height < least - 0.5)
    .map(each => each.outerHTML.slice(0, 90) + " " + area(each).getBoundingClientRect().height);
}"""
_OVER = """() => {
  const open = document.querySelector("dialog[open]");
  const over = [open || document.documentElement].filter(each => each.scrollWidth > each.clientWidth);
  // The label of a button is never cut, and the bars show whole words.
  const cut = [...document.querySelectorAll("button, .button, .bar, .seek, .keys")]
    .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1);
  return [...over, ...cut].map(each => each.outerHTML.slice(0, 90) + " " + each.scrollWidth + " > " + each.clientWidth);
}"""


def too_low(page):
    """What is to be pressed and lower than a finger needs, as HTML with its height."""
    return page.evaluate(_LOW, FINGER)


def over_the_edge(page):
    """What scrolls sideways or is cut, as HTML with its widths; an open dialog stands for the page beneath it."""
    return page.evaluate(_OVER)
