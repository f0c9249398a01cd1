// The people of the app: how they differ, and that in the mean they are what the settings say.
#include "models/citizens/person.h"
#include "tests/toy_city.h"

#include <math.h>

enum { WORDS = 20000 };

static uint32_t word_of(uint64_t i) {
    return dd_random(7, 8, 9, i).v[0];
}

// The k most active of n file the root of k / n of all.
Test(person, a_few_file_much) {
    toy_def def = toy_default();
    def.settings.citizens_people = 1000;
    toy *it = toy_start(&def, 0);
    static uint32_t by_person[1001];
    for (uint64_t i = 0; i < WORDS; i++) {
        uint32_t person = dd_person_pick(it->world, word_of(i));
        cr_assert(person >= 1 && person <= 1000);
        by_person[person]++;
    }
    uint32_t sum = 0;
    double worst = 0;
    for (uint32_t k = 1; k <= 1000; k++) {
        sum += by_person[k];
        double apart = fabs(sum / (double)WORDS - sqrt(k / 1000.0));
        if (apart > worst) worst = apart;
    }
    cr_expect(lt(dbl, worst, 1.63 / sqrt(WORDS)), "Kolmogorov-Smirnov at 1 %%: %g", worst);
    toy_close(it);
}

Test(person, one_person_of_one) {
    toy_def def = toy_default();
    def.settings.citizens_people = 1;
    toy *it = toy_start(&def, 0);
    cr_expect(eq(u32, dd_person_pick(it->world, 0), 1));
    cr_expect(eq(u32, dd_person_pick(it->world, UINT32_MAX), 1));
    toy_close(it);
}

static void expect_means(double percent) {
    toy_def def = toy_default();
    def.settings.citizens_at_once = percent;
    def.settings.citizens_wrong_kind = percent;
    def.settings.citizens_false = percent;
    toy *it = toy_start(&def, 0);
    double once = 0, wrong = 0, untrue = 0, place = 0, strict = 0;
    uint32_t least = UINT32_MAX, most = 0;
    enum { PEOPLE = 5000 };
    for (uint32_t i = 1; i <= PEOPLE; i++) {
        dd_person person = dd_person_of(it->world, i);
        once += person.at_once_ppm / 1e4 / PEOPLE;
        wrong += person.wrong_ppm / 1e4 / PEOPLE;
        untrue += person.false_ppm / 1e4 / PEOPLE;
        place += person.place_pm / 1e3 / PEOPLE;
        strict += person.strictness_pm / 1e3 / PEOPLE;
        if (person.false_ppm < least) least = person.false_ppm;
        if (person.false_ppm > most) most = person.false_ppm;
        cr_assert(person.at_once_ppm <= 1000000);
    }
    double tolerance = 4 * 50 / sqrt(3) / sqrt(PEOPLE); // of the widest band
    cr_expect(epsilon_eq(dbl, once, percent, tolerance));
    cr_expect(epsilon_eq(dbl, wrong, percent, tolerance));
    cr_expect(epsilon_eq(dbl, untrue, percent, tolerance));
    cr_expect(epsilon_eq(dbl, place, 1, 0.02));
    cr_expect(epsilon_eq(dbl, strict, 0, 0.03));
    double half = percent < 50 ? percent : 100 - percent;
    cr_expect(epsilon_eq(dbl, (most - least) / 1e4, 2 * half, 0.5), "they differ");
    toy_close(it);
}

Test(person, means_are_the_settings) {
    expect_means(0);
    expect_means(15);
    expect_means(60);
    expect_means(100);
}

// Over many seeds a ward's zeal is 1 in the mean, log-uniform, and three times as much at most.
Test(person, wards_differ_threefold) {
    enum { SEEDS = 400 };
    double sum = 0, logs = 0, least = 9, most = 0;
    uint32_t alike = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        toy_def def = toy_default();
        def.segment_n = 1;
        def.lamp_n = 2;
        def.seed = seed;
        toy *it = toy_open(&def);
        double zeal = dd_person_zeal_pm(it->world, 1) / 1000.0;
        cr_expect(lt(dbl, zeal, dd_person_most_zeal_pm(it->world) / 1000.0));
        alike += dd_person_zeal_pm(it->world, 1) == dd_person_zeal_pm(it->world, 2);
        sum += zeal / SEEDS;
        logs += log(zeal) / SEEDS;
        least = zeal < least ? zeal : least;
        most = zeal > most ? zeal : most;
        toy_close(it);
    }
    cr_expect(lt(u32, alike, 5), "each ward has its own");
    cr_expect(epsilon_eq(dbl, sum, 1, 4 * 0.317 / sqrt(SEEDS)));
    cr_expect(lt(dbl, most / least, 3.01));
    cr_expect(gt(dbl, most / least, 2.8));
    double middle = -log((sqrt(3) - 1 / sqrt(3)) / log(3));
    cr_expect(epsilon_eq(dbl, logs, middle, 4 * 0.317 / sqrt(SEEDS)));
}

Test(person, without_a_spread_all_wards_are_alike) {
    toy_def def = toy_default();
    def.settings.citizens_ward_spread = 1;
    toy *it = toy_open(&def);
    cr_expect(eq(u32, dd_person_zeal_pm(it->world, 1), 1000));
    cr_expect(eq(u32, dd_person_zeal_pm(it->world, 2), 1000));
    toy_close(it);
}
