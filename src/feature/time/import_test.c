/* import_test.c: whole exports as people have them. */
#include "import_rows.h"

#include "base/buffer.h"
#include "feature/organisation/organisation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
    struct arena arena;
    struct zones *zones;
    const struct zone *berlin;
    struct import_problems problems;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->zones = zones_new(NULL);
    w->berlin = zone_find(w->zones, "Europe/Berlin");
    *state = w;
    return w->berlin ? 0 : 1;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    zones_free(w->zones);
    arena_done(&w->arena);
    free(w);
    return 0;
}

static struct blob text_blob(const char *text)
{
    return (struct blob){ text, strlen(text) };
}

static struct blob sample(struct world *w, const char *name)
{
    FILE *file = fopen(arena_printf(&w->arena, "%s/%s", SAMPLES, name), "rb");
    assert_non_null(file);
    char *at = arena_alloc(&w->arena, 65536);
    size_t n = fread(at, 1, 65536, file);
    fclose(file);
    return (struct blob){ at, n };
}

static struct import_file read_blob(struct world *w, struct blob file, enum date_order order)
{
    struct import_options options = { .zone = w->berlin, .zones = w->zones, .order = order };
    return import_read(&w->arena, file, &options, &w->problems);
}

static struct import_file read_sample(struct world *w, const char *name, enum import_source source,
                                      size_t rows)
{
    struct import_file f = read_blob(w, sample(w, name), DATES_AUTO);
    for (size_t i = 0; i < w->problems.count; i++)
        print_message("%s:%d: %s\n", name, (int)w->problems.at[i].line, w->problems.at[i].reason);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.source, source);
    assert_int_equal(f.count, rows);
    return f;
}

static void expect_start(const struct import_row *row, const char *text, int64_t seconds)
{
    char is[INSTANT_TEXT];
    instant_format(row->started_at, is);
    assert_string_equal(is, text);
    assert_int_equal(row->duration.s, seconds);
}

static void toggl_is_read(void **state)
{
    struct world *w = *state;
    struct import_file f = read_sample(w, "toggl.csv", IMPORT_TOGGL, 6);
    assert_string_equal(f.currency, "EUR");
    assert_int_equal(f.total.s, 12600 + 13530 + 18000 + 7200 + 900 + 900);
    const struct import_row *r = f.row;
    expect_start(&r[0], "2026-03-02T07:30:00.000Z", 12600);
    assert_string_equal(r[0].note, "Measuring, day 1");
    assert_int_equal(r[0].tag_count, 2);
    assert_string_equal(r[0].tags[1], "travel");
    assert_true(r[0].billable && r[0].billable_given);
    assert_int_equal(r[0].amount_minor, 31500);
    assert_string_equal(r[1].note, "Report \"draft\"\nsecond page");
    assert_null(r[1].task);
    /* Across the hour that Berlin skips, and one that it shows twice. */
    expect_start(&r[2], "2026-03-28T21:00:00.000Z", 18000);
    assert_int_equal(r[2].line, 5);
    expect_start(&r[3], "2026-10-24T23:30:00.000Z", 7200);
    assert_int_equal(r[4].ordinal, 0);
    assert_int_equal(r[5].ordinal, 1);
    assert_string_not_equal(import_row_key(&w->arena, &f, &r[4]),
                            import_row_key(&w->arena, &f, &r[5]));
}

static void clockify_is_read_in_both_orders(void **state)
{
    struct world *w = *state;
    struct import_file f = read_sample(w, "clockify_us.csv", IMPORT_CLOCKIFY, 3);
    assert_int_equal(f.order, DATES_MONTH_FIRST);
    assert_string_equal(f.currency, "USD");
    expect_start(&f.row[0], "2026-04-30T12:44:33.000Z", 2097);
    expect_start(&f.row[1], "2026-05-04T21:30:00.000Z", 3600);
    assert_int_equal(f.row[1].amount_minor, 8000);
    assert_false(f.row[2].billable);
    f = read_sample(w, "clockify_eu.csv", IMPORT_CLOCKIFY, 2);
    assert_int_equal(f.order, DATES_DAY_FIRST);
    expect_start(&f.row[1], "2026-07-03T08:00:00.000Z", 7200);
    assert_int_equal(f.warnings->count, 0); /* 0.22 for 13 minutes is rounded */
}

static void rows_that_contradict_themselves_are_told(void **state)
{
    struct world *w = *state;
    struct import_file f = read_sample(w, "clockify_odd.csv", IMPORT_CLOCKIFY, 3);
    const struct import_problem *at = f.warnings->at;
    expect_start(&f.row[0], "2026-06-22T08:00:00.000Z", 8 * 3600);
    expect_start(&f.row[1], "2026-06-22T10:00:00.000Z", 1800);
    assert_int_equal(f.warnings->count, 2);
    assert_int_equal(at[0].line, 2);
    assert_string_equal(at[0].column, "Duration (h)");
    assert_string_equal(at[0].value, "8:00");
    assert_string_equal(at[0].reason, "is not the time from start to end; the duration counts");
    assert_int_equal(at[1].line, 3);

    static const char decimal[] =
        "User,Email,Project,Start date,Start time,End date,End time,Duration\n"
        "Nora,nora@example.org,P,2026-03-02,08:00:00,2026-03-02,09:00:00,1.50\n";
    f = read_blob(w, (struct blob){ decimal, sizeof decimal - 1 }, DATES_AUTO);
    expect_start(&f.row[0], "2026-03-02T07:00:00.000Z", 3600);
    assert_int_equal(f.warnings->count, 1);
    assert_string_equal(f.warnings->at[0].reason,
                        "is not the time from start to end, which counts");

    static const char reversed[] =
        "User,Email,Project,Start date,Start time,End date,End time,Duration\n"
        "Nora,nora@example.org,P,2026-03-02,14:00:00,2026-03-02,13:00:00,01:00:00\n";
    f = read_blob(w, (struct blob){ reversed, sizeof reversed - 1 }, DATES_AUTO);
    expect_start(&f.row[0], "2026-03-02T13:00:00.000Z", 3600);
    assert_string_equal(f.warnings->at[0].column, "End time");
    assert_string_equal(f.warnings->at[0].value, "13:00:00");
    assert_string_equal(f.warnings->at[0].reason,
                        "is before the start; the duration, 01:00:00, counts");
}

static void unclear_dates_are_asked_for(void **state)
{
    struct world *w = *state;
    struct blob file = sample(w, "clockify_unclear.csv");
    assert_int_equal(read_blob(w, file, DATES_AUTO).order, DATES_UNCLEAR);
    assert_int_equal(w->problems.count, 1);
    assert_int_equal(w->problems.at[0].line, 0);
    assert_string_equal(w->problems.at[0].column, "Start Date");
    expect_start(&read_blob(w, file, DATES_MONTH_FIRST).row[0], "2026-03-04T09:00:00.000Z", 3600);
    expect_start(&read_blob(w, file, DATES_DAY_FIRST).row[0], "2026-04-03T08:00:00.000Z", 3600);
    assert_int_equal(w->problems.count, 1);
}

static void harvest_is_read(void **state)
{
    struct world *w = *state;
    struct import_file f = read_sample(w, "harvest.csv", IMPORT_HARVEST, 3);
    assert_string_equal(f.row[0].person, "Eero Salmi");
    assert_string_equal(f.row[0].note, "ajax; forms");
    assert_false(f.row[0].timed);
    /* One after the other from nine; earlier when the day would not hold them. */
    expect_start(&f.row[0], "2026-01-26T08:00:00.000Z", 27000);
    expect_start(&f.row[1], "2026-01-26T15:30:00.000Z", 900);
    expect_start(&f.row[2], "2026-01-27T07:00:00.000Z", 57600);
    assert_int_equal(f.row[2].amount_minor, 160000);
    assert_string_equal(f.currency, "EUR");
}

static void amounts_of_another_currency_are_left_out(void **state)
{
    struct world *w = *state;
    struct import_file f =
        read_blob(w,
                  text_blob("Date,Project,Task,Notes,Hours,Billable?,Billable Amount,Currency\n"
                            "2026-01-26,P,T,,1,Yes,10.00,US Dollar - USD\n"
                            "2026-01-26,P,T,,1,Yes,20.00,Euro - EUR\n"
                            "2026-01-26,P,T,,1,Yes,30.00,US Dollar - USD\n"),
                  DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_true(f.currencies_mixed);
    assert_string_equal(f.currency, "USD");
    assert_int_equal(f.row[0].amount_minor, 1000);
    assert_int_equal(f.row[1].amount_minor, INT_NONE);
    assert_int_equal(f.row[2].amount_minor, 3000);
}

static void kimai_is_read_in_english_and_german(void **state)
{
    struct world *w = *state;
    struct import_file f = read_sample(w, "kimai_en.csv", IMPORT_KIMAI, 3);
    expect_start(&f.row[0], "2026-02-09T08:00:00.000Z", 5400);
    expect_start(&f.row[1], "2026-02-09T21:30:00.000Z", 7200);
    expect_start(&f.row[2], "2026-02-10T08:00:00.000Z", 9000); /* less the break */
    assert_string_equal(f.row[0].task, "Design");
    f = read_sample(w, "kimai_de.csv", IMPORT_KIMAI, 2);
    assert_string_equal(f.row[0].client, "B\xC3\xA4"
                                         "ckerei Korn");
    assert_string_equal(f.row[0].note, "Einf\xC3\xBChrung\r\nTeil 2");
    assert_int_equal(f.row[0].tag_count, 2);
    assert_int_equal(f.row[0].amount_minor, 12000);
    expect_start(&f.row[1], "2026-02-10T08:00:00.000Z", 5400);
    assert_false(f.row[1].timed);
    f = read_sample(w, "kimai_utf16.csv", IMPORT_KIMAI, 1);
    assert_string_equal(f.row[0].person, "J\xC3\xB6rg");
}

/* As trackers write them for people who read their pages in these languages. */
static void headers_are_read_in_five_languages(void **state)
{
    struct world *w = *state;
    static const struct {
        enum import_source source;
        const char *currency, *header, *row;
    } are[] = {
        { IMPORT_CLOCKIFY, "CHF",
          "Projekt,Kunde,Beschreibung,Aufgabe,Kiosk,Benutzer,Gruppe,Email,Tags,Abrechenbar,"
          "Startdatum,Startzeit,Enddatum,Endzeit,Dauer (h),Dauer (dezimal),Abrechenbarer Tarif "
          "(CHF),Rechnungsbetrag (CHF)",
          "P,K,Note,T,,Pia,,pia@elm.example,t,Ja,16.03.2026,09:00,16.03.2026,10:30,01:30:00,"
          "\"1,50\",\"80,00\",\"120,00\"" },
        { IMPORT_CLOCKIFY, "EUR",
          "Proyecto;Cliente;Descripción;Tarea;Usuario;Grupo;Correo electrónico;Etiquetas;"
          "Facturable;Fecha de inicio;Hora de inicio;Fecha de finalización;Hora de "
          "finalización;Duración (h);Duración (decimal);Tarifa facturable (EUR);Importe "
          "facturable (EUR);Date of creation",
          "P;K;Note;T;Pia;;pia@elm.example;t;SÍ;16/03/2026;09:00:00;16/03/2026;10:30:00;01:30:00;"
          "1,50;80,00;120,00;16/03/2026" },
        { IMPORT_CLOCKIFY, "BRL",
          "Projeto,Cliente,Descrição,Tarefa,Usuário,Grupo,E-mail,Etiquetas,Faturável,Data de "
          "início,Hora de início,Data de término,Hora de término,Duração (h),Duração "
          "(decimal),Taxa faturável (BRL),Valor faturável (BRL)",
          "P,K,Note,T,Pia,,pia@elm.example,t,Sim,16/03/2026,09:00:00,16/03/2026,10:30:00,01:30:00,"
          "\"1,50\",\"80,00\",\"120,00\"" },
        { IMPORT_CLOCKIFY, NULL,
          "Projet,Client,Description,Utilisateur,Groupe,Email,Facturable,Date de début,Heure de "
          "début,Date de fin,Heure de fin,Durée (h),Durée (décimal)",
          "P,K,Note,Pia,,pia@elm.example,Oui,03/16/2026,09:00:00,03/16/"
          "2026,10:30:00,01:30:00,1.50" },
        { IMPORT_KIMAI, "EUR",
          "Date,De,À,Durée,Devise,Taux,Nom,Identifiant,Courriel,Client,Projet,Activité,"
          "Description,Facturable,Mots-clés",
          "2026-03-16,09:00,10:30,1.5,EUR,120,Pia,pia,pia@elm.example,K,P,T,Note,1,t" },
        { IMPORT_KIMAI, "EUR",
          "Fecha,De,Para,Duración,Moneda,Tarifa,Nombre,Nombre de usuario,Correo electrónico,"
          "Cliente,Proyecto,Actividad,Descripción,Etiquetas",
          "2026-03-16,09:00,10:30,1.5,EUR,120,Pia,pia,pia@elm.example,K,P,T,Note,t" },
        { IMPORT_KIMAI, "BRL",
          "Data,De,Para,Duração,Moeda,Taxa,Nome,Nome do usuário,E-mail,Cliente,Projeto,"
          "Atividade,Descrição,Tags",
          "2026-03-16,09:00,10:30,1.5,BRL,120,Pia,pia,pia@elm.example,K,P,T,Note,t" },
    };
    for (size_t i = 0; i < LENGTH(are); i++) {
        const char *text = arena_printf(&w->arena, "%s\n%s\n", are[i].header, are[i].row);
        struct import_file f = read_blob(w, text_blob(text), DATES_AUTO);
        assert_int_equal(w->problems.count, 0);
        assert_int_equal(f.source, are[i].source);
        assert_int_equal(f.count, 1);
        const struct import_row *row = &f.row[0];
        expect_start(row, "2026-03-16T08:00:00.000Z", 5400);
        assert_string_equal(row->person, "Pia");
        assert_string_equal(row->email, "pia@elm.example");
        assert_string_equal(row->client, "K");
        assert_string_equal(row->project, "P");
        assert_string_equal(row->note, "Note");
        assert_true(row->billable);
        assert_true(text_equal(f.currency, are[i].currency));
        if (!f.currency) /* the shortest of them */
            continue;
        assert_string_equal(row->task, "T");
        assert_int_equal(row->tag_count, 1);
        assert_int_equal(row->amount_minor, 12000);
    }
}

/* Reports of Toggl write a dash for what is not there. */
static void a_dash_of_toggl_is_nothing(void **state)
{
    struct world *w = *state;
    struct import_file f = read_blob(
        w,
        text_blob("﻿\"Description\",\"Billable\",\"Duration\",\"Member\",\"Email\",\"Project\","
                  "\"Client\",\"Task\",\"Tags\",\"Start date\",\"Start time\",\"Stop date\","
                  "\"Stop time\",\"Amount (EUR)\"\n"
                  "\"-\",\"No\",\"1:30:00\",\"Pia\",\"pia@elm.example\",\"-\",\"-\",\"-\",\"-\","
                  "\"2026-03-16\",\"09:00:00\",\"2026-03-16\",\"10:30:00\",\"-\"\n"),
        DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.count, 1);
    assert_null(f.row[0].note);
    assert_null(f.row[0].project);
    assert_int_equal(f.row[0].tag_count, 0);
    assert_int_equal(f.row[0].amount_minor, INT_NONE);
}

#define KIMAI_HEADER "Date,From,To,Duration,User,Customer,Project,Activity\n"

/* Breaks are off the duration, whatever form it has; minutes that decimals round are restored. */
static void kimai_durations_are_read_in_every_form(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *row;
        int seconds, warnings;
    } rows[] = {
        { "2026-02-09,09:00,12:00,2.5", 9000, 1 },
        { "2026-02-09,09:00,12:00,2.33", 8400, 1 },
        { "2026-02-09,09:00,12:00,2:20", 8400, 1 },
        { "2026-02-09,09:00,10:00,1.01", 3600, 0 },
        { "2026-02-09,09:00,10:00,0:59:40", 3580, 0 },
        { "2026-02-09,09:00:00,10:00:00,0:59:40", 3580, 1 },
        { "2026-02-09,09:00,12:00,9000", 9000, 1 },
        { "2026-02-09,09:00,10:00,3620", 3620, 0 },
        { "2026-02-09,09:00,09:10,600", 600, 0 },
        { "2026-02-09,,,5400", 5400, 0 },
        { "2026-02-09,,,8", 28800, 0 },
        { "2026-02-09,09:00,17:00,8", 28800, 0 },
        { "2026-02-09,22:00,02:00,4", 14400, 0 },
        { "2026-02-09,09:00,15:00,30", 108000, 0 },
        { "2026-02-09,09:00,15:00,30:00", 108000, 0 },
        { "2026-02-09,09:00,10:00,soon", 3600, 1 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct import_file f = read_blob(
            w, text_blob(arena_printf(&w->arena, KIMAI_HEADER "%s,pia,Elm,Site,x\n", rows[i].row)),
            DATES_AUTO);
        assert_int_equal(w->problems.count, 0);
        assert_int_equal(f.count, 1);
        assert_int_equal(f.row[0].duration.s, rows[i].seconds);
        assert_int_equal(f.warnings->count, rows[i].warnings);
    }
    /* Seconds are told from all of the file. */
    struct import_file f = read_blob(w,
                                     text_blob(KIMAI_HEADER "2026-02-09,,,20,pia,Elm,Site,x\n"
                                                            "2026-02-09,,,7200,pia,Elm,Site,x\n"),
                                     DATES_AUTO);
    assert_int_equal(f.total.s, 7220);
    f = read_blob(w,
                  text_blob(KIMAI_HEADER "2026-02-09,09:00,10:00,-1,pia,Elm,Site,x\n"
                                         "2026-02-09,09:00,10:00,\u22121:00,pia,Elm,Site,x\n"),
                  DATES_AUTO);
    assert_int_equal(f.count, 0);
    assert_int_equal(w->problems.count, 2);
    assert_string_equal(w->problems.at[0].column, "Duration");
    assert_string_equal(w->problems.at[0].reason, "is less than no time");
}

static void harvest_hours_count(void **state)
{
    struct world *w = *state;
    struct import_file f = read_blob(w,
                                     text_blob("Date,Project,Task,Notes,Hours,Started At,Ended At\n"
                                               "2026-03-02,P,T,,1.0,9:00am,10:30am\n"),
                                     DATES_AUTO);
    expect_start(&f.row[0], "2026-03-02T08:00:00.000Z", 3600);
    assert_int_equal(f.warnings->count, 1);
}

static void what_is_no_work_is_left_out(void **state)
{
    struct world *w = *state;
    static const char header[] = "Project,Client,Description,Task,User,Group,Email,Tags,Type,"
                                 "Billable,Start Date,Start Time,End Date,End Time,Duration (h)\n";
    static const char *const kinds[] = { "Regular", "Break", "Time off", "HOLIDAY" };
    struct buffer b = buffer_new(&w->arena);
    buffer_string(&b, header);
    for (size_t i = 0; i < LENGTH(kinds); i++)
        buffer_printf(&b,
                      "Web,Acme,x,,Mia,,mia@example.org,,%s,No,2026-03-02,08:00,2026-03-02,09:00,"
                      "1:00\n",
                      kinds[i]);
    struct import_file f = read_blob(w, (struct blob){ b.at, b.len }, DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.count, 1);
    assert_int_equal(f.warnings->count, 3);
    assert_int_equal(f.warnings->at[0].line, 3);
    assert_string_equal(f.warnings->at[0].column, "Type");
    assert_string_equal(f.warnings->at[0].value, "Break");
    assert_string_equal(f.warnings->at[0].reason, "is a break and no work; the row is left out");
}

static void expect_unread(const struct import_file *f, const char *names)
{
    struct arena a = { 0 };
    struct buffer b = buffer_new(&a);
    for (size_t i = 0; i < f->unread.count; i++)
        buffer_printf(&b, "%s%s", i ? ", " : "", ((const char *const *)f->unread.at)[i]);
    assert_string_equal(b.len ? b.at : "", names);
    arena_done(&a);
}

static void columns_that_are_not_read_are_named(void **state)
{
    struct world *w = *state;
    struct import_file f = read_blob(
        w,
        text_blob("Projet,Client,Humeur,Utilisateur,Groupe,Date de début,Heure de début,Date de "
                  "fin,Heure de fin,Durée (h),Durée (décimal),,Taux facturable (EUR)\n"
                  "Web,Acme,gaie,Mia,,02/03/2026,08:00,02/03/2026,09:00,1:00,1.00,,90\n"),
        DATES_DAY_FIRST);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.count, 1);
    expect_unread(&f, "Humeur, Groupe, Taux facturable (EUR)");
}

static void clockify_is_read_in_german(void **state)
{
    struct world *w = *state;
    struct import_file f = read_blob(
        w,
        text_blob("Projekt,Kunde,Beschreibung,Aufgabe,Kiosk,Benutzer,Gruppe,Email,Tags,Abrechenbar,"
                  "Startdatum,Startzeit,Enddatum,Endzeit,Dauer (h),Dauer (dezimal),"
                  "Abrechenbarer Tarif (CHF),Rechnungsbetrag (CHF)\n"
                  "Web,Acme,x,T,,Mia,,mia@example.org,,Ja,02.03.2026,08:00:00,02.03.2026,09:00:00,"
                  "01:00:00,\"1,00\",\"60,00\",\"61,50\"\n"),
        DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.source, IMPORT_CLOCKIFY);
    assert_string_equal(f.currency, "CHF");
    assert_true(f.row[0].billable);
    assert_int_equal(f.row[0].amount_minor, 6150);
}

/* Kimai had no such column, and Toggl lets people leave it out. */
static void without_a_billable_column_amounts_tell(void **state)
{
    struct world *w = *state;
    struct import_file f =
        read_blob(w,
                  text_blob("Date,From,To,Duration,Rate,User,Customer,Project,Activity\n"
                            "2026-02-09,09:00,10:00,1:00,80,pia,Elm,Site,x\n"
                            "2026-02-10,09:00,10:00,1:00,0,pia,Elm,Site,x\n"),
                  DATES_AUTO);
    assert_true(f.row[0].billable && !f.row[0].billable_given);
    assert_false(f.row[1].billable);
    f = read_blob(w,
                  text_blob("Date,From,To,Duration,Rate,User,Customer,Project,Activity,Billable\n"
                            "2026-02-09,09:00,10:00,1:00,80,pia,Elm,Site,x,\n"),
                  DATES_AUTO);
    assert_true(!f.row[0].billable && f.row[0].billable_given);
}

/* %0*d: so many zeros. */
static void names_are_as_long_as_vow_keeps(void **state)
{
    struct world *w = *state;
    for (int more = 0; more < 2; more++) {
        struct import_file f = read_blob(
            w,
            text_blob(arena_printf(&w->arena,
                                   "Date,From,To,Duration,Rate,User,Customer,Project,Activity\n"
                                   "2026-02-09,09:00,10:00,1:00,80,%0*d,Elm,Site,x\n",
                                   PERSON_NAME_MAX + more, 0)),
            DATES_AUTO);
        assert_int_equal(f.count, 1 - more);
        assert_int_equal(w->problems.count, more);
    }
    assert_string_equal(w->problems.at[0].reason, "is longer than vow keeps");
}

static void every_wrong_row_is_told(void **state)
{
    struct world *w = *state;
    static const struct {
        int line;
        const char *column, *reason, *value;
    } is[] = {
        { 3, "Start date", "is not a date between 1990 and 2100", "2026-02-30" },
        { 4, "Billable", "is neither yes nor no", "perhaps" },
        { 5, "Start time", "is not a time of day", "8 sharp" },
        { 7, "End time", "is before the start", "09:00:00" },
        { 9, "Duration", "is longer than 31 days", "1465:00:00" },
        { 10, "Start date", "has no date", NULL },
    };
    struct import_file f = read_blob(w, sample(w, "broken.csv"), DATES_AUTO);
    assert_int_equal(f.count, 1);
    assert_int_equal(w->problems.count, LENGTH(is));
    for (size_t i = 0; i < LENGTH(is); i++) {
        assert_int_equal(w->problems.at[i].line, is[i].line);
        assert_string_equal(w->problems.at[i].column, is[i].column);
        assert_string_equal(w->problems.at[i].reason, is[i].reason);
        assert_true(text_equal(w->problems.at[i].value, is[i].value));
    }
    assert_int_equal(f.warnings->count, 1);
    assert_int_equal(f.warnings->at[0].line, 8);
    assert_string_equal(f.warnings->at[0].column, "End time");
}

static void rows_without_time_are_left_out(void **state)
{
    struct world *w = *state;
    struct import_file f =
        read_blob(w,
                  text_blob("Date,From,To,Duration,User,Customer,Project,Activity,Description\n"
                            "2026-02-09,09:00,10:00,1:00,nora,Korn,Shop,Design,\n"
                            "2026-02-09,10:00,,0:00,nora,Korn,Shop,Design,\n"
                            "2026-02-09,10:00,10:00,0:00,nora,Korn,Shop,Design,\n"),
                  DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.count, 1);
    assert_int_equal(f.warnings->count, 2);
    assert_int_equal(f.warnings->at[0].line, 3);
    assert_string_equal(f.warnings->at[0].column, "To");
    assert_string_equal(f.warnings->at[0].reason,
                        "has no end, as of a timer that still runs; the row is left out");
    assert_string_equal(f.warnings->at[1].reason, "is no time; the row is left out");
    f = read_blob(w,
                  text_blob("Date,Project,Task,Notes,Hours\n2026-01-26,P,T,,0\n"
                            "2026-01-26,P,T,,\n"),
                  DATES_AUTO);
    assert_int_equal(f.count, 0);
    assert_int_equal(f.warnings->count, 1);
    assert_string_equal(f.warnings->at[0].value, "0");
    assert_int_equal(w->problems.count, 1);
    assert_string_equal(w->problems.at[0].reason, "has no duration");
}

static void sums_below_are_no_rows(void **state)
{
    struct world *w = *state;
    struct import_file f =
        read_blob(w,
                  text_blob("Date,Project,Task,Notes,Hours\n2026-01-26,P,T,,1\n"
                            "Total,,,,1\n,Gesamt:,,,1\n,,,Summe,1\nSum,,,,1\n,,,,1\n"),
                  DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.count, 1);
}

#define VOW_HEADER                                                                                 \
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time," \
    "Duration,Tags,Amount (EUR),Time zone,Source"

static void our_own_export_is_read(void **state)
{
    struct world *w = *state;
    static const char file[] = VOW_HEADER
        ",Start UTC,Entry\r\n"
        "Nora,nora@example.org,'-,'=1,,'=A1,Yes,2026-10-25,02:15:00,2026-10-25,02:45:00,00:30:00,"
        "\"'+a, b\",45.00,Europe/Berlin,week,2026-10-25T01:15:00.000Z,"
        "01a22897-0f70-7c12-bd90-ef9fd974914e\r\n"
        "Nora,nora@example.org,,P,,''=A1,No,2026-10-25,02:15:00,2026-10-25,02:45:00,00:30:00,,0.00,"
        "Europe/Berlin,manual,2026-10-25T00:15:00.000Z,\r\n"
        "Nora,nora@example.org,,P,,,No,2026-03-02,08:00:00,2026-04-11,08:00:00,960:00:00,,0.00,"
        "UTC,timer,2026-03-02T08:00:00.000Z,\r\n";
    struct import_file f = read_blob(w, text_blob(file), DATES_AUTO);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(f.source, IMPORT_VOW);
    expect_unread(&f, "");
    assert_int_equal(f.count, 3);
    assert_int_equal(f.warnings->count, 0);
    const struct import_row *r = f.row;
    /* The hour that clocks showed twice: the second time it, then the first. */
    expect_start(&r[0], "2026-10-25T01:15:00.000Z", 1800);
    expect_start(&r[1], "2026-10-25T00:15:00.000Z", 1800);
    expect_start(&r[2], "2026-03-02T08:00:00.000Z", 40 * 86400);
    assert_string_equal(r[0].client, "-");
    assert_string_equal(r[0].project, "=1");
    assert_string_equal(r[0].note, "=A1");
    assert_string_equal(r[0].tags[0], "+a");
    assert_int_equal(r[0].amount_minor, 4500);
    assert_string_equal(r[0].zone, "Europe/Berlin");
    assert_true(r[0].placed && !r[1].placed);
    assert_string_equal(r[1].note, "'=A1");
    assert_string_equal(import_row_key(&w->arena, &f, &r[0]),
                        "vow\x1f"
                        "01a22897-0f70-7c12-bd90-ef9fd974914e\x1f");

    /* As earlier releases wrote it, and what its columns cannot hold. */
    f = read_blob(w,
                  text_blob(VOW_HEADER "\n,,,P,,,No,2026-03-02,08:00:00,2026-03-02,09:00:00,"
                                       "01:00:00,,,America/New_York,timer\n"),
                  DATES_AUTO);
    assert_int_equal(f.source, IMPORT_VOW);
    expect_start(&f.row[0], "2026-03-02T13:00:00.000Z", 3600);
    f = read_blob(w,
                  text_blob(VOW_HEADER ",Entry\n,,,P,,,No,2026-03-02,08:00:00,2026-03-02,09:00:00,"
                                       "01:00:00,,,Europe/Atlantis,timer,\n"
                                       ",,,P,,,No,2026-03-02,08:00:00,2026-03-02,09:00:00,"
                                       "01:00:00,,,UTC,timer,7\n"),
                  DATES_AUTO);
    assert_int_equal(f.count, 0);
    assert_int_equal(w->problems.count, 2);
    assert_string_equal(w->problems.at[0].column, "Time zone");
    assert_string_equal(w->problems.at[1].column, "Entry");
}

/* What stands in a cell is told as far as one line of a page can show it. */
static void long_values_are_cut(void **state)
{
    struct world *w = *state;
    static const size_t lengths[] = { 79, 80, 81, 5000 };
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        struct buffer b = buffer_new(&w->arena);
        buffer_string(&b, "User,Email,Client,Project,Task,Description,Billable,Start date,Start "
                          "time,End date,End time,Duration,Tags\n"
                          "Nora,nora@example.org,,P,,x,");
        for (size_t k = 0; k < lengths[i]; k++)
            buffer_string(&b, "\xc3\xa9");
        buffer_string(&b, ",2026-03-02,08:00:00,2026-03-02,09:00:00,01:00:00,\n");
        w->problems.count = 0;
        (void)read_blob(w, (struct blob){ b.at, b.len }, DATES_AUTO);
        assert_int_equal(w->problems.count, 1);
        const char *value = w->problems.at[0].value;
        size_t kept = lengths[i] < 80 ? lengths[i] : 80;
        assert_int_equal(text_points(value), kept);
        assert_int_equal(text_ends(value, "\xe2\x80\xa6"), lengths[i] > 80);
    }
}

static void files_that_are_no_export_are_told(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *text, *reason; /* NULL: of the header */
    } files[] = {
        { "", "the file is empty" },
        { "\n\n", "the file is empty" },
        { "\x81\n", "the file is neither UTF-8 nor Windows-1252" },
        { "PK\x03\x04\x14", "the file is a workbook" },
        { "{\"currency\":\"EUR\",\"entries\":[\n{\"id\":", "the file is JSON" },
        { "hello", NULL },
        { "a,b,c\n1,2,3\n", NULL },
        { "User,Email,Client,Project,Description\nx,x,x,x,x\n", NULL },
    };
    for (size_t i = 0; i < LENGTH(files); i++) {
        w->problems.count = 0;
        assert_int_equal(read_blob(w, text_blob(files[i].text), DATES_AUTO).count, 0);
        assert_int_equal(w->problems.count, 1);
        assert_int_equal(w->problems.at[0].line, files[i].reason ? 0 : 1);
        if (files[i].reason)
            assert_true(text_starts(w->problems.at[0].reason, files[i].reason));
    }
}

static void a_file_of_windows_is_told(void **state)
{
    struct world *w = *state;
    struct import_file f = read_sample(w, "latin1.csv", IMPORT_TOGGL, 1);
    assert_string_equal(f.row[0].note, "caf\u00e9");
    assert_int_equal(f.warnings->count, 1);
    assert_int_equal(f.warnings->at[0].line, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(toggl_is_read),
        TEST(clockify_is_read_in_both_orders),
        TEST(rows_that_contradict_themselves_are_told),
        TEST(unclear_dates_are_asked_for),
        TEST(harvest_is_read),
        TEST(amounts_of_another_currency_are_left_out),
        TEST(kimai_is_read_in_english_and_german),
        TEST(headers_are_read_in_five_languages),
        TEST(a_dash_of_toggl_is_nothing),
        TEST(kimai_durations_are_read_in_every_form),
        TEST(harvest_hours_count),
        TEST(what_is_no_work_is_left_out),
        TEST(columns_that_are_not_read_are_named),
        TEST(clockify_is_read_in_german),
        TEST(without_a_billable_column_amounts_tell),
        TEST(names_are_as_long_as_vow_keeps),
        TEST(every_wrong_row_is_told),
        TEST(rows_without_time_are_left_out),
        TEST(sums_below_are_no_rows),
        TEST(our_own_export_is_read),
        TEST(long_values_are_cut),
        TEST(files_that_are_no_export_are_told),
        TEST(a_file_of_windows_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
