#define _POSIX_C_SOURCE 200809L // strdup
#include "lua/verdicts.h"

#include <stdlib.h>
#include <string.h>

static bool grow(dd_verdicts *verdicts) {
    size_t capacity = verdicts->capacity ? 2 * verdicts->capacity : 16;
    dd_criterion *all = realloc(verdicts->all, capacity * sizeof *all);
    if (all) verdicts->all = all;
    uint32_t *orders = realloc(verdicts->orders, capacity * sizeof *orders);
    if (orders) verdicts->orders = orders;
    if (all && orders) verdicts->capacity = capacity;
    return all && orders;
}

bool dd_verdicts_add(dd_verdicts *verdicts, const dd_criterion *criterion, uint32_t order,
                     dd_error *error) {
    if (verdicts->n == verdicts->capacity && !grow(verdicts))
        return dd_fail(error, DD_OUTSIDE, "no memory for criteria");
    size_t place = verdicts->n++;
    for (; place > 0 && verdicts->orders[place - 1] > order; place--) {
        verdicts->all[place] = verdicts->all[place - 1];
        verdicts->orders[place] = verdicts->orders[place - 1];
    }
    dd_criterion *kept = &verdicts->all[place];
    *kept = *criterion;
    kept->name = strdup(criterion->name);
    kept->comparison = strdup(criterion->comparison);
    kept->unit = strdup(criterion->unit);
    kept->limit_text = criterion->limit_text ? strdup(criterion->limit_text) : NULL;
    verdicts->orders[place] = order;
    return true;
}

bool dd_verdicts_pass(const dd_verdicts *verdicts) {
    for (size_t i = 0; i < verdicts->n; i++)
        if (!verdicts->all[i].pass) return false;
    return true;
}

// The texts are const for whoever reads a criterion; here they are our own.
static void give_back(const char *text) {
    free((char *)(uintptr_t)text);
}

void dd_verdicts_fini(dd_verdicts *verdicts) {
    for (size_t i = 0; i < verdicts->n; i++) {
        give_back(verdicts->all[i].name);
        give_back(verdicts->all[i].comparison);
        give_back(verdicts->all[i].unit);
        give_back(verdicts->all[i].limit_text);
    }
    free(verdicts->all);
    free(verdicts->orders);
    *verdicts = (dd_verdicts){0};
}
