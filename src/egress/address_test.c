/* address_test.c: the addresses that a provider on the internet cannot have. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/un.h>

#include <cmocka.h>

static const char *const refused[] = {
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "168.63.129.16",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2001::1",
    "2001:10::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "3fff::1",
    "5f00::1",
    "4000::1",
};

static const char *const allowed[] = {
    "1.1.1.1",         "8.8.8.8",          "9.255.255.255",     "11.0.0.0",
    "100.63.255.255",  "100.128.0.0",      "126.255.255.255",   "128.0.0.0",
    "169.253.255.255", "172.15.255.255",   "172.32.0.0",        "192.167.255.255",
    "192.169.0.0",     "198.17.255.255",   "198.20.0.0",        "223.255.255.255",
    "168.63.129.17",   "2606:4700::1111",  "2a00:1450:4001::1", "2001:4860:4860::8888",
    "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8", "2002:808:808::1",
};

static bool public_socket(const char *text)
{
    struct sockaddr_storage at = { 0 };
    struct sockaddr_in *four = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
    at.ss_family = AF_INET;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1)
        return address_public((struct sockaddr *)&at);
    at.ss_family = AF_INET6;
    assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
    return address_public((struct sockaddr *)&at);
}

static void refuses_what_is_not_the_internet(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(refused); i++)
        if (public_socket(refused[i]) || address_public_text(refused[i]))
            fail_msg("%s passed", refused[i]);
}

static void allows_the_internet(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(allowed); i++)
        if (!public_socket(allowed[i]) || !address_public_text(allowed[i]))
            fail_msg("%s refused", allowed[i]);
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    assert_false(address_public((struct sockaddr *)&at));
    assert_false(address_public_text(""));
    assert_false(address_public_text("example.com"));
    assert_false(address_public_text("8.8.8.8 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_the_internet),
        cmocka_unit_test(allows_the_internet),
        cmocka_unit_test(refuses_what_is_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
