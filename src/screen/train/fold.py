#!/usr/bin/env python3
"""Writes fold_table.h: Latin, Greek and Cyrillic letters as plain lower-case ASCII."""
import sys
import unicodedata

GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω",
                 "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split()))
CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюяёђѓєѕіїјљњћќўџґ",
                    "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya "
                    "e dj g ye z i yi j lj nj c k u dz g".split()))
SPECIAL = {"ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th",
           "ł": "l", "ı": "i", "ħ": "h", "ŋ": "n", "ĸ": "k", "ŧ": "t", "ə": "e", "ƒ": "f"}


def fold(point):
    low = unicodedata.normalize("NFD", chr(point).lower())
    out = ""
    for c in low:
        if unicodedata.combining(c):
            continue
        if c.isascii() and c.isalpha():
            out += c
        else:
            out += SPECIAL.get(c) or GREEK.get(c) or CYRILLIC.get(c, "").replace("-", "")
    return out[:4]


def main():
    points = list(range(0xC0, 0x250)) + list(range(0x370, 0x530)) + list(range(0x1E00, 0x1F00))
    print("/* fold_table.h: letters as plain ASCII; written by train/fold.py, do not edit. */")
    print("#ifndef VOW_SCREEN_FOLD_TABLE_H\n#define VOW_SCREEN_FOLD_TABLE_H\n")
    print("#define FOLD_FIRST 0x%x" % points[0])
    print("#define FOLD_LAST 0x%x\n" % points[-1])
    print("static const struct { unsigned first, last, at; } fold_ranges[] = {")
    print("    { 0xc0, 0x24f, 0 }, { 0x370, 0x52f, 0x190 }, { 0x1e00, 0x1eff, 0x350 },\n};\n")
    print("static const char fold_table[][5] = {")
    row = []
    for p in points:
        row.append('"%s"' % (fold(p) if unicodedata.category(chr(p)).startswith("L") else ""))
        if len(row) == 10:
            print("    " + ", ".join(row) + ",")
            row = []
    if row:
        print("    " + ", ".join(row) + ",")
    print("};\n\n#endif")


sys.exit(main())
