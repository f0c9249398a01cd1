// The schema and its tables of names hold together: what is written can be read again.
#include "models/action/action.h"
#include "models/schema.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ctype.h>
#include <string.h>

static size_t count(const char *const *names) {
    size_t n = 0;
    while (names[n])
        n++;
    return n;
}

static void expect_snake(const char *name) {
    cr_expect(gt(sz, strlen(name), 0));
    for (const char *c = name; *c; c++) {
        bool good = islower(*c) || isdigit(*c) || *c == '_';
        cr_expect(good, "%s", name);
    }
}

Test(schema, names_are_as_many_as_numbers) {
    cr_expect(eq(sz, count(dd_fault_names), DD_FAULT_KINDS));
    cr_expect(eq(sz, count(dd_entity_type_names), DD_ENTITY_TYPES));
    cr_expect(eq(sz, count(dd_alarm_names), DD_ALARM_KINDS));
    cr_expect(eq(sz, count(dd_report_names), DD_REPORT_KINDS));
    cr_expect(eq(sz, count(dd_verb_names), DD_VERBS));
    cr_expect(eq(sz, count(dd_mesh_outcome_names), DD_MESH_OUTCOMES));
    cr_expect(eq(sz, count(dd_loss_names), DD_LOSSES));
    cr_expect(eq(sz, count(dd_mesh_refusal_names), DD_REFUSALS));
}

Test(schema, names_are_one_word_each) {
    const char *const *tables[] = {dd_fault_names,       dd_entity_type_names,  dd_report_names,
                                   dd_verb_names,        dd_mesh_outcome_names, dd_loss_names,
                                   dd_mesh_refusal_names};
    for (size_t t = 0; t < DD_COUNT(tables); t++)
        for (size_t i = 0; tables[t][i]; i++) {
            expect_snake(tables[t][i]);
            for (size_t j = 0; j < i; j++)
                cr_expect(strcmp(tables[t][i], tables[t][j]) != 0, "%s", tables[t][i]);
        }
}

Test(schema, every_kind_is_whole) {
    cr_expect(eq(u16, dd_schema.kind_n, DD_REC_KINDS));
    cr_expect(le(u16, dd_schema.kind_n, DD_RECORD_KINDS_MAX));
    cr_expect(le(u8, dd_schema.digest_n, DD_DIGESTS_MAX));
    for (uint16_t k = 0; k < dd_schema.kind_n; k++) {
        const dd_record_kind *kind = &dd_schema.kinds[k];
        cr_assert(kind->name != NULL && kind->what != NULL, "kind %u", k);
        expect_snake(kind->name);
        cr_expect(le(u8, kind->digest, dd_schema.digest_n));
        bool ended = false;
        for (int f = 0; f < DD_RECORD_VALUES; f++) {
            const dd_field *field = &kind->fields[f];
            cr_expect(not(ended && field->type != DD_FIELD_NONE), "%s has a gap", kind->name);
            ended |= field->type == DD_FIELD_NONE;
            if (ended) continue;
            expect_snake(field->name);
            bool named = field->names != NULL;
            cr_expect(eq(int, field->type == DD_FIELD_ENUM, named), "%s.%s", kind->name,
                      field->name);
        }
        for (uint16_t other = 0; other < k; other++)
            cr_expect(strcmp(kind->name, dd_schema.kinds[other].name) != 0, "%s", kind->name);
    }
}

// Columns that every table of the run file has of its own.
Test(schema, no_field_hides_a_column_of_all_tables) {
    static const char *const reserved[] = {"id", "t", "time", "branch", "cause", "entity", "kind"};
    for (uint16_t k = 0; k < dd_schema.kind_n; k++)
        for (int f = 0; f < DD_RECORD_VALUES && dd_schema.kinds[k].fields[f].type; f++)
            for (size_t r = 0; r < DD_COUNT(reserved); r++)
                cr_expect(strcmp(dd_schema.kinds[k].fields[f].name, reserved[r]) != 0, "%s",
                          dd_schema.kinds[k].name);
}

// Octets are gone after the flush.
Test(schema, what_carries_octets_is_neither_kept_nor_digested) {
    for (uint16_t k = 0; k < dd_schema.kind_n; k++) {
        const dd_record_kind *kind = &dd_schema.kinds[k];
        bool frame = k == DD_REC_AIR_FRAME || k == DD_REC_AIR_HEARD;
        cr_expect(eq(int, dd_record_kind_carries(kind), frame), "%s", kind->name);
        cr_expect(not(frame && (kind->kept || kind->digest)), "%s", kind->name);
    }
}

// What the design lists: lights, alarms, commands and their outcomes, reports, energy; no frames.
Test(schema, the_digest_covers_outcomes_only) {
    static const uint16_t covered[] = {DD_REC_LAMP_LIGHT,       DD_REC_FEEDER_SUPPLY,
                                       DD_REC_FEEDER_ENERGY,    DD_REC_ALARM_RAISED,
                                       DD_REC_ALARM_RETURNED,   DD_REC_ALARM_CLEARED,
                                       DD_REC_COMMAND,          DD_REC_COMMAND_OUTCOME,
                                       DD_REC_REPORT,           DD_REC_REPORT_TRANSFERRED,
                                       DD_REC_REPORT_OVERDUE,   DD_REC_REPORT_ANSWERED,
                                       DD_REC_REPORT_RATED,     DD_REC_ALARM_ACKNOWLEDGED,
                                       DD_REC_ALARM_SHELVED,    DD_REC_ALARM_UNSHELVED,
                                       DD_REC_ALARM_SUPPRESSED, DD_REC_INCIDENT,
                                       DD_REC_INCIDENT_LINK,    DD_REC_BELIEF,
                                       DD_REC_SCHEDULE,         DD_REC_CAMPAIGN,
                                       DD_REC_DISPATCH,         DD_REC_FINDING,
                                       DD_REC_FIRMWARE};
    uint64_t wanted = 0;
    for (size_t i = 0; i < DD_COUNT(covered); i++)
        wanted |= (uint64_t)1 << covered[i];
    for (uint16_t k = 0; k < dd_schema.kind_n; k++)
        cr_expect(eq(int, dd_schema.kinds[k].digest != 0, (int)(wanted >> k & 1)), "%s",
                  dd_schema.kinds[k].name);
}
