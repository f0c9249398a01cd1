// The citizens: how many reports, of what, when, where, about what and how wrong. Judged by
// statistics reckoned here, apart from the model.
#include "engine/texts.h"
#include "tests/toy_city.h"

#include <math.h>

// Nothing but what is asked for: no duplicates, all wards alike, nobody wrong, filed on the spot.
static toy_def plain(double per_day) {
    toy_def def = toy_default();
    def.start = "2020-08-03 00:00"; // a Monday
    def.settings.mesh_off = 1;
    def.settings.citizens_per_day = per_day;
    def.settings.citizens_ward_spread = 1;
    def.settings.citizens_again_per_day = 0;
    def.settings.citizens_wrong_kind = 0;
    def.settings.citizens_false = 0;
    def.settings.citizens_at_once = 100;
    def.settings.office_automatic = 0;
    return def;
}

static bool noticed(const dd_record *record) {
    return record->kind == DD_REC_MATTER && record->value[2] == DD_MATTER_NOTICED;
}

static dd_civil civil_of(const toy *it, const dd_record *record) {
    return dd_civil_at(&it->world->def.calendar, record->time);
}

// The bound that chi-square passes once in a thousand (Wilson and Hilferty 1931).
static double chi_square_bound(double freedom) {
    double a = 2 / (9 * freedom), root = 1 - a + 3.09 * sqrt(a);
    return freedom * root * root * root;
}

// --- When ---

// Hours of the week, as the facts have them.
static double profile(uint32_t hour_of_week) {
    static const double hours[24] = {60,  30,  20,  20,  40,  120, 300, 450,  500,  480, 450, 420,
                                     380, 380, 420, 460, 520, 700, 900, 1000, 1000, 850, 500, 180};
    static const double days[7] = {1, 1, 1, 1, 1, 0.9, 0.8};
    return hours[hour_of_week % 24] * days[hour_of_week / 24] / (10180 * 6.7);
}

static double profile_chi_square(const uint32_t by_hour[168], double n) {
    double sum = 0;
    for (uint32_t hour = 0; hour < 168; hour++) {
        double expected = n * profile(hour), apart = by_hour[hour] - expected;
        sum += apart * apart / expected;
    }
    return sum;
}

static void count_hours(const toy *it, int kind, uint32_t by_hour[168], double *n) {
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (kind == DD_REC_MATTER ? !noticed(record) : record->kind != kind) continue;
        by_hour[record->time / DD_HOUR % 168]++;
        ++*n;
    }
}

// What is seen follows the hours of the week; so does what is filed later, because people's time
// passes by the same hours.
Test(citizens, hours_of_the_week) {
    toy_def def = plain(700);
    def.settings.citizens_at_once = 0;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER) | TOY_BIT(DD_REC_REPORT));
    toy_for(it, 28 * DD_DAY);
    uint32_t seen[168] = {0}, filed[168] = {0};
    double seen_n = 0, filed_n = 0;
    count_hours(it, DD_REC_MATTER, seen, &seen_n);
    count_hours(it, DD_REC_REPORT, filed, &filed_n);
    cr_expect(epsilon_eq(dbl, seen_n, 28 * 700, 4 * 140), "Poisson");
    cr_expect(lt(dbl, profile_chi_square(seen, seen_n), chi_square_bound(167)));
    cr_expect(lt(dbl, profile_chi_square(filed, filed_n), chi_square_bound(167)));
    double flat = 0;
    for (int hour = 0; hour < 168; hour++)
        flat += pow(seen[hour] - seen_n / 168, 2) / (seen_n / 168);
    cr_expect(gt(dbl, flat, 10 * chi_square_bound(167)), "the test would see another profile");
    toy_close(it);
}

// Counts of whole days are Poisson's: their variance is their mean.
Test(citizens, days_are_poisson) {
    toy_def def = plain(40);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER));
    toy_for(it, 210 * DD_DAY);
    double by_day[210] = {0}, sum = 0;
    for (size_t i = 0; i < it->record_n; i++)
        if (noticed(&it->records[i])) by_day[it->records[i].time / DD_DAY]++;
    for (int day = 0; day < 210; day++) {
        double expected = 40 * (day % 7 == 5 ? 0.9 : day % 7 == 6 ? 0.8 : 1) * 7 / 6.7;
        sum += pow(by_day[day] - expected, 2) / expected;
    }
    cr_expect(lt(dbl, sum, chi_square_bound(210)));
    cr_expect(gt(dbl, sum, 210 - 3.09 * sqrt(2 * 210)), "nor more even than luck");
    toy_close(it);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// How far n values are from an exponential of that mean at most, times the root of n.
static double from_exponential(double *values, size_t n, double mean) {
    double worst = 0;
    qsort(values, n, sizeof *values, by_size);
    for (size_t i = 0; i < n; i++) {
        double p = 1 - exp(-values[i] / mean);
        worst = fmax(worst, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    return worst * sqrt((double)n);
}

// People's time from a to b, hours, reckoned from the profile.
static double peoples_h(dd_time a, dd_time b) {
    double sum = 0;
    for (dd_time t = a, next; t < b; t = next) {
        next = t / DD_HOUR * DD_HOUR + DD_HOUR;
        if (next > b) next = b;
        sum += (double)(next - t) / 3.6e12 * profile((uint32_t)(t / DD_HOUR % 168)) * 168;
    }
    return sum;
}

// The delays of reports, each by its notice, in people's time or in the clock's.
static size_t delays(const toy *it, bool peoples, double *hours) {
    size_t n = 0;
    for (size_t i = 0, k = 0; i < it->record_n; i++) {
        if (it->records[i].kind != DD_REC_REPORT) continue;
        for (k = 0; it->records[k].id != it->records[i].cause; k++)
            cr_assert(k < i);
        dd_time seen = it->records[k].time, filed = it->records[i].time;
        hours[n++] = peoples ? peoples_h(seen, filed) : (double)(filed - seen - DD_SECOND) / 3.6e12;
    }
    return n;
}

Test(citizens, delays_between_seeing_and_filing) {
    static double hours[8000];
    for (int later = 0; later < 2; later++) {
        toy_def def = plain(200);
        def.settings.citizens_at_once = later ? 0 : 100;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER) | TOY_BIT(DD_REC_REPORT));
        toy_for(it, 14 * DD_DAY);
        // those that are seen at the end are still to be filed: that of the last days is missed
        size_t n = delays(it, later, hours);
        cr_assert(n > 2000 && n < 8000);
        double bound = later ? 2.5 : 1.95; // Kolmogorov-Smirnov at 1 in 1000; cut off at the end
        cr_expect(lt(dbl, from_exponential(hours, n, later ? 12 : 1 / 12.0), bound));
        toy_close(it);
    }
}

Test(citizens, adoption_scales_all) {
    double filed[2];
    for (int i = 0; i < 2; i++) {
        toy_def def = plain(200);
        def.settings.citizens_adoption = i ? 20 : 100;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
        toy_for(it, 20 * DD_DAY);
        filed[i] = (double)it->record_n;
        toy_close(it);
    }
    cr_expect(epsilon_eq(dbl, filed[0], 4000, 4 * 63));
    cr_expect(epsilon_eq(dbl, filed[1], 800, 4 * 28));
    toy_def none = plain(200);
    none.settings.citizens_adoption = 0;
    toy *it = toy_start(&none, TOY_BIT(DD_REC_REPORT));
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_for(it, 20 * DD_DAY);
    cr_expect(eq(sz, it->record_n, 0));
    toy_close(it);
}

// Bến Tre's own first months: two reports in 102 days in the mean, by a Poisson law over seeds.
Test(citizens, the_adoption_of_2020) {
    enum { SEEDS = 60 };
    double sum = 0, square = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        toy_def def = plain(dd_settings_default().citizens_per_day);
        def.segment_n = 1;
        def.lamp_n = 3;
        def.seed = seed;
        def.settings.citizens_adoption = 0.16;
        def.settings.light_before = 1; // no controllers, which would have much to do in 102 days
        toy *it = toy_start(&def, 0);
        toy_for(it, 102 * DD_DAY);
        double filed = toy_hub(it)->citizens.counts.filed;
        sum += filed;
        square += filed * filed;
        toy_close(it);
    }
    double mean = sum / SEEDS, variance = square / SEEDS - mean * mean;
    cr_expect(epsilon_eq(dbl, mean, 1.96, 4 * 1.4 / sqrt(SEEDS)));
    cr_expect(epsilon_eq(dbl, variance / mean, 1, 4 * sqrt(2.0 / SEEDS)));
}

// --- What ---

Test(citizens, groups) {
    toy_def def = plain(700);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
    toy_for(it, 10 * DD_DAY);
    static const double shares[DD_REPORT_LIGHTING] = {0.26, 0.22, 0.09, 0.11, 0.20, 0.12};
    double by_kind[DD_REPORT_KINDS] = {0}, sum = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        by_kind[it->records[i].value[1]]++;
        cr_expect(eq(i64, it->records[i].value[2], 0), "names no lamp");
        cr_expect(gt(i64, it->records[i].value[3], 0), "says something");
    }
    for (int kind = 0; kind < DD_REPORT_LIGHTING; kind++)
        sum += pow(by_kind[kind] - shares[kind] * (double)it->record_n, 2) /
               (shares[kind] * (double)it->record_n);
    cr_expect(lt(dbl, sum, chi_square_bound(5)));
    cr_expect(eq(dbl, by_kind[DD_REPORT_LIGHTING], 0), "all lamps burn");
    toy_close(it);
}

static double share_of(const toy *it, bool (*is)(const toy *it, const dd_record *record)) {
    double n = 0, of = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        if (it->records[i].kind != DD_REC_REPORT) continue;
        of++;
        n += is(it, &it->records[i]);
    }
    return n / of;
}

static const dd_record *notice_of(const toy *it, const dd_record *report) {
    for (size_t i = 0; i < it->record_n; i++)
        if (it->records[i].id == report->cause) return &it->records[i];
    cr_assert(false, "a report without a notice");
    return NULL;
}

static bool wrong_group(const toy *it, const dd_record *report) {
    return report->value[1] != notice_of(it, report)->value[1];
}

static bool unfounded(const toy *it, const dd_record *report) {
    return notice_of(it, report)->value[1] == DD_REPORT_KINDS;
}

Test(citizens, a_tenth_is_filed_in_a_wrong_group) {
    toy_def def = plain(300);
    def.settings.citizens_wrong_kind = 10;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER) | TOY_BIT(DD_REC_REPORT));
    toy_for(it, 10 * DD_DAY);
    cr_expect(epsilon_eq(dbl, share_of(it, wrong_group), 0.1, 0.02));
    toy_close(it);
}

Test(citizens, some_are_about_nothing) {
    toy_def def = plain(300);
    def.settings.citizens_false = 15;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER) | TOY_BIT(DD_REC_REPORT));
    toy_for(it, 10 * DD_DAY);
    cr_expect(epsilon_eq(dbl, share_of(it, unfounded), 0.15, 0.025));
    uint32_t light = 0;
    for (size_t i = 0; i < it->record_n; i++)
        light +=
            it->records[i].kind == DD_REC_REPORT && it->records[i].value[1] == DD_REPORT_LIGHTING;
    cr_expect(epsilon_eq(dbl, light, 3000 * 0.15 * 0.15, 4 * sqrt(67.5)), "of lamps that burn");
    toy_close(it);
}

// The same matter is seen by others too, at the rate that the setting says, until it is put right;
// the office does nothing here. Some of those join the report that is there.
Test(citizens, others_see_the_same) {
    toy_def def = plain(20);
    def.settings.citizens_again_per_day = 0.5;
    def.settings.citizens_me_too = 30;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER) | TOY_BIT(DD_REC_REPORT));
    toy_for(it, 60 * DD_DAY);
    static dd_time arose[4000];
    static bool known[4000];
    double stood_d = 0, again = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (record->kind != DD_REC_MATTER) continue;
        int64_t number = record->value[0];
        cr_assert(number > 0 && number < 4000);
        if (noticed(record)) {
            again += known[number];
            if (!known[number]) arose[number] = record->time;
            known[number] = true;
        } else {
            cr_expect(eq(i64, record->value[2], DD_MATTER_GONE));
            stood_d += (double)(record->time - arose[number]) / 86400e9;
            known[number] = false;
            arose[number] = 0;
        }
    }
    for (int number = 1; number < 4000; number++)
        if (known[number]) stood_d += 60 - (double)arose[number] / 86400e9;
    cr_assert(again > 1000);
    cr_expect(epsilon_eq(dbl, again, stood_d * 0.5, 4 * sqrt(again) + 0.01 * again));
    const dd_citizen_counts *counts = &toy_hub(it)->citizens.counts;
    cr_expect(epsilon_eq(dbl, counts->me_too / again, 0.3, 0.05));
    cr_expect(eq(u32, counts->noticed, counts->me_too + toy_hub(it)->office.reports.pool.used),
              "none gets lost");
    toy_close(it);
}

// --- Where ---

// Two streets in two wards, of 20 and of 60 lamps: reports by lamps and zeal.
Test(citizens, wards_get_their_share) {
    toy_def def = plain(300);
    def.segment_n = 2;
    def.settings.citizens_ward_spread = 3;
    def.settings.citizens_place_m = 0;
    def.seed = 3;
    toy *it = toy_open(&def);
    it->wards[2].centre = toy_point(500, 2000);
    it->wards[1].centre = toy_point(500, 1000);
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        it->lamps[lamp].ward = it->lamps[lamp].segment;
    it->roads[2].ward = 2;
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_REPORT), toy_keep, it);
    dd_twin_start(it->world);
    toy_for(it, 20 * DD_DAY);
    double by_ward[3] = {0}, expected[3], sum = 0;
    for (size_t i = 0; i < it->record_n; i++)
        by_ward[dd_world_index(it->world, it->records[i].entity)]++;
    for (uint32_t ward = 1; ward <= 2; ward++) {
        expected[ward] = 300 * 20 * 0.5 * toy_hub(it)->citizens.zeal_pm[ward] / 1000.0;
        sum += pow(by_ward[ward] - expected[ward], 2) / expected[ward];
    }
    cr_expect(lt(dbl, sum, chi_square_bound(2)));
    cr_expect(gt(dbl, fabs(expected[1] - expected[2]), 500), "they differ, with this seed");
    toy_close(it);
}

typedef struct errors {
    const toy *it;
    double n, squares, right;
} errors;

static void add_error(void *context, const dd_report *report) {
    errors *sum = context;
    const dd_lamp *lamp = &sum->it->lamps[report->truth.lamp];
    sum->n++;
    sum->squares +=
        pow(report->place.x - lamp->place.x, 2) + pow(report->place.y - lamp->place.y, 2);
    sum->right += report->road == lamp->road;
}

static errors errors_with(double place_m, double at_once, double elsewhere) {
    toy_def def = plain(300);
    def.settings.citizens_place_m = place_m;
    def.settings.citizens_at_once = at_once;
    def.settings.citizens_elsewhere = elsewhere;
    toy *it = toy_start(&def, 0);
    toy_for(it, 10 * DD_DAY);
    errors sum = {.it = it};
    dd_reports_each(&it->world->engine->domains[DD_HUB_DOMAIN], add_error, &sum);
    cr_assert(sum.n > 2000);
    toy_close(it);
    return sum;
}

// Each way the error is normal with 25 m times a person's own, even from a half to three halves.
Test(citizens, places_are_some_metres_wrong) {
    double mean_square = 2 * 25 * 25 * (1 + 1 / 12.0);
    errors exact = errors_with(0, 100, 100), now = errors_with(25, 100, 100);
    cr_expect(eq(dbl, exact.squares, 0));
    cr_expect(epsilon_eq(dbl, now.squares / now.n, mean_square, 0.1 * mean_square));
    errors later = errors_with(25, 0, 0);
    cr_expect(epsilon_eq(dbl, later.squares / later.n, 4 * mean_square, 0.4 * mean_square));
    cr_expect(eq(dbl, later.right, later.n), "streets are a kilometre apart");
    errors home = errors_with(0, 0, 100);
    cr_expect(epsilon_eq(dbl, home.right / home.n, 1 / 3.0, 0.05),
              "one street is as good as another");
}

// --- Weather ---

// During a storm and for a while after there are two and a half times as many; what there is more
// is mostly of its making.
Test(citizens, a_storm_brings_more) {
    static const double times[] = {1, 1, 2.5, 1};
    toy_def def = plain(400);
    def.settings.citizens_storm_h = 1;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER));
    for (int week = 0; week < 4; week++) {
        static const char *const acts[] = {"weather rain=0", "weather rain=9", "weather rain=20",
                                           "weather rain=0"};
        toy_act(it, acts[week]);
        if (week == 3) toy_for(it, 70 * DD_MINUTE);
        size_t first = it->record_n;
        toy_to(it, (week + 1) * 7 * DD_DAY);
        double n = 0, infrastructure = 0;
        for (size_t i = first; i < it->record_n; i++) {
            if (!noticed(&it->records[i])) continue;
            n++;
            infrastructure += it->records[i].value[1] == DD_REPORT_INFRASTRUCTURE;
        }
        double expected = 2800 * times[week], more = times[week] - 1;
        double share = (0.2 + more * (0.8 + 0.2 * 0.2)) / times[week];
        cr_expect(epsilon_eq(dbl, n, expected, 5 * sqrt(expected)));
        cr_expect(epsilon_eq(dbl, infrastructure / n, share, 0.03));
    }
    toy_close(it);
}

// Water in low streets is reported there.
Test(citizens, a_flood_is_reported_where_it_stands) {
    toy_def def = plain(200);
    toy *it = toy_open(&def);
    for (uint32_t i = 1; i <= 3; i++) {
        it->cabinets[i].levelled = true;
        it->cabinets[i].ground_m = i == 2 ? 1.5F : 3;
    }
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_MATTER), toy_keep, it);
    dd_twin_start(it->world);
    toy_act(it, "weather water=2");
    toy_for(it, 10 * DD_DAY);
    double by_road[4] = {0};
    for (size_t i = 0; i < it->record_n; i++)
        by_road[dd_world_index(it->world, it->records[i].entity)] += noticed(&it->records[i]);
    cr_expect(epsilon_eq(dbl, by_road[1], 2000 / 3.0, 4 * 26));
    cr_expect(epsilon_eq(dbl, by_road[2], 2000 / 3.0 + 3000, 4 * 60));
    cr_expect(epsilon_eq(dbl, by_road[3], 2000 / 3.0, 4 * 26));
    toy_close(it);
}

// --- Lamps ---

static toy_def lamps_only(void) {
    toy_def def = plain(0);
    def.start = "2020-08-03 12:00";
    def.settings.citizens_place_m = 0;
    return def;
}

Test(citizens, nobody_reports_what_is_well) {
    toy_def def = lamps_only();
    def.settings.citizens_notice_h = 0.01;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT) | TOY_BIT(DD_REC_SIGHT));
    toy_for(it, 3 * DD_DAY);
    cr_expect(eq(sz, it->record_n, 0));
    toy_close(it);
}

// A dark road by night: seen and reported, about a lamp that is dark, in the right place; not seen
// by day; not again once it is lit.
Test(citizens, a_dark_road_is_reported_until_it_is_lit) {
    toy_def def = lamps_only();
    def.settings.citizens_notice_h = 2;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT) | TOY_BIT(DD_REC_MATTER));
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_until(it, "18:00");
    cr_expect(eq(sz, it->record_n, 0), "nobody misses light by day");
    toy_until(it, "06:30");
    size_t until_day = it->record_n;
    cr_expect(gt(sz, until_day, 6));
    toy_until(it, "17:00");
    cr_expect(eq(sz, it->record_n, until_day));
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        cr_expect(eq(u32, record->entity, toy_entity(it, "road:S-2-0")));
        cr_expect(eq(i64, record->value[1], DD_REPORT_LIGHTING));
        uint32_t lamp = (uint32_t)record->value[record->kind == DD_REC_REPORT ? 2 : 3];
        cr_expect(eq(u32, it->city.lamps[lamp].segment, 2));
    }
    toy_until(it, "22:00");
    toy_act(it, "repair feeder:S-2-0");
    toy_for(it, DD_HOUR);
    size_t after = it->record_n;
    cr_expect(gt(sz, after, until_day));
    toy_for(it, DD_DAY);
    cr_expect(eq(sz, it->record_n, after));
    toy_close(it);
}

// The first to see one dark lamp on a main road comes after so many mean night hours, and sooner
// the more lamps are dark: in people's time, exponential.
Test(citizens, time_until_the_first_sees_it) {
    enum { RUNS = 150 };
    static double hours[RUNS];
    const double night_share = 4720.0 / 12 / (10180.0 / 24);
    for (int many = 0; many < 2; many++) {
        for (uint64_t seed = 1; seed <= RUNS; seed++) {
            toy_def def = lamps_only();
            def.start = "2020-08-03 19:00";
            def.segment_n = 1;
            def.seed = seed;
            def.settings.citizens_notice_h = 2;
            toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER));
            toy_act(it, many ? "fail feeder:S-1-0 phase_l1" : "fail lamp:L-1-9 led_open");
            while (!it->record_n)
                toy_for(it, DD_HOUR);
            dd_time shift = 19 * DD_HOUR, night = 11 * DD_HOUR; // it is dark until some 05:20
            dd_time seen = it->records[0].time;
            hours[seed - 1] = peoples_h(shift + DD_MINUTE + DD_SECOND, shift + seen);
            if (seen > night) hours[seed - 1] = 99; // not in the first night
            toy_close(it);
        }
        double mean = 2 * night_share / (many ? 10 : 1), worst = 0;
        qsort(hours, RUNS, sizeof *hours, by_size);
        for (int i = 0; i < RUNS && hours[i] < 99; i++)
            worst = fmax(worst, fabs(1 - exp(-hours[i] / mean) - (i + 0.5) / RUNS));
        cr_expect(lt(dbl, worst * sqrt(RUNS), 1.95), "%g", worst);
    }
}

// Once it has been reported, half as many see it worth another: counted over many nights.
Test(citizens, reported_again_more_rarely) {
    double seen[2];
    for (int i = 0; i < 2; i++) {
        toy_def def = lamps_only();
        def.segment_n = 1;
        def.settings.citizens_notice_h = 2;
        def.settings.citizens_again = i ? 50 : 100;
        toy *it = toy_start(&def, TOY_BIT(DD_REC_MATTER));
        toy_act(it, "fail lamp:L-1-9 led_open");
        toy_for(it, 60 * DD_DAY);
        seen[i] = (double)it->record_n;
        toy_close(it);
    }
    double nights_h = 60 * 11.0; // from some 18:40 to 05:20, the busier part of the 12
    cr_expect(epsilon_eq(dbl, seen[0], nights_h / 2, 0.25 * nights_h / 2));
    cr_expect(epsilon_eq(dbl, seen[1] / seen[0], 0.5, 0.1));
}

static bool says(const toy *it, const dd_record *report, const char *what) {
    return strstr(it->world->engine->texts->all[report->value[3]], what) != NULL;
}

// Lamps that burn by day are reported by day, those that flicker by night; each says so.
Test(citizens, day_burners_and_flicker) {
    toy_def def = lamps_only();
    def.settings.citizens_notice_h = 1;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT));
    toy_act(it, "fail lamp:L-1-9 stuck_on");
    toy_act(it, "fail lamp:L-3-9 cycling");
    toy_for(it, 4 * DD_DAY);
    double burning = 0, flicker = 0, dark = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *report = &it->records[i];
        int32_t hour = civil_of(it, report).hour;
        if (report->entity == toy_entity(it, "road:S-1-0")) {
            cr_expect(says(it, report, "by day"));
            cr_expect(hour >= 5 && hour <= 18);
            burning++;
        } else {
            cr_expect(eq(u32, report->entity, toy_entity(it, "road:S-3-0")));
            flicker += says(it, report, "flickers");
            dark += says(it, report, "dark");
            cr_expect(hour >= 18 || hour <= 6);
        }
    }
    cr_expect(gt(dbl, burning, 0));
    cr_expect(gt(dbl, flicker, 10));
    cr_expect(lt(dbl, dark, flicker / 3), "before it has flickered often, or for a while");
    toy_close(it);
}

// A report that a scenario orders is exact, and about something that is there from now on.
Test(citizens, filed_by_a_scenario) {
    toy_def def = lamps_only();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_REPORT) | TOY_BIT(DD_REC_MATTER));
    uint32_t lamp = dd_world_index(it->world, toy_entity(it, "lamp:L-2-7"));
    dd_filing filing = {
        .kind = DD_REPORT_INFRASTRUCTURE, .filed = DD_REPORT_CONSTRUCTION, .lamp = lamp};
    cr_expect(eq(u32, dd_filing_order(it->world, &filing), 1));
    filing.unfounded = true;
    cr_expect(eq(u32, dd_filing_order(it->world, &filing), 2));
    toy_for(it, DD_MINUTE);
    cr_assert(eq(sz, it->record_n, 4));
    const dd_record *matter = &it->records[0], *report = &it->records[1];
    cr_expect(eq(i64, matter->value[1], DD_REPORT_INFRASTRUCTURE));
    cr_expect(eq(i64, matter->value[3], dd_world_entity(it->world, DD_ENTITY_LAMP, lamp)));
    cr_expect(eq(u64, report->cause, matter->id));
    cr_expect(eq(i64, report->value[1], DD_REPORT_CONSTRUCTION));
    cr_expect(eq(u32, report->entity, toy_entity(it, "road:S-2-0")));
    cr_expect(eq(i64, it->records[2].value[1], DD_REPORT_KINDS), "nothing");
    toy_close(it);
}

// The slowest citizens that a scenario may ask for overflow nothing.
Test(citizens, extreme_settings) {
    toy_def def = plain(1e-9);
    def.settings.citizens_notice_h = 10000;
    def.settings.office_triage_min = 10000;
    def.settings.office_automatic = 1;
    toy *it = toy_start(&def, 0);
    toy_act(it, "fail feeder:S-2-0 breaker");
    toy_for(it, 3 * DD_DAY);
    cr_expect(le(u32, toy_hub(it)->citizens.counts.filed, 1));
    toy_close(it);
    def = plain(10000);
    def.settings.citizens_place_m = 0;
    def.settings.office_triage_min = 0;
    def.settings.office_automatic = 1;
    it = toy_start(&def, 0);
    toy_for(it, DD_DAY);
    cr_expect(epsilon_eq(dbl, toy_hub(it)->citizens.counts.filed, 10000 * 7 / 6.7, 500));
    toy_close(it);
}
