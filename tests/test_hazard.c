// Faults that strike at a rate: as often as they should, each member by itself, mended in time.
#include "tests/toy_city.h"

#include "models/hazard.h"

#include <math.h>

static toy_def calm(uint32_t segments, uint32_t lamps) {
    toy_def def = toy_default();
    def.segment_n = segments;
    def.lamp_n = lamps;
    def.kind = DD_STREET_75;
    def.settings.mesh_off = 1;
    def.settings.centre_poll_s = 86400;
    def.settings.citizens_per_day = 0;
    return def;
}

static uint32_t begin(toy *it, dd_fault_kind fault, double per_1000_h, double repair_h) {
    uint32_t all[TOY_LAMPS_MAX], n = 0;
    dd_entity_type type = dd_faults[fault].target;
    for (uint32_t entity = 1; entity < it->world->entities.n; entity++)
        if (it->world->entities.all[entity].type == type) all[n++] = entity;
    dd_hazard_def def = {fault, all, n, per_1000_h, repair_h};
    dd_error error = {DD_OK, ""};
    uint32_t hazard = dd_hazard_add(it->world, &def, &error);
    cr_assert(hazard != 0, "%s", error.text);
    return hazard;
}

static size_t count(const toy *it, dd_fault_kind fault, bool fails) {
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].value[0] == fault && it->records[i].value[1] == fails;
    return n;
}

static bool likely(double n, double expected, double variance) {
    return fabs(n - expected) <= 2.576 * sqrt(variance) + 0.5;
}

// --- How often ---

// Of 500 lamps that nobody mends, exp(-rT) are left; when the others failed is exponential too
// (Kolmogorov and Smirnov, 99 %).
Test(hazard, is_exponential) {
    static const double rates[] = {0.01, 0.5, 8};
    for (size_t r = 0; r < DD_COUNT(rates); r++) {
        toy_def def = calm(5, 100);
        toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
        begin(it, DD_FAULT_LED_OPEN, rates[r], 0);
        double hours = 30 * 24, end = 1 - exp(-rates[r] * hours / 1000);
        toy_for(it, 30 * DD_DAY);
        double n = (double)it->record_n, most = 0;
        cr_expect(likely(n, 500 * end, 500 * end * (1 - end)), "%g of %g", n, 500 * end);
        for (size_t i = 0; i < it->record_n; i++) { // in the order of time
            double at_h = (double)it->records[i].time / (double)DD_HOUR;
            double share = (1 - exp(-rates[r] * at_h / 1000)) / end;
            most = fmax(most, fmax(share - (double)i / n, (double)(i + 1) / n - share));
        }
        cr_expect(lt(dbl, most, 1.628 / sqrt(n)), "rate %g", rates[r]);
        toy_close(it);
    }
}

// Lamps that fail once in 100 h and are mended in 25 h are up four fifths of the time.
Test(hazard, is_mended) {
    toy_def def = calm(2, 100);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    begin(it, DD_FAULT_NO_DIMMING, 10, 25);
    toy_for(it, 40 * DD_DAY); // until it is settled
    it->record_n = 0;
    toy_for(it, 100 * DD_DAY);
    double failures = 200 * 2400 / 125.0; // alternating renewals: mean 125 h, deviation sqrt of
    double variance = failures * (100 * 100 + 25 * 25) / (125 * 125.0); // the squares' sum
    cr_expect(likely((double)count(it, DD_FAULT_NO_DIMMING, true), failures, variance));
    cr_expect(likely((double)count(it, DD_FAULT_NO_DIMMING, false), failures, variance));
    double down = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        down += toy_node(it, it->lamps[lamp].segment, toy_number(it, lamp))->faults != 0;
    cr_expect(likely(down, 40, 200 * 0.2 * 0.8), "%g", down);
    toy_close(it);
}

// Feeders and segments too; a line that is down is down at both its ends.
Test(hazard, strikes_anything) {
    static const dd_fault_kind faults[] = {DD_FAULT_BREAKER, DD_FAULT_BLACKOUT, DD_FAULT_LINE,
                                           DD_FAULT_CONTROLLER};
    for (size_t i = 0; i < DD_COUNT(faults); i++) {
        toy_def def = calm(8, 2);
        toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
        begin(it, faults[i], 50, 1);
        toy_for(it, 40 * DD_DAY);
        double n = 8 * 960 / 21.0;
        cr_expect(likely((double)count(it, faults[i], true), n, n), "%s: %zu of %.0f",
                  dd_fault_names[faults[i]], count(it, faults[i], true), n);
        for (uint32_t s = 1; s <= 8; s++)
            cr_expect(eq(u8, toy_hub(it)->centre.sessions[s].line.faults,
                         toy_segment(it, s)->house->line.faults));
        toy_close(it);
    }
}

// --- Whose luck ---

static int by_text(const void *a, const void *b) {
    return strcmp(a, b);
}

enum { LINES = 2000, LINE = 64 };
typedef char lines[LINES][LINE];

static size_t play(const toy_def *def, dd_fault_kind before, const char *skip, lines out) {
    toy *it = toy_start(def, TOY_BIT(DD_REC_FAULT));
    if (before) begin(it, before, 20, 0);
    begin(it, DD_FAULT_NO_DIMMING, 20, 10);
    toy_for(it, 10 * DD_DAY);
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        const char *name = it->world->entities.all[record->entity].name;
        if (record->value[0] != DD_FAULT_NO_DIMMING || (skip && strcmp(name, skip) == 0)) continue;
        cr_assert(lt(sz, n, (size_t)LINES));
        snprintf(out[n++], LINE, "%lld %s %lld", (long long)record->time, name,
                 (long long)record->value[1]);
    }
    qsort(out, n, LINE, by_text);
    toy_close(it);
    return n;
}

// A lamp more, another hazard or another division into domains changes nobody else's luck.
Test(hazard, is_each_members_own) {
    static lines first, other;
    static const uint32_t together[] = {0, 1, 1, 1};
    toy_def def = calm(3, 30);
    size_t n = play(&def, DD_FAULT_NONE, NULL, first);
    cr_expect(gt(sz, n, 300));
    for (int change = 0; change < 4; change++) {
        toy_def changed = def;
        if (change == 1) changed.one_more_in = 1;
        if (change == 3) changed.neighbourhood = together;
        dd_fault_kind before = change == 2 ? DD_FAULT_BUS_OPEN : DD_FAULT_NONE;
        cr_assert(eq(sz, play(&changed, before, change == 1 ? "L-1-31" : NULL, other), n));
        for (size_t i = 0; i < n; i++)
            cr_expect(eq(str, other[i], first[i]), "change %d", change);
    }
    def.seed = 2;
    play(&def, DD_FAULT_NONE, NULL, other);
    cr_expect(ne(str, other[0], first[0]));
}

// Two hazards of one fault are twice the rate, and not the same moments twice.
Test(hazard, adds_up) {
    toy_def def = calm(5, 100);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    begin(it, DD_FAULT_LED_OPEN, 0.5, 0);
    begin(it, DD_FAULT_LED_OPEN, 0.5, 0);
    toy_for(it, 30 * DD_DAY);
    double p = 1 - exp(-0.72);
    cr_expect(likely((double)it->record_n, 500 * p, 500 * p * (1 - p)));
    toy_close(it);
}

// --- Its end, and what is refused ---

Test(hazard, ends) {
    toy_def def = calm(2, 100);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    uint32_t hazard = begin(it, DD_FAULT_NO_DIMMING, 10, 30);
    toy_for(it, 5 * DD_DAY);
    size_t struck = count(it, DD_FAULT_NO_DIMMING, true);
    cr_expect(gt(sz, struck, 100));
    dd_hazard_end(it->world, hazard);
    dd_hazard_end(it->world, hazard);
    toy_for(it, 60 * DD_DAY);
    cr_expect(eq(sz, count(it, DD_FAULT_NO_DIMMING, true), struck));
    cr_expect(eq(sz, count(it, DD_FAULT_NO_DIMMING, false), struck), "all are mended");
    toy_close(it);
}

// A fault that is there already is not struck again, and one that a crew has mended is not mended.
Test(hazard, lives_with_crews) {
    toy_def def = calm(1, 50);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_FAULT));
    begin(it, DD_FAULT_LED_OPEN, 100, 24);
    for (int day = 0; day < 20; day++) {
        toy_for(it, DD_DAY);
        toy_act(it, "repair lamp:L-1-7");
        toy_act(it, "fail lamp:L-1-8 led_open");
    }
    bool failed[TOY_LAMPS_MAX] = {false};
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->value[1] == failed[record->entity])
            cr_expect(eq(u32, record->entity, 8), "only by hand, on what has failed");
        failed[record->entity] = record->value[1];
    }
    toy_close(it);
}

Test(hazard, refuses) {
    toy_def def = calm(1, 5);
    toy *it = toy_start(&def, 0);
    const uint32_t lamp = 1, segment = dd_world_entity(it->world, DD_ENTITY_SEGMENT, 1);
    const struct {
        dd_hazard_def def;
        const char *says;
    } cases[] = {
        {{DD_FAULT_JAMMER, &lamp, 1, 1, 0}, "jammer"},
        {{DD_FAULT_LED_OPEN, &segment, 1, 1, 0}, "happens to a lamp"},
        {{DD_FAULT_LED_OPEN, &lamp, 0, 1, 0}, "somebody"},
        {{DD_FAULT_LED_OPEN, &lamp, 1, 0, 0}, "out of range"},
        {{DD_FAULT_LED_OPEN, &lamp, 1, 1, -1}, "out of range"},
    };
    dd_error error;
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        cr_expect(eq(u32, dd_hazard_add(it->world, &cases[i].def, &error), 0));
        cr_expect(strstr(error.text, cases[i].says) != NULL, "%s", error.text);
    }
    dd_hazard_def good = {DD_FAULT_LED_OPEN, &lamp, 1, 1, 0};
    uint32_t n = 0;
    while (dd_hazard_add(it->world, &good, &error))
        n++;
    cr_expect(eq(u32, n, DD_HAZARDS_MAX - 1));
    toy_close(it);
}
