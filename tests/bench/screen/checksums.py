#!/usr/bin/env python3
"""Makes texts with numbers that have a checksum, for mask_eval.

checksums.py COUNT > TEXTS

For each kind COUNT texts with a number that is right, and as many with one whose last digit or letter is wrong, which
is not to be found as that kind. Drawn from one seeded generator.
"""
import hashlib
import random
import string
import sys

rnd = random.Random(7)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def digits(n):
    return "".join(rnd.choice(string.digits) for _ in range(n))


def luhn(body):
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(body)))
    return str(-total % 10)


def card():
    body = rnd.choice(["4" + digits(14), "5" + rnd.choice("12345") + digits(13), "37" + digits(12), "6011" + digits(11)])
    return body + luhn(body)


IBANS = {"DE": "18n", "FR": "23n", "ES": "20n", "IT": "1a22n", "NL": "4a10n", "PL": "24n", "PT": "21n", "GB": "4a14n",
         "CH": "17n", "AT": "16n", "BE": "12n"}


def iban():
    country = rnd.choice(sorted(IBANS))
    form, body = IBANS[country], ""
    if "a" in form:
        letters, form = form.split("a")
        body = "".join(rnd.choice(string.ascii_uppercase) for _ in range(int(letters)))
    body += digits(int(form[:-1]))
    check = 98 - int("".join(str(int(c, 36)) for c in body + country + "00")) % 97
    whole = "%s%02d%s" % (country, check, body)
    return " ".join(whole[i:i + 4] for i in range(0, len(whole), 4)) if rnd.random() < 0.5 else whole


def pesel():
    body = "%02d%02d%02d%s" % (rnd.randrange(40, 99), rnd.randrange(1, 13), rnd.randrange(1, 29), digits(4))
    return body + str(-sum(int(c) * w for c, w in zip(body, (1, 3, 7, 9) * 3)) % 10)


def steuer_id():
    body = list(rnd.sample(string.digits, 9))
    body.append(rnd.choice(body))
    rnd.shuffle(body)
    if body[0] == "0":
        return steuer_id()
    product = 10
    for c in body:
        product = ((int(c) + product) % 10 or 10) * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def nir():
    body = "%d%02d%02d%02d%s%s" % (rnd.choice((1, 2)), rnd.randrange(30, 99), rnd.randrange(1, 13), rnd.randrange(1, 95),
                                   digits(3), "%03d" % rnd.randrange(1, 999))
    key = "%02d" % (97 - int(body) % 97)
    return " ".join([body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:], key])


def dni():
    number = rnd.randrange(10000000, 99999999)
    return "%d%s" % (number, "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23])


def nie():
    letter, rest = rnd.choice("XYZ"), digits(7)
    return letter + rest + "TRWAGMYFPDXBNJZSQVHLCKE"[int(str("XYZ".index(letter)) + rest) % 23]


def vin():
    allowed = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    value = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9)))
    body = "1M8" + "".join(rnd.choice(allowed) for _ in range(10)) + digits(4)
    total = sum(w * (int(c) if c.isdigit() else value[c])
                for i, (c, w) in enumerate(zip(body, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2))) if i != 8)
    return body[:8] + "0123456789X"[total % 11] + body[9:]


def bitcoin():
    body = b"\0" + bytes(rnd.randrange(256) for _ in range(20))
    number = int.from_bytes(body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4], "big")
    out = ""
    while number:
        number, rest = divmod(number, 58)
        out = BASE58[rest] + out
    return "1" + out


MAKERS = {card: "CREDIT_CARD", iban: "IBAN_CODE", pesel: "NATIONAL_ID", steuer_id: "NATIONAL_ID", nir: "NATIONAL_ID",
          dni: "NATIONAL_ID", nie: "NATIONAL_ID", vin: "VEHICLE_ID", bitcoin: "CRYPTO_ADDRESS"}
CARRIERS = ["it reads %s there", "%s", "Please note %s, thanks.", "Old: %s\\nnew: none", "(%s)"]


def wrong(number):
    """The number with its last sign replaced by another one of its sort."""
    sort = next(x for x in (string.digits, string.ascii_uppercase, string.ascii_lowercase) if number[-1] in x)
    if sort != string.digits:
        sort = [c for c in sort if c in BASE58]
    return number[:-1] + rnd.choice([c for c in sort if c != number[-1]])


def show(number, kind):
    carrier = rnd.choice(CARRIERS)
    text = carrier % number
    start = carrier.replace("\\n", "\n").index("%")
    print("%s\t%s" % ("%d %d %s" % (start, start + len(number), kind) if kind else "", text))


def main():
    for make, kind in MAKERS.items():
        for _ in range(int(sys.argv[1])):
            number = make()
            show(number, kind)
            show(wrong(number), None)


main()
