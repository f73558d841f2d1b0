#!/usr/bin/env python3
"""Fills the address where the project is found on the web into a metainfo file.

usage: metainfo.py TEMPLATE OUTPUT [ADDRESS]

The homepage and the screenshots (which the tests take) have addresses there; the format allows no others. Without
one, the file names neither.
"""

import re
import sys

ADDRESSED = re.compile(r" *<(url|screenshots)\b(?:(?!</\1>).)*@web@.*?</\1>\n", re.DOTALL)


def main():
    template, output, *address = sys.argv[1:]
    with open(template, encoding="utf-8") as file:
        text = file.read()
    if address and address[0]:
        text = text.replace("@web@", address[0].rstrip("/"))
    else:
        text = ADDRESSED.sub("", text)
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
