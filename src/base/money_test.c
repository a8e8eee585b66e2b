/* money_test.c: amounts of currencies with two decimals, with none and with three. */
#include "money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void amounts_have_the_decimals_of_their_currency(void **state)
{
    struct arena a = { 0 };
    (void)state;
    assert_string_equal(money_text(&a, 123456, "EUR"), "1234.56");
    assert_string_equal(money_text(&a, -5, "EUR"), "-0.05");
    assert_string_equal(money_text(&a, 123456, "JPY"), "123456");
    assert_string_equal(money_text(&a, 1234, "BHD"), "1.234");
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_have_the_decimals_of_their_currency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
