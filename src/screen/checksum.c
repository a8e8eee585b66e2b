/* checksum.c: the arithmetic of identity, bank and vehicle numbers. */
#include "checksum.h"

#include <string.h>

static int digit(char c)
{
    return c - '0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

bool luhn_valid(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = digit(digits[n - 1 - i]);
        if (i % 2)
            v = v > 4 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return n > 1 && sum % 10 == 0;
}

bool card_valid(const char *d, size_t n)
{
    if (n < 12 || n > 19 || !strchr("23456", d[0]))
        return false;
    bool zero = true;
    for (size_t i = 1; i < n; i++)
        zero = zero && d[i] == d[0];
    return !zero && luhn_valid(d, n);
}

/* Country and total length, from the SWIFT IBAN registry. */
static const char iban_lengths[] =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18"
    "FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21"
    "LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27"
    "ST25SV28TL23TN24TR26UA29VA22VG24XK20";

bool iban_valid(const char *text, size_t n)
{
    if (n < 15 || n > 34)
        return false;
    size_t length = 0;
    for (size_t i = 0; i + 4 <= sizeof iban_lengths - 1; i += 4)
        if (iban_lengths[i] == upper(text[0]) && iban_lengths[i + 1] == upper(text[1]))
            length = (size_t)(digit(iban_lengths[i + 2]) * 10 + digit(iban_lengths[i + 3]));
    if (length != n)
        return false;
    int rest = 0;
    for (size_t i = 0; i < n; i++) {
        char c = upper(text[(i + 4) % n]);
        if (is_digit(c))
            rest = (rest * 10 + digit(c)) % 97;
        else if (is_upper(c))
            rest = (rest * 100 + (c - 'A' + 10)) % 97;
        else
            return false;
    }
    return rest == 1;
}

bool ssn_valid(const char *d)
{
    int area = digit(d[0]) * 100 + digit(d[1]) * 10 + digit(d[2]);
    int group = digit(d[3]) * 10 + digit(d[4]);
    int serial = digit(d[5]) * 1000 + digit(d[6]) * 100 + digit(d[7]) * 10 + digit(d[8]);
    if (area >= 900)
        return group >= 50 && group != 66 && group != 67 && group != 68 && group != 69 &&
               group != 89 && group != 93;
    return area != 0 && area != 666 && group != 0 && serial != 0;
}

bool npi_valid(const char *d, size_t n)
{
    char all[15] = "80840";
    if (n != 10 || (d[0] != '1' && d[0] != '2'))
        return false;
    memcpy(all + 5, d, 10);
    return luhn_valid(all, 15);
}

bool vin_valid(const char *text, size_t n)
{
    static const char letters[] = "ABCDEFGHJKLMNPRSTUVWXYZ";
    static const char values[] = "12345678123457923456789";
    static const int weights[] = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2 };
    if (n != 17)
        return false;
    int sum = 0, digits = 0;
    for (size_t i = 0; i < 17; i++) {
        char c = upper(text[i]);
        const char *at = is_upper(c) ? strchr(letters, c) : NULL;
        if (!is_digit(c) && !at)
            return false;
        digits += is_digit(c);
        sum += weights[i] * (is_digit(c) ? digit(c) : digit(values[at - letters]));
    }
    return digits >= 4 && digits < 17 && upper(text[8]) == "0123456789X"[sum % 11];
}

static bool date_plausible(int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static int weighted(const char *d, const int *weights, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += digit(d[i]) * weights[i];
    return sum;
}

bool pesel_valid(const char *d, size_t n)
{
    static const int weights[] = { 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1 };
    if (n != 11)
        return false;
    int month = (digit(d[2]) * 10 + digit(d[3])) % 20, day = digit(d[4]) * 10 + digit(d[5]);
    return date_plausible(month, day) && weighted(d, weights, 11) % 10 == 0;
}

bool bsn_valid(const char *d, size_t n)
{
    static const int weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, -1 };
    return n == 9 && memcmp(d, "000000000", 9) != 0 && weighted(d, weights, 9) % 11 == 0;
}

bool steuer_id_valid(const char *d, size_t n)
{
    if (n != 11 || d[0] == '0')
        return false;
    int seen[10] = { 0 }, doubled = 0;
    for (size_t i = 0; i < 10; i++)
        seen[digit(d[i])]++;
    for (size_t i = 0; i < 10; i++)
        doubled += seen[i] > 1;
    int product = 10;
    for (size_t i = 0; i < 10; i++) {
        int sum = (digit(d[i]) + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    int check = 11 - product;
    return doubled == 1 && (check == 10 ? 0 : check) == digit(d[10]);
}

bool nir_valid(const char *text, size_t n)
{
    if (n != 15 || (text[0] != '1' && text[0] != '2'))
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < 13; i++) {
        char c = upper(text[i]);
        /* Corsica: department 2A counts as 19, 2B as 18 */
        if (i == 6 && (c == 'A' || c == 'B') && text[5] == '2')
            number = (number / 10) * 100 + (c == 'A' ? 19 : 18);
        else if (is_digit(c))
            number = number * 10 + (uint64_t)digit(c);
        else
            return false;
    }
    if (!is_digit(text[13]) || !is_digit(text[14]))
        return false;
    int month = digit(text[3]) * 10 + digit(text[4]);
    uint64_t key = (uint64_t)(digit(text[13]) * 10 + digit(text[14]));
    return month >= 1 && month <= 99 && key == 97 - number % 97;
}

bool dni_valid(const char *text, size_t n)
{
    if (n != 9)
        return false;
    char first = upper(text[0]);
    int number = 0;
    if (first == 'X' || first == 'Y' || first == 'Z')
        number = first - 'X';
    else if (is_digit(first))
        number = digit(first);
    else
        return false;
    for (size_t i = 1; i < 8; i++) {
        if (!is_digit(text[i]))
            return false;
        number = number * 10 + digit(text[i]);
    }
    return upper(text[8]) == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23];
}

bool codice_fiscale_valid(const char *text, size_t n)
{
    static const char form[] = "LLLLLLDDLDDLDDDL";
    static const int odd[] = { 1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                               20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23 };
    if (n != 16)
        return false;
    int sum = 0;
    for (size_t i = 0; i < 15; i++) {
        char c = upper(text[i]);
        /* digits may be replaced by letters to tell namesakes apart */
        bool letter = is_upper(c);
        if (form[i] == 'L' ? !letter : !is_digit(c) && !(letter && strchr("LMNPQRSTUV", c)))
            return false;
        int value = letter ? c - 'A' : digit(c);
        sum += i % 2 ? value : odd[value];
    }
    return upper(text[15]) == 'A' + sum % 26;
}

bool nif_valid(const char *d, size_t n)
{
    static const int weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };
    if (n != 9 || !strchr("12356789", d[0]))
        return false;
    int check = 11 - weighted(d, weights, 8) % 11;
    return (check > 9 ? 0 : check) == digit(d[8]);
}

bool nino_valid(const char *text, size_t n)
{
    if (n != 9)
        return false;
    char a = upper(text[0]), b = upper(text[1]), last = upper(text[8]);
    for (size_t i = 2; i < 8; i++)
        if (!is_digit(text[i]))
            return false;
    return is_upper(a) && is_upper(b) && !strchr("DFIQUV", a) && !strchr("DFIOQUV", b) &&
           last >= 'A' && last <= 'D';
}

/* SHA-256 (FIPS 180-4) of less than 56 bytes, which are one block. */
static void short_sha256(const uint8_t *text, size_t n, uint8_t ret[32])
{
    static const uint32_t round[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2,
    };
    uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    uint8_t block[64] = { 0 };
    uint32_t w[64], v[8];
    assert(n < 56);
    memcpy(block, text, n);
    block[n] = 0x80;
    block[62] = (uint8_t)(n >> 5);
    block[63] = (uint8_t)(n << 3);
#define TURN(x, by) ((x) >> (by) | (x) << (32 - (by)))
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < 64; i++)
        w[i] = (TURN(w[i - 2], 17) ^ TURN(w[i - 2], 19) ^ w[i - 2] >> 10) + w[i - 7] +
               (TURN(w[i - 15], 7) ^ TURN(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 16];
    memcpy(v, h, sizeof v);
    for (size_t i = 0; i < 64; i++) {
        uint32_t one = v[7] + (TURN(v[4], 6) ^ TURN(v[4], 11) ^ TURN(v[4], 25)) +
                       ((v[4] & v[5]) ^ (~v[4] & v[6])) + round[i] + w[i];
        uint32_t two = (TURN(v[0], 2) ^ TURN(v[0], 13) ^ TURN(v[0], 22)) +
                       ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += one;
        v[0] = one + two;
    }
#undef TURN
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 4; k++)
            ret[4 * i + k] = (uint8_t)((h[i] + v[i]) >> (24 - 8 * k));
}

/* A version, 20 bytes, and the first four bytes of their hash's hash. */
bool base58_valid(const char *text, size_t n)
{
    static const char letters[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint8_t bytes[25] = { 0 }, hash[32];
    if (n < 26 || n > 35 || (text[0] != '1' && text[0] != '3'))
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *letter = text[i] ? strchr(letters, text[i]) : NULL;
        if (!letter)
            return false;
        unsigned carry = (unsigned)(letter - letters);
        for (size_t k = sizeof bytes; k-- > 0; carry >>= 8)
            bytes[k] = (uint8_t)(carry += bytes[k] * 58u);
        if (carry)
            return false;
    }
    short_sha256(bytes, 21, hash);
    short_sha256(hash, sizeof hash, hash);
    return !memcmp(hash, bytes + 21, 4);
}
