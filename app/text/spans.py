"""Spans of one closed grammar, the same for questions and for texts."""

import re

PHONE = re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|12\d{3}|[2-9]\d{7})(?!\d)")
"""A telephone number as offices print them: with or without area code, mobile, or a hotline of five digits."""
