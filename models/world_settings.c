#include "models/world_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_SIZE = 100 };
static const char luminaire_what[] = "power at full light, driver included; the brief's classes";
static const double luminaire_most_w = 2000; // no street has a brighter one

static void backhaul_name(char name[NAME_MAX_SIZE], int profile, const dd_backhaul_figure *figure) {
    snprintf(name, NAME_MAX_SIZE, "backhaul.%s.%s", dd_backhaul_defs[profile].name, figure->name);
}

static void luminaire_name(char name[NAME_MAX_SIZE], int kind) {
    snprintf(name, NAME_MAX_SIZE, "luminaire.%s.power_w", dd_luminaire_models[kind].name);
}

void dd_world_list_settings(void (*tell)(void *context, const char *name, double value,
                                         double least, double most, const char *unit,
                                         const char *what),
                            void *context) {
    char name[NAME_MAX_SIZE];
    for (size_t i = 0; i < dd_setting_count; i++) {
        const dd_setting_info *s = &dd_setting_table[i];
        tell(context, s->name, s->value, s->least, s->most, s->unit, s->what);
    }
    for (int kind = 1; kind < DD_LUMINAIRE_KINDS; kind++) {
        luminaire_name(name, kind);
        tell(context, name, dd_luminaire_models[kind].power_mw / 1e3, 0, luminaire_most_w, "W",
             luminaire_what);
    }
    for (int profile = 0; profile < DD_BACKHAUL_PROFILES; profile++)
        for (const dd_backhaul_figure *f = dd_backhaul_figures; f->name; f++) {
            backhaul_name(name, profile, f);
            tell(context, name, dd_backhaul_get(&dd_backhaul_defs[profile], f), f->least, f->most,
                 f->unit, f->what);
        }
}

// All names, for suggestions.
typedef struct name_list {
    char *names[512];
    size_t n;
} name_list;

static void add_name(void *context, const char *name, double value, double least, double most,
                     const char *unit, const char *what) {
    name_list *list = context;
    (void)value, (void)least, (void)most, (void)unit, (void)what;
    size_t size = strlen(name) + 1;
    char *copy = list->n + 1 < DD_COUNT(list->names) ? malloc(size) : NULL;
    if (copy) list->names[list->n++] = memcpy(copy, name, size);
}

static bool unknown(const char *name, dd_error *error) {
    name_list list = {.n = 0};
    dd_world_list_settings(add_name, &list);
    dd_fail_unknown(error, "setting", name, (const char *const *)list.names,
                    "'domdom help settings' lists them");
    while (list.n)
        free(list.names[--list.n]);
    return false;
}

bool dd_world_set(dd_world_def *def, const char *name, double value, dd_error *error) {
    char other[NAME_MAX_SIZE];
    const dd_setting_info *info = dd_setting_find(name);
    if (info) {
        if (!dd_setting_check(info, value, error)) return false;
        dd_setting_put(&def->settings, info, value);
        return true;
    }
    for (int kind = 1; kind < DD_LUMINAIRE_KINDS; kind++) {
        luminaire_name(other, kind);
        if (strcmp(name, other) != 0) continue;
        if (!dd_setting_in_range(name, value, 0, luminaire_most_w, "W", error)) return false;
        def->catalogue.models[kind].power_mw = (uint32_t)lrint(value * 1000);
        return true;
    }
    for (int profile = 0; profile < DD_BACKHAUL_PROFILES; profile++)
        for (const dd_backhaul_figure *f = dd_backhaul_figures; f->name; f++) {
            backhaul_name(other, profile, f);
            if (strcmp(name, other) != 0) continue;
            if (!dd_setting_in_range(name, value, f->least, f->most, f->unit, error)) return false;
            dd_backhaul_set(&def->backhaul[profile], f, value);
            return true;
        }
    return unknown(name, error);
}
