/* page_test.c: the format of pages and frames, byte by byte. */
#include "vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct secret_key key = { { 1 } }, other_key = { { 2 } };
static const struct id id = { { 3 } }, other_id = { { 4 } };
static struct page_cipher cipher, stranger, neighbour;
static uint8_t page[PAGE], sealed[PAGE], opened[PAGE];

static int setup(void **state)
{
    (void)state;
    struct page_keys keys, others;
    page_keys_make(&key, &keys);
    page_keys_make(&other_key, &others);
    page_cipher_open(&cipher, &keys, id, FOR_PAGES | FOR_FRAMES);
    page_cipher_open(&stranger, &others, id, FOR_PAGES | FOR_FRAMES);
    page_cipher_open(&neighbour, &keys, other_id, FOR_PAGES | FOR_FRAMES);
    for (int i = 0; i < BODY; i++)
        page[i] = (uint8_t)(i * 7);
    memcpy(page, "SQLite format 3", 16);
    memcpy(page + CLEAR_AT, (const uint8_t[]){ 16, 0, 2, 2, 40, 64, 32, 32 }, CLEAR);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    page_cipher_close(&cipher);
    page_cipher_close(&stranger);
    page_cipher_close(&neighbour);
    return 0;
}

static void test_page_round_trip(void **state)
{
    (void)state;
    for (uint32_t number = 1; number < 4; number++) {
        page_seal(&cipher, number, page, sealed);
        assert_true(page_open(&cipher, number, sealed, opened));
        assert_memory_equal(opened, page, PAGE);
    }
}

/* Only bytes 16 to 23 of page 1 are the same on disk. */
static void test_what_stays_readable(void **state)
{
    (void)state;
    uint8_t again[PAGE];
    for (uint32_t number = 1; number < 3; number++) {
        page_seal(&cipher, number, page, sealed);
        page_seal(&cipher, number, page, again);
        assert_memory_not_equal(sealed, page, CLEAR_AT);
        assert_memory_not_equal(sealed, again, CLEAR_AT);
        assert_memory_not_equal(sealed + BODY, again + BODY, SEAL_ADDED);
        for (size_t at = CLEAR_AT + CLEAR; at + 16 <= BODY; at += 16)
            assert_memory_not_equal(sealed + at, page + at, 16);
    }
    page_seal(&cipher, 1, page, sealed);
    assert_memory_equal(sealed + CLEAR_AT, page + CLEAR_AT, CLEAR);
    page_seal(&cipher, 2, page, sealed);
    assert_memory_not_equal(sealed + CLEAR_AT, page + CLEAR_AT, CLEAR);
}

static void test_page_any_bit(void **state)
{
    (void)state;
    for (uint32_t number = 1; number < 3; number++) {
        page_seal(&cipher, number, page, sealed);
        for (int bit = 0; bit < PAGE * 8; bit++) {
            sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(page_open(&cipher, number, sealed, opened));
            sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        static const uint8_t zero[PAGE];
        assert_false(page_open(&cipher, number, zero, opened));
        assert_memory_equal(opened, zero, PAGE);
    }
}

static void test_page_belongs_to_its_place(void **state)
{
    (void)state;
    page_seal(&cipher, 2, page, sealed);
    assert_false(page_open(&cipher, 3, sealed, opened));
    assert_false(page_open(&cipher, 1, sealed, opened));
    assert_false(page_open(&stranger, 2, sealed, opened));
    assert_false(page_open(&neighbour, 2, sealed, opened));
}

static void test_pages_that_do_not_fit(void **state)
{
    (void)state;
    assert_true(page_fits(1, page));
    assert_true(page_fits(2, page));
    for (int i = 0; i < CLEAR; i++) {
        page[CLEAR_AT + i] ^= 8;
        assert_false(page_fits(1, page));
        assert_true(page_fits(2, page));
        page[CLEAR_AT + i] ^= 8;
    }
    for (int i = BODY; i < PAGE; i++) {
        page[i] = 1;
        assert_false(page_fits(2, page));
        page[i] = 0;
    }
}

static const uint8_t salts[SALTS] = { 1, 2, 3, 4, 5, 6, 7, 8 }, start[8] = { 0, 0, 0, 9 };

static void test_frame_belongs_to_its_place(void **state)
{
    (void)state;
    const int64_t at = WAL_HEADER + 3 * FRAME;
    frame_body_seal(&cipher, at, salts, start, page, sealed);
    assert_true(frame_body_open(&cipher, at, salts, start, sealed, opened));
    assert_memory_equal(opened, page, PAGE);
    for (int i = 0; i < 8; i++) {
        uint8_t wrong[8];
        memcpy(wrong, salts, 8);
        wrong[i] ^= 1;
        assert_false(frame_body_open(&cipher, at, wrong, start, sealed, opened));
        memcpy(wrong, start, 8);
        wrong[i] ^= 1;
        assert_false(frame_body_open(&cipher, at, salts, wrong, sealed, opened));
    }
    assert_false(frame_body_open(&cipher, at + FRAME, salts, start, sealed, opened));
    assert_false(frame_body_open(&stranger, at, salts, start, sealed, opened));
    assert_false(frame_body_open(&neighbour, at, salts, start, sealed, opened));
    assert_false(page_open(&cipher, 9, sealed, opened));
    for (int byte = 0; byte < PAGE; byte++) {
        sealed[byte] ^= 1;
        assert_false(frame_body_open(&cipher, at, salts, start, sealed, opened));
        sealed[byte] ^= 1;
    }
}

static void test_frame_header(void **state)
{
    (void)state;
    uint8_t header[FRAME_HEADER], hidden[FRAME_HEADER], back[FRAME_HEADER];
    for (int i = 0; i < FRAME_HEADER; i++)
        header[i] = (uint8_t)i;
    frame_header_seal(&cipher, header, hidden);
    assert_memory_equal(hidden, header, 8);
    assert_memory_not_equal(hidden + 8, header + 8, 8);
    assert_memory_not_equal(hidden + 16, header + 16, 8);
    frame_header_open(&cipher, hidden, back);
    assert_memory_equal(back, header, FRAME_HEADER);
    frame_header_open(&cipher, hidden, hidden);
    assert_memory_equal(hidden, header, FRAME_HEADER);
}

static void test_note(void **state)
{
    (void)state;
    uint8_t note[NOTE] = "fifteen letters", hidden[NOTE + SEAL_ADDED], back[NOTE];
    note_seal(&cipher, note, hidden);
    assert_true(note_open(&cipher, hidden, back));
    assert_memory_equal(back, note, NOTE);
    assert_false(note_open(&neighbour, hidden, back));
    for (size_t i = 0; i < sizeof hidden; i++) {
        hidden[i] ^= 1;
        assert_false(note_open(&cipher, hidden, back));
        hidden[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_round_trip),
        cmocka_unit_test(test_what_stays_readable),
        cmocka_unit_test(test_page_any_bit),
        cmocka_unit_test(test_page_belongs_to_its_place),
        cmocka_unit_test(test_pages_that_do_not_fit),
        cmocka_unit_test(test_frame_belongs_to_its_place),
        cmocka_unit_test(test_frame_header),
        cmocka_unit_test(test_note),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
