/* checksum.h: numbers that prove themselves. Digits are ASCII, without separators. */
#ifndef VOW_SCREEN_CHECKSUM_H
#define VOW_SCREEN_CHECKSUM_H

#include "base/base.h"

bool luhn_valid(const char *digits, size_t n);         /* ISO/IEC 7812-1 */
bool card_valid(const char *digits, size_t n);         /* issuer ranges, length and Luhn */
bool iban_valid(const char *text, size_t n);           /* ISO 13616, country's length */
bool ssn_valid(const char *digits);                    /* 9 digits; SSN or ITIN areas */
bool npi_valid(const char *digits, size_t n);          /* Luhn with prefix 80840 */
bool vin_valid(const char *text, size_t n);            /* ISO 3779 with check digit */
bool pesel_valid(const char *digits, size_t n);        /* Poland */
bool bsn_valid(const char *digits, size_t n);          /* Netherlands, eleven test */
bool steuer_id_valid(const char *digits, size_t n);    /* Germany, ISO 7064 mod 11,10 */
bool nir_valid(const char *text, size_t n);            /* France, key mod 97 */
bool dni_valid(const char *text, size_t n);            /* Spain, DNI and NIE letter */
bool codice_fiscale_valid(const char *text, size_t n); /* Italy */
bool nif_valid(const char *digits, size_t n);          /* Portugal */
bool nino_valid(const char *text, size_t n);           /* United Kingdom, form only */
bool base58_valid(const char *text, size_t n);         /* Bitcoin address, Base58Check */

#endif
