// The digest of records holds every part of an outcome, and nothing else; the octets that records
// carry live until the flush.
#include "engine/record.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { LAMP_A = 1, LAMP_B = 2 };

static dd_entities entities;
static const char *const types[] = {"lamp", NULL};
static const dd_record_kind kind = {"kind",
                                    "",
                                    DD_TRUTH,
                                    1,
                                    true,
                                    {{"level", DD_FIELD_MILLI, NULL, NULL},
                                     {"count", DD_FIELD_INTEGER, NULL, NULL},
                                     {"about", DD_FIELD_ENTITY, NULL, NULL}}};
static const dd_record plain = {
    .time = 5, .id = 7, .cause = 3, .entity = LAMP_A, .kind = 2, .value = {10, 20, LAMP_B, 99}};

static void name_lamps(void) {
    dd_error error;
    cr_assert(dd_entities_init(&entities, types, 2, &error));
    dd_entities_add(&entities, 0, "L-0001");
    dd_entities_add(&entities, 0, "L-0002");
}

static void forget_lamps(void) {
    dd_entities_fini(&entities);
}

TestSuite(record, .init = name_lamps, .fini = forget_lamps);

static bool same_digest(const dd_record *a, const dd_record *b) {
    dd_digest x = {{0, 0}}, y = {{0, 0}};
    dd_digest_add(&x, a, &kind, &entities);
    dd_digest_add(&y, b, &kind, &entities);
    return x.lane[0] == y.lane[0] && x.lane[1] == y.lane[1];
}

Test(record, every_part_of_an_outcome_counts) {
    dd_record other[5];
    for (int i = 0; i < 5; i++)
        other[i] = plain;
    other[0].time++;
    other[1].entity = LAMP_B;
    other[2].value[0]++;
    other[3].value[1]++;
    other[4].value[2] = LAMP_A;
    for (int i = 0; i < 5; i++)
        cr_expect(!same_digest(&plain, &other[i]), "part %d", i);
}

Test(record, a_kind_counts_by_its_name) {
    dd_record_kind named = kind;
    dd_record moved = plain;
    named.name = "kinds";
    moved.kind++;
    dd_digest as_it_is = {{0, 0}}, by_name = {{0, 0}}, by_number = {{0, 0}};
    dd_digest_add(&as_it_is, &plain, &kind, &entities);
    dd_digest_add(&by_name, &plain, &named, &entities);
    dd_digest_add(&by_number, &moved, &kind, &entities);
    cr_expect_neq(as_it_is.lane[0], by_name.lane[0]);
    cr_expect_eq(as_it_is.lane[0], by_number.lane[0]);
}

Test(record, neither_ids_nor_causes_nor_what_is_no_field_count) {
    dd_record other = plain;
    other.id++;
    other.cause++;
    other.branch++;
    other.value[3]++;
    cr_expect(same_digest(&plain, &other));
}

// Values change places between two records: that is another outcome.
Test(record, values_belong_to_their_record) {
    dd_record a = plain, b = plain, c = plain, d = plain;
    b.entity = LAMP_B;
    b.value[0] = 11;
    c.value[0] = 11;
    d.entity = LAMP_B;
    dd_digest x = {{0, 0}}, y = {{0, 0}};
    dd_digest_add(&x, &a, &kind, &entities);
    dd_digest_add(&x, &b, &kind, &entities);
    dd_digest_add(&y, &c, &kind, &entities);
    dd_digest_add(&y, &d, &kind, &entities);
    cr_expect(x.lane[0] != y.lane[0] && x.lane[1] != y.lane[1]);
}

Test(record, the_order_of_records_does_not_count) {
    dd_record other = plain;
    other.time = 6;
    dd_digest x = {{0, 0}}, y = {{0, 0}}, part = {{0, 0}};
    dd_digest_add(&x, &plain, &kind, &entities);
    dd_digest_add(&x, &other, &kind, &entities);
    dd_digest_add(&y, &other, &kind, &entities);
    dd_digest_add(&part, &plain, &kind, &entities);
    dd_digest_join(&y, &part);
    cr_expect_eq(x.lane[0], y.lane[0]);
    cr_expect_eq(x.lane[1], y.lane[1]);
}

// Adding a lamp moves indices, but no digest: entities count by their own ids.
Test(record, indices_do_not_count) {
    dd_digest before = {{0, 0}}, after = {{0, 0}};
    dd_error error;
    dd_digest_add(&before, &plain, &kind, &entities);
    dd_entities more;
    cr_assert(dd_entities_init(&more, types, 3, &error));
    dd_entities_add(&more, 0, "L-0000");
    dd_entities_add(&more, 0, "L-0001");
    dd_entities_add(&more, 0, "L-0002");
    dd_record moved = plain;
    moved.entity = LAMP_A + 1;
    moved.value[2] = LAMP_B + 1;
    dd_digest_add(&after, &moved, &kind, &more);
    cr_expect_eq(before.lane[0], after.lane[0]);
    dd_entities_fini(&more);
}

// --- Octets ---

Test(record, octets_are_found_until_the_buffer_is_emptied) {
    dd_record_buffer buffer = {0};
    int64_t values[1000];
    char text[32];
    size_t n;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            int length = snprintf(text, sizeof text, "octets %d of %d", i, round);
            values[i] = dd_record_buffer_carry(&buffer, text, (size_t)length);
        }
        for (int i = 0; i < 1000; i++) {
            int length = snprintf(text, sizeof text, "octets %d of %d", i, round);
            const uint8_t *octets = dd_record_buffer_octets(&buffer, values[i], &n);
            cr_assert(n == (size_t)length && memcmp(octets, text, n) == 0, "%s", text);
        }
        dd_record_buffer_empty(&buffer);
        cr_assert_eq(buffer.octet_n, 0);
    }
    dd_record_buffer_fini(&buffer);
}

Test(record, no_octets_are_none) {
    dd_record_buffer buffer = {0};
    size_t n = 1;
    cr_expect_eq(dd_record_buffer_carry(&buffer, NULL, 0), 0);
    cr_expect_null(dd_record_buffer_octets(&buffer, 0, &n));
    cr_expect_eq(n, 0);
    static uint8_t most[DD_RECORD_BYTES_MAX];
    dd_record_buffer_carry(&buffer, "x", 1);
    int64_t value = dd_record_buffer_carry(&buffer, most, sizeof most);
    cr_expect(dd_record_buffer_octets(&buffer, value, &n) == buffer.octets + 1);
    cr_expect_eq(n, sizeof most);
    dd_record_buffer_fini(&buffer);
}
