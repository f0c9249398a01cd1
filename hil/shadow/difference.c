#include "hil/shadow/difference.h"

#include "hil/text/message_fields.h"

#include <stdio.h>
#include <string.h>

static bool same_octets(const dd_response *a, const dd_response *b, bool ids) {
    return a->kind == b->kind && a->value == b->value && a->lamp == b->lamp && a->n == b->n &&
           (!ids || a->handle == b->handle) &&
           (a->n == 0 || memcmp(a->octets, b->octets, a->n) == 0);
}

// --- Fields ---

static int64_t most_apart(dd_unit unit, const dd_tolerance *tolerance) {
    switch (unit) {
    case DD_UNIT_CLOCK_MS:
        return tolerance->clock_ms;
    case DD_UNIT_LEVEL_PM:
        return tolerance->level_pm;
    case DD_UNIT_POWER_MW:
        return tolerance->power_mw;
    case DD_UNIT_POWER_W:
        return (tolerance->power_mw + 999) / 1000;
    case DD_UNIT_VOLTAGE_DV:
        return tolerance->voltage_dv;
    case DD_UNIT_ENERGY_WH:
        return tolerance->energy_wh;
    case DD_UNIT_ID:
        return tolerance->ids ? 0 : INT64_MAX;
    default:
        return 0;
    }
}

static bool is_words(const dd_message_field *field) {
    return field->unit == DD_UNIT_PLAIN || field->unit == DD_UNIT_WORDS;
}

// Of the same name; one that is not there (NULL) is 0, or no words.
static bool field_fits(const dd_message_fields *a, const dd_message_field *x,
                       const dd_message_fields *b, const dd_message_field *y,
                       const dd_tolerance *tolerance) {
    if (is_words(x) || (y && is_words(y)))
        return y && is_words(x) && is_words(y) &&
               strcmp(a->texts + x->text, b->texts + y->text) == 0;
    int64_t most = most_apart((dd_unit)x->unit, tolerance), other = y ? y->value : 0;
    uint64_t apart = x->value > other ? (uint64_t)x->value - (uint64_t)other
                                      : (uint64_t)other - (uint64_t)x->value;
    return apart <= (uint64_t)most;
}

static void value_text(const dd_message_fields *fields, const dd_message_field *field,
                       char text[static DD_DIFFERENCE_VALUE]) {
    if (field)
        dd_field_text(fields, field, text, DD_DIFFERENCE_VALUE);
    else
        snprintf(text, DD_DIFFERENCE_VALUE, "none");
}

// The first field of `a` that has none in `b` that fits it; NULL: all fit.
static const dd_message_field *misfit(const dd_message_fields *a, const dd_message_fields *b,
                                      const dd_tolerance *tolerance, bool keys_only) {
    for (uint16_t i = 0; i < a->n; i++) {
        const dd_message_field *x = &a->fields[i];
        if (keys_only && !x->key) continue;
        if (!field_fits(a, x, b, dd_fields_find(b, x->name), tolerance)) return x;
    }
    return NULL;
}

static bool differ(const dd_message_fields *expected, const dd_message_fields *got,
                   const dd_tolerance *tolerance, dd_difference *difference) {
    const dd_message_field *field = misfit(expected, got, tolerance, false);
    if (!field) field = misfit(got, expected, tolerance, false);
    if (!field) return false;
    if (!difference) return true;
    snprintf(difference->field, sizeof difference->field, "%s", field->name);
    value_text(expected, dd_fields_find(expected, field->name), difference->expected);
    value_text(got, dd_fields_find(got, field->name), difference->got);
    return true;
}

static bool same_word_kind(const dd_message_fields *a, const dd_message_fields *b,
                           const dd_tolerance *tolerance) {
    const dd_message_field *x = dd_fields_find(a, "kind");
    return x && field_fits(a, x, b, dd_fields_find(b, "kind"), tolerance);
}

static dd_likeness likeness(const dd_response *expected, const dd_message_fields *a,
                            const dd_response *got, const dd_message_fields *b) {
    static const dd_tolerance none = {.ids = true};
    if (!misfit(a, b, &none, true) && !misfit(b, a, &none, true)) return DD_LIKE_IN_TOPIC;
    if (expected->kind == DD_RESPONSE_DATAGRAM && expected->lamp == got->lamp)
        return DD_LIKE_IN_KIND;
    if (expected->kind == DD_RESPONSE_LINE && same_word_kind(a, b, &none)) return DD_LIKE_IN_KIND;
    return DD_LIKE_NOTHING;
}

dd_likeness dd_compare_responses(const dd_response *expected, const dd_response *got,
                                 const dd_tolerance *tolerance, dd_difference *difference) {
    dd_message_fields a, b;
    if (same_octets(expected, got, tolerance->ids)) return DD_LIKE_SAME;
    if (expected->kind != got->kind) return DD_LIKE_NOTHING;
    dd_fields_of_response(&a, expected);
    dd_fields_of_response(&b, got);
    if (differ(&a, &b, tolerance, difference)) return likeness(expected, &a, got, &b);
    if (!a.more && !b.more) return DD_LIKE_SAME;
    // Alike as far as there was room to take them apart: then the octets have to be.
    if (difference) *difference = (dd_difference){.field = "octets"};
    return DD_LIKE_IN_TOPIC;
}
