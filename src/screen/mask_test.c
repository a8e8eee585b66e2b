/* mask_test.c: what is found, what is left alone, and that tokens give back what they took. */
#include "mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct mask_name directory[] = {
    { "Anna-Lena Müller", MASK_PERSON, 1 }, { "Jan Kowalski", MASK_PERSON, 2 },
    { "Kowalski, Maria", MASK_PERSON, 3 },  { "May Will", MASK_PERSON, 4 },
    { "Иван Петров", MASK_PERSON, 5 },      { "Brandt Logistik GmbH", MASK_ORGANIZATION, 6 },
    { "Paris office", MASK_KEEP, 0 },       { "Søren Ågård", MASK_PERSON, 7 },
};

struct look {
    struct arena arena;
    const struct mask *mask;
};

static int setup(void **state)
{
    static struct look look;
    look = (struct look){ { 0 }, NULL };
    look.mask = mask_new(&look.arena, directory, LENGTH(directory));
    *state = &look;
    return 0;
}

static int teardown(void **state)
{
    arena_done(&((struct look *)*state)->arena);
    return 0;
}

/* Whether exactly `value` is found as `kind` in `text`. */
static bool found(struct look *l, const char *text, enum mask_kind kind, const char *value)
{
    struct mask_spans s = mask_find(&l->arena, l->mask, text, strlen(text), MASK_ALL);
    for (size_t i = 0; i < s.count; i++)
        if (s.at[i].kind == kind && s.at[i].end - s.at[i].start == strlen(value) &&
            !memcmp(text + s.at[i].start, value, strlen(value)))
            return true;
    for (size_t i = 0; i < s.count; i++)
        print_message("%s: %s [%.*s]\n", text, mask_kind_name(s.at[i].kind),
                      (int)(s.at[i].end - s.at[i].start), text + s.at[i].start);
    return false;
}

static uint64_t subject_of(struct look *l, const char *text)
{
    struct mask_spans s = mask_find(&l->arena, l->mask, text, strlen(text), 1u << MASK_PERSON);
    return s.count == 1 ? s.at[0].subject : UINT64_MAX;
}

static size_t count_of(struct look *l, const char *text)
{
    struct mask_spans s = mask_find(&l->arena, l->mask, text, strlen(text), MASK_ALL);
    for (size_t i = 0; i < s.count; i++)
        print_message("%s: %s [%.*s]\n", text, mask_kind_name(s.at[i].kind),
                      (int)(s.at[i].end - s.at[i].start), text + s.at[i].start);
    return s.count;
}

static void directory_variants(void **state)
{
    struct look *l = *state;
    static const char *const anna[] = {
        "ask Anna-Lena Müller about it", "ask Müller, Anna-Lena about it",
        "ask ANNA-LENA MÜLLER now",      "ask anna-lena mueller about it",
        "ask Anna Lena Muller about it", "ask A. Müller about it",
        "it is Anna-Lena Müller's desk", "ask Mu\xcc\x88ller, Anna-Lena",
        "mail annamueller about it",
    };
    for (size_t i = 0; i < LENGTH(anna); i++)
        if (subject_of(l, anna[i]) != 1)
            fail_msg("not found: %s", anna[i]);
    assert_int_equal(subject_of(l, "we met Ivan Petrov there"), 5);
    assert_int_equal(subject_of(l, "we met Soeren Aagaard there"), 7);
    assert_int_equal(subject_of(l, "we met Maria Kowalski there"), 3);
    assert_int_equal(subject_of(l, "we met Kowalski there"), 0); /* two of that name */
    assert_true(
        found(l, "the invoice of Brandt Logistik is open", MASK_ORGANIZATION, "Brandt Logistik"));
}

static void common_words_stay(void **state)
{
    struct look *l = *state;
    assert_int_equal(count_of(l, "You may ask whether it will rain."), 0);
    assert_int_equal(count_of(l, "May I ask? Will you come?"), 0);
    assert_int_equal(count_of(l, "The Paris office project is done."), 0);
    assert_int_equal(count_of(l, "Upgrade PostgreSQL from 13.2 to 15.1 at 12:30 for $1,000.50"), 0);
    assert_int_equal(count_of(l, "for (int i = 0; i < 10; i++) sum += a[i];"), 0);
    assert_int_equal(subject_of(l, "I talked to May Will yesterday"), 4);
    assert_int_equal(subject_of(l, "Talk to May about it"), 4);
    assert_int_equal(subject_of(l, "May's report is late"), 4);
    assert_int_equal(subject_of(l, "May said so"), 4);
    assert_int_equal(count_of(l, "The party is in May"), 0);
}

static void addresses_are_one_or_several(void **state)
{
    struct look *l = *state;
    const char *text = "Dr. Leandr Helm\n0680 Chodovecké Nám. 53\nFlat 050\nSampang, Fiji 26546";
    assert_true(found(l, text, MASK_STREET_ADDRESS, "0680"));
    assert_true(found(l, text, MASK_STREET_ADDRESS, "Chodovecké Nám. 53"));
    assert_true(found(l, text, MASK_STREET_ADDRESS, "Flat 050"));
    assert_true(found(l, text, MASK_GPE, "Sampang"));
    assert_true(found(l, "Location: Ostredková 19, East Sant Vicenç dels Horts, Chile",
                      MASK_STREET_ADDRESS, "Ostredková 19, East Sant Vicenç dels Horts, Chile"));
    assert_true(found(l, "Wohnhaft: Schillerstr. 8a, 01326 Dresden", MASK_GPE, "Dresden"));
    assert_int_equal(count_of(l, "Can I withdraw cash using Your card at aTM center ?"), 0);
}

static void numbers_prove_themselves(void **state)
{
    static const struct {
        const char *good, *bad;
        enum mask_kind kind;
    } rows[] = {
        { "4532015112830366", "4532015112830367", MASK_CREDIT_CARD },
        { "3782-822463-10005", "3782-822463-10006", MASK_CREDIT_CARD },
        { "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 01", MASK_IBAN_CODE },
        { "GB82WEST12345698765432", "GB82WEST12345698765431", MASK_IBAN_CODE },
        { "PL61109010140000071219812874", "PL61109010140000071219812875", MASK_IBAN_CODE },
        { "536-90-4399", "666-90-4399", MASK_US_SSN },
        { "1M8GDM9AXKP042788", "1M8GDM9A1KP042788", MASK_VEHICLE_ID },
        { "44051401359", "44051401358", MASK_NATIONAL_ID },
        { "86095742719", "86095742718", MASK_NATIONAL_ID },
        { "12345678Z", "12345678A", MASK_NATIONAL_ID },
        { "X1234567L", "X1234567M", MASK_NATIONAL_ID },
        { "RSSMRA85T10A562S", "RSSMRA85T10A562T", MASK_NATIONAL_ID },
        { "1 84 12 76 451 089 46", "1 84 12 76 451 089 47", MASK_NATIONAL_ID },
        { "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
          MASK_CRYPTO_ADDRESS },
        { "2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370g:7334", MASK_IP_ADDRESS },
        { "192.168.10.254", "192.168.10.256", MASK_IP_ADDRESS },
        { "00:1B:44:11:3A:B7", "00:1B:44:11:3A:G7", MASK_MAC_ADDRESS },
    };
    struct look *l = *state;
    char text[128];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        snprintf(text, sizeof text, "it reads %s there", rows[i].good);
        assert_true(found(l, text, rows[i].kind, rows[i].good));
        snprintf(text, sizeof text, "it reads %s there", rows[i].bad);
        struct mask_spans s = mask_find(&l->arena, l->mask, text, strlen(text), 1u << rows[i].kind);
        if (s.count)
            fail_msg("%s is no %s", rows[i].bad, mask_kind_name(rows[i].kind));
    }
}

static void numbers_need_context(void **state)
{
    static const struct {
        const char *text, *value;
        enum mask_kind kind;
    } rows[] = {
        { "my NPI is 1234567893", "1234567893", MASK_MEDICAL_ID },
        { "BSN: 111222333", "111222333", MASK_NATIONAL_ID },
        { "o meu NIF: 123456789", "123456789", MASK_NATIONAL_ID },
        { "driver's license F162823540116", "F162823540116", MASK_US_DRIVER_LICENSE },
        { "passport number C01X00T47", "C01X00T47", MASK_PASSPORT },
        { "license plate B-MW 1234", "B-MW 1234", MASK_VEHICLE_ID },
        { "password: hunter2x", "hunter2x", MASK_SECRET },
        { "my zip code is 90210", "90210", MASK_ZIP_CODE },
        { "She is 46 years old", "46", MASK_AGE },
        { "Er ist 46 Jahre alt", "46", MASK_AGE },
        { "on 2021-03-04 10:11:12 it", "2021-03-04 10:11:12", MASK_DATE_TIME },
        { "am 3. Mai 1985 geboren", "3. Mai 1985", MASK_DATE_TIME },
        { "call +49 30 1234567 now", "+49 30 1234567", MASK_PHONE_NUMBER },
        { "call (541) 754-3010 now", "(541) 754-3010", MASK_PHONE_NUMBER },
        { "mail jo.doe+x@mail.example.co.uk.", "jo.doe+x@mail.example.co.uk", MASK_EMAIL_ADDRESS },
        { "see https://x.example.com/a?b=1.", "https://x.example.com/a?b=1", MASK_DOMAIN_NAME },
        { "the card (4532015112830366)", "4532015112830366", MASK_CREDIT_CARD },
        { "Tengo 41 años y dos hijos", "41", MASK_AGE },
        { "J'ai 34 ans", "34", MASK_AGE },
        { "ata de 7 de março de 2024", "7 de março de 2024", MASK_DATE_TIME },
        { "llamar al 612 44 89 03", "612 44 89 03", MASK_PHONE_NUMBER },
        { "see you on friday then", "friday", MASK_DATE_TIME },
        { "on se voit lundi", "lundi", MASK_DATE_TIME },
        { "seit 3.6.24 krank", "3.6.24", MASK_DATE_TIME },
        { "liga para o 912 440 318.", "912 440 318", MASK_PHONE_NUMBER },
        { "DE89-3704-0044-0532-0130-00", "DE89-3704-0044-0532-0130-00", MASK_IBAN_CODE },
        { "key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", MASK_SECRET },
        { "mot de passe : Soleil42", "Soleil42", MASK_SECRET },
        { "matrícula 1234 BCD", "1234 BCD", MASK_VEHICLE_ID },
        { "rejestracja WA 12345", "WA 12345", MASK_VEHICLE_ID },
        { "eine 34-jährige Frau", "34", MASK_AGE },
        { "un 62enne di Pavia", "62", MASK_AGE },
        { "ma 34 lata", "34", MASK_AGE },
        { "ask @annalena.schmidt please", "annalena.schmidt", MASK_PERSON },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_true(found(*state, rows[i].text, rows[i].kind, rows[i].value));
}

/* Parts of other things: a colour, a wrong IBAN, an ordinal, a ticket. */
static void numbers_inside_others_stay(void **state)
{
    struct look *l = *state;
    assert_int_equal(count_of(l, "color: #1f6feb;"), 0);
    assert_int_equal(count_of(l, "the 10th time, section 501(c)3"), 0);
    assert_int_equal(count_of(l, "Ticket 882134 reopened"), 0);
    assert_int_equal(count_of(l, "Invoice 2024-118 sent"), 0);
    assert_int_equal(count_of(l, "fixed in 3.6.24 for @max and @types/node"), 0);
    assert_int_equal(count_of(l, "123 456 789 rows"), 0);
    const char *text = "it reads DE83 6151 3131 3839 3336 06 there"; /* 6151... passes Luhn */
    assert_int_equal(
        mask_find(&l->arena, l->mask, text, strlen(text), 1u << MASK_CREDIT_CARD).count, 0);
}

/* What one place shows to be a name is one everywhere in the text. */
static void names_are_found_again(void **state)
{
    struct look *l = *state;
    const char *text = "My name is Zsombora Ulvskog.\nthe desk: Zsombora";
    struct mask_spans s = mask_find(&l->arena, l->mask, text, strlen(text), 1u << MASK_PERSON);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.at[1].end, strlen(text));
    assert_true(
        found(l, "Elena Petrova wrote:\nsee you there.\nBest, Elena", MASK_PERSON, "Elena"));
}

static void tagger_reads_names(void **state)
{
    assert_true(
        found(*state, "My name is Ingrid Sorensen and I am late.", MASK_PERSON, "Ingrid Sorensen"));
    assert_true(found(*state, "We moved to Rotterdam last year.", MASK_GPE, "Rotterdam"));
    assert_true(found(*state, "Please send it to 12 Baker Street, London", MASK_STREET_ADDRESS,
                      "12 Baker Street, London"));
    assert_true(found(*state, "Klacht van Sanne over de factuur", MASK_PERSON, "Sanne"));
    assert_true(found(*state, "Ein tschechischer Kollege fragt.", MASK_NRP, "tschechischer"));
    assert_false(found(*state, "$ ls -la /var/log\ntotal 48\ndrwxr-xr-x 2 root root 4096 .",
                       MASK_STREET_ADDRESS, "total 48"));
}

/* Words of work in several languages, a month, what is written in capitals. */
static void notes_stay(void **state)
{
    static const char *const notes[] = {
        "Inventaire terminé, il manque une facture",
        "Besprechung mit dem Einkauf, Angebot überarbeitet",
        "Verbale approvato, riunione rimandata",
        "Faktury sprawdzone, brakuje protokołu",
        "SELECT name, SUM(minutes) FROM entries GROUP BY name;",
        "The Invoice for September is open.",
    };
    for (size_t i = 0; i < LENGTH(notes); i++)
        assert_int_equal(count_of(*state, notes[i]), 0);
}

static struct mask_text round_trip(struct arena *a, const struct mask *m, const char *text,
                                   size_t n, bool whole)
{
    struct mask_spans s = mask_find(a, m, text, n, MASK_ALL);
    struct mask_map *map = mask_map_new(a);
    struct mask_text masked = mask_apply(map, text, n, &s);
    if (whole)
        return mask_restore(map, masked.at, masked.len);
    struct mask_stream *stream = mask_stream_new(map);
    char *out = arena_alloc(a, n + 1);
    size_t len = 0;
    for (size_t i = 0; i <= masked.len; i++) {
        struct mask_text piece =
            i < masked.len ? mask_stream_feed(stream, masked.at + i, 1) : mask_stream_end(stream);
        assert_true(len + piece.len <= n);
        memcpy(out + len, piece.at, piece.len);
        len += piece.len;
    }
    return (struct mask_text){ out, len };
}

static void assert_round_trip(struct look *l, const char *text, size_t n)
{
    for (int whole = 0; whole < 2; whole++) {
        struct mask_text back = round_trip(&l->arena, l->mask, text, n, whole);
        assert_int_equal(back.len, n);
        assert_memory_equal(back.at, text, n);
    }
}

static void restore_gives_back(void **state)
{
    static const char *const texts[] = {
        "",
        "Anna-Lena Müller wrote to Müller, Anna-Lena and A. Müller; card 4532015112830366.",
        "PERSON_1 is not Anna-Lena Müller, nor person_1_2 nor PERSON\\_2 nor TEXT_1",
        "Anna-Lena Müller_1 and Jan Kowalski7 and 7Jan Kowalski",
        "US_DRIVER_LICENSE_1PERSON_2 EMAIL_ADDRESS_3_4_5 age_07 AGE_1234567890",
        "call 541-754-3010PERSON_1",
    };
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_round_trip(*state, texts[i], strlen(texts[i]));
}

static void tokens_survive_models(void **state)
{
    struct look *l = *state;
    const char *text = "Jan Kowalski met Anna-Lena Müller. Kowalski, Jan left.";
    struct mask_spans s = mask_find(&l->arena, l->mask, text, strlen(text), 1u << MASK_PERSON);
    struct mask_map *map = mask_map_new(&l->arena);
    struct mask_text masked = mask_apply(map, text, strlen(text), &s);
    assert_string_equal(masked.at, "PERSON_1 met PERSON_2. PERSON_1_2 left.");
    assert_int_equal(mask_map_count(map, MASK_PERSON), 3);
    const char *answer =
        "**Person_1**'s and PERSON\\_2's; person_1s, PERSON_3, PERSON_12, PERSON_1_3, PERSONS_1.";
    struct mask_text back = mask_restore(map, answer, strlen(answer));
    assert_string_equal(
        back.at, "**Jan Kowalski**'s and Anna-Lena Müller's; Jan Kowalskis, PERSON_3, PERSON_12, "
                 "PERSON_1_3, PERSONS_1.");
    struct mask_spans again = mask_find(&l->arena, l->mask, "Jan Kowalski", 12, 1u << MASK_PERSON);
    assert_string_equal(mask_apply(map, "Jan Kowalski", 12, &again).at, "PERSON_1");
}

static void stream_holds_back_little(void **state)
{
    struct look *l = *state;
    struct mask_map *map = mask_map_new(&l->arena);
    struct mask_spans s = mask_find(&l->arena, l->mask, "Jan Kowalski", 12, MASK_ALL);
    mask_apply(map, "Jan Kowalski", 12, &s);
    struct mask_stream *stream = mask_stream_new(map);
    assert_string_equal(mask_stream_feed(stream, "Hello PERS", 10).at, "Hello ");
    assert_string_equal(mask_stream_feed(stream, "ON_1", 4).at, "");
    assert_string_equal(mask_stream_feed(stream, "!", 1).at, "Jan Kowalski!");
    assert_string_equal(mask_stream_feed(stream, " PERS", 5).at, " ");
    assert_string_equal(mask_stream_end(stream).at, "PERS");
}

static void bad_input_is_defined(void **state)
{
    static const struct {
        const char *at;
        size_t n;
    } rows[] = {
        { "\xff\xfe\xc3 Jan Kowalski \xe2\x82", 20 },
        { "a\0b Jan\0 Kowalski 4532015112830366", 34 },
        { "\xcc\x88\xcc\x88\xcc\x88\xcc\x88", 8 },
        { "\xe2\x80\xaeJan Kowalski\xe2\x80\xac \xe2\x80\x8b", 22 },
        { "\xed\xa0\x80 x@y.de \xed\xb0\x80", 15 },
        { "@@@@....::::----((((++++", 24 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_round_trip(*state, rows[i].at, rows[i].n);
}

static void long_lines_are_linear(void **state)
{
    static const char *const units[] = {
        "a",    "1",       "1-",       "@", "a@",  "a.",    "::",   "a:", "0:",
        "Jan ", "PERSON_", "\xcc\x88", "(", "+1 ", "DE89 ", "\xff", "-a",
    };
    struct look *l = *state;
    enum { N = 1 << 18 };
    for (size_t i = 0; i < LENGTH(units); i++) {
        struct arena a = { 0 };
        char *text = arena_alloc(&a, N);
        for (size_t k = 0; k < N; k++)
            text[k] = units[i][k % strlen(units[i])];
        struct mask_spans s = mask_find(&a, l->mask, text, N, MASK_ALL);
        struct mask_map *map = mask_map_new(&a);
        struct mask_text masked = mask_apply(map, text, N, &s);
        struct mask_text back = mask_restore(map, masked.at, masked.len);
        assert_int_equal(back.len, N);
        assert_memory_equal(back.at, text, N);
        arena_done(&a);
    }
}

static void kinds_are_chosen(void **state)
{
    struct look *l = *state;
    const char *text = "Jan Kowalski, 541-754-3010";
    assert_int_equal(
        mask_find(&l->arena, l->mask, text, strlen(text), 1u << MASK_PHONE_NUMBER).count, 1);
    assert_int_equal(mask_find(&l->arena, l->mask, text, strlen(text), 0).count, 0);
    for (size_t k = 0; k < MASK_KINDS; k++)
        assert_int_equal(mask_kind_of(mask_kind_name((enum mask_kind)k)), k);
    assert_int_equal(mask_kind_of("NO_SUCH_KIND"), MASK_KINDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(directory_variants, setup, teardown),
        cmocka_unit_test_setup_teardown(common_words_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(addresses_are_one_or_several, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_prove_themselves, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_need_context, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_inside_others_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(tagger_reads_names, setup, teardown),
        cmocka_unit_test_setup_teardown(notes_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(restore_gives_back, setup, teardown),
        cmocka_unit_test_setup_teardown(tokens_survive_models, setup, teardown),
        cmocka_unit_test_setup_teardown(stream_holds_back_little, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_input_is_defined, setup, teardown),
        cmocka_unit_test_setup_teardown(long_lines_are_linear, setup, teardown),
        cmocka_unit_test_setup_teardown(kinds_are_chosen, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
