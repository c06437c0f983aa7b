"""What two texts have in common, character by character."""


def longest_run(one: str, other: str, most: int = 10_000) -> int:
    """The length of the longest run of characters that stands in both, at most `most`."""
    longest = 0
    for start in range(len(one)):
        while longest < most and start + longest < len(one) and one[start : start + longest + 1] in other:
            longest += 1
        if longest == most or len(one) - start <= longest:
            break
    return longest
