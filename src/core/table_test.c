/* table_test.c: which declarations are refused. Each test spoils one of its own. */
#include "feature/organisation/organisation.h"
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct gadget {
    ROW_MEMBERS;
    struct id person;
    const char *label;
    int64_t weight;
};
static const struct field gadget_fields[] = {
    ROW_FIELDS(struct gadget),
    FIELD(struct gadget, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .filter = true, .doc = "Whose it is"),
    FIELD(struct gadget, label, .privacy = CONTENT, .required = true, .min = 1, .max = 20,
          .doc = "What it is called"),
    FIELD(struct gadget, weight, .privacy = OPERATIONAL, .max = 1000, .filter = true,
          .doc = "Weight in grams"),
    { 0 },
};
static const struct permission gadget_use = {
    "gadget.use",
    "Use gadgets",
    { [ROLE_MEMBER] = SCOPE_OWN, [ROLE_MANAGER] = SCOPE_TEAM, [ROLE_OWNER] = SCOPE_ALL },
};
static const struct table gadget_table = {
    .name = "gadget",
    .doc = "Things",
    .fields = gadget_fields,
    .size = sizeof(struct gadget),
    .path = "/gadgets",
    .read = &gadget_use,
    .write = &gadget_use,
    .erase = ERASE_ROW,
};

static struct field fields[LENGTH(gadget_fields)];
static struct table table;
static struct error err;

static int declare(void **state)
{
    (void)state;
    memcpy(fields, gadget_fields, sizeof fields);
    table = gadget_table;
    table.fields = fields;
    err = (struct error){ 0 };
    return 0;
}

static struct field *column(const char *name)
{
    return (struct field *)field_find(fields, name);
}

/* A column that only some may see would show itself through filters and order. */
static void test_hidden_is_not_asked_for(void **state)
{
    (void)state;
    struct field *weight = column("weight");
    assert_true(table_check(&table, &err));
    weight->see = &gadget_use;
    assert_false(table_check(&table, &err));
    assert_non_null(strstr(err.detail, "gadget.weight"));
    weight->filter = false;
    assert_true(table_check(&table, &err));
    weight->search = true;
    assert_false(table_check(&table, &err));
    weight->see = NULL; /* a number is no text */
    assert_false(table_check(&table, &err));
    weight->search = false;
    weight->see = &gadget_use;
    weight->kind = KIND_SPAN; /* nobody could tell 0 from hidden */
    assert_false(table_check(&table, &err));
}

/* A protected column's companion has its name and an ending. */
static void test_names_of_databases_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "weight_blind", "ctid", "tableoid" };
    struct field *weight = column("weight");
    assert_true(table_check(&table, &err));
    for (size_t i = 0; i < LENGTH(names); i++) {
        err = (struct error){ 0 };
        weight->name = names[i];
        weight->sealed = false;
        assert_false(table_check(&table, &err));
        assert_non_null(strstr(err.detail, names[i]));
        weight->sealed = true; /* an old question */
        assert_true(table_check(&table, &err));
    }
}

/* Erasing a person follows what is declared, so that nothing may name one without saying so. */
static void test_people_are_declared(void **state)
{
    (void)state;
    struct field *person = column("person");
    assert_true(table_check(&table, &err));
    person->subject = false;
    person->refers = NULL;
    assert_false(table_check(&table, &err));
    assert_non_null(strstr(err.detail, "gadget.person"));
    person->refers = &person_table;
    assert_true(table_check(&table, &err));
    person->subject = true;
    table.log = table.control = true; /* people of all organisations would go */
    assert_false(table_check(&table, &err));
}

/* What rests on a column names one that there is, and may be absent. */
static void test_what_rests_on_a_column(void **state)
{
    (void)state;
    static const char *const known[] = { "label", NULL }, *const unknown[] = { "nothing", NULL };
    struct field *weight = column("weight");
    weight->rests_on = known;
    assert_true(table_check(&table, &err));
    weight->rests_on = unknown;
    assert_false(table_check(&table, &err));
    weight->rests_on = known;
    weight->required = true;
    assert_false(table_check(&table, &err));
}

/* Rows alike are found among few, by a text that the database can read. */
static void test_what_is_alike_is_found(void **state)
{
    (void)state;
    static const char *const label[] = { "label", NULL }, *const weight[] = { "weight", NULL };
    table.alike = label;
    table.few = true;
    assert_false(table_check(&table, &err)); /* it is sealed */
    column("label")->privacy = OPERATIONAL;
    assert_true(table_check(&table, &err));
    table.few = false;
    assert_false(table_check(&table, &err));
    table.few = true;
    table.alike = weight;
    assert_false(table_check(&table, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_hidden_is_not_asked_for, declare),
        cmocka_unit_test_setup(test_names_of_databases_are_refused, declare),
        cmocka_unit_test_setup(test_people_are_declared, declare),
        cmocka_unit_test_setup(test_what_rests_on_a_column, declare),
        cmocka_unit_test_setup(test_what_is_alike_is_found, declare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
