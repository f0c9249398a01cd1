// What crews take faults for: the table of remedies is whole, and chances and times are what it
// says.
#include "models/action/fault.h"
#include "models/crew/diagnosis.h"

#include <criterion/criterion.h>
#include <math.h>

enum { ALL_SKILLS = DD_SKILL_ELECTRICIAN | DD_SKILL_TELECOM | DD_SKILL_LIFT, DRAWS = 20000 };

static const dd_diagnosis_odds usual = {.wrong = 1, .gives_up = 40, .spread = 0.5};

static dd_random4 draw(uint32_t i) {
    return dd_random(1, 2, 3, i);
}

Test(diagnosis, every_fault_has_a_remedy_or_is_not_ours) {
    for (int fault = 1; fault < DD_FAULT_KINDS; fault++) {
        const dd_remedy *remedy = &dd_remedies[fault];
        const char *name = dd_fault_names[fault];
        bool ours = fault != DD_FAULT_BLACKOUT && fault != DD_FAULT_BROWNOUT &&
                    fault != DD_FAULT_OUTAGE && fault != DD_FAULT_JAMMER;
        cr_expect_gt(remedy->look_min, 0, "%s", name);
        cr_expect_eq(dd_remedy_known((dd_fault_kind)fault), ours, "%s", name);
        cr_expect_eq(remedy->skills != 0, ours, "%s", name);
        cr_expect_lt(remedy->wrong, 100, "%s", name);
        cr_expect_neq(remedy->mistaken, fault, "%s is no mistake for itself", name);
        // A lamp's fault aloft takes a lift, a controller's a telecom technician.
        bool lamp = fault <= DD_FAULT_NODE_METER;
        cr_expect_eq((remedy->skills & DD_SKILL_LIFT) != 0, lamp, "%s", name);
    }
}

// Share of the draws that find the fault, that find nothing, that find what it is mistaken for.
typedef struct shares {
    double right, nothing, mistaken;
} shares;

static shares count(dd_fault_kind truth, unsigned skills, uint32_t looks,
                    const dd_diagnosis_odds *odds) {
    shares it = {0};
    for (uint32_t i = 0; i < DRAWS; i++) {
        dd_fault_kind found = dd_diagnose(truth, skills, looks, odds, draw(i)).fault;
        it.right += found == truth;
        it.nothing += found == DD_FAULT_NONE;
        it.mistaken += found != truth && found == dd_remedies[truth].mistaken;
    }
    it.right /= DRAWS;
    it.nothing /= DRAWS;
    it.mistaken /= DRAWS;
    return it;
}

// Four standard deviations of a share of so many draws.
static double near(double share) {
    return 4 * sqrt(share * (1 - share) / DRAWS) + 1e-9;
}

Test(diagnosis, chances_are_the_tables) {
    for (int fault = 1; fault < DD_FAULT_KINDS; fault++) {
        if (!dd_remedies[fault].mistaken) continue;
        shares it = count((dd_fault_kind)fault, ALL_SKILLS, 0, &usual);
        double wrong = dd_remedies[fault].wrong / 100.0;
        cr_expect_float_eq(it.right, 1 - wrong, near(wrong), "%s", dd_fault_names[fault]);
        cr_expect_float_eq(it.nothing, 0.4 * wrong, near(0.4 * wrong), "%s", dd_fault_names[fault]);
        cr_expect_float_eq(it.mistaken, 0.6 * wrong, near(0.6 * wrong), "%s",
                           dd_fault_names[fault]);
    }
}

Test(diagnosis, who_has_been_there_errs_less_and_who_lacks_the_skill_more) {
    double wrong = dd_remedies[DD_FAULT_LINE].wrong / 100.0;
    const double times[] = {1, 0.5, 0.25, 0.125, 0.125};
    for (uint32_t looks = 0; looks < DD_COUNT(times); looks++) {
        shares it = count(DD_FAULT_LINE, ALL_SKILLS, looks, &usual);
        cr_expect_float_eq(it.right, 1 - wrong * times[looks], near(wrong * times[looks]));
    }
    shares it = count(DD_FAULT_LINE, DD_SKILL_ELECTRICIAN, 0, &usual);
    cr_expect_float_eq(it.right, 1 - 2 * wrong, near(2 * wrong));
    dd_diagnosis_odds odds = {.wrong = 20, .gives_up = 0};
    it = count(DD_FAULT_LINE, ALL_SKILLS, 0, &odds);
    cr_expect_float_eq(it.mistaken, 0.9, near(0.9), "never sure to be wrong");
    odds.wrong = 0;
    cr_expect_eq(count(DD_FAULT_LINE, 0, 0, &odds).right, 1);
}

Test(diagnosis, where_nothing_is_wrong_nothing_is_found) {
    cr_expect_eq(count(DD_FAULT_NONE, ALL_SKILLS, 0, &usual).nothing, 1);
}

// A lognormal time: its median is the table's, its logarithm's deviation the spread.
Test(diagnosis, times_are_lognormal) {
    double sum = 0, squares = 0;
    uint32_t below = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        double log_s = log(dd_work_time_s(60, 0.5, draw(i).v[0]) / 3600.0);
        sum += log_s;
        squares += log_s * log_s;
        below += log_s < 0;
    }
    double mean = sum / DRAWS;
    cr_expect_float_eq(below / (double)DRAWS, 0.5, near(0.5));
    cr_expect_float_eq(mean, 0, 4 * 0.5 / sqrt(DRAWS));
    cr_expect_float_eq(sqrt(squares / DRAWS - mean * mean), 0.5, 0.015);
    cr_expect_eq(dd_work_time_s(60, 0, 12345), 3600);
}
