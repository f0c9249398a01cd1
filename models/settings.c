#include "models/settings.h"

#include <math.h>
#include <string.h>

const dd_setting_info dd_setting_table[] = {
#define DD_SETTING_ROW(field, name, value, least, most, unit, what)                                \
    {name, value, least, most, unit, what, offsetof(dd_settings, field)},
    DD_SETTINGS(DD_SETTING_ROW)
#undef DD_SETTING_ROW
};
const size_t dd_setting_count = DD_COUNT(dd_setting_table);

static double *setting_at(dd_settings *settings, const dd_setting_info *info) {
    return (double *)(void *)((char *)settings + info->offset);
}

dd_settings dd_settings_default(void) {
    dd_settings settings;
    for (size_t i = 0; i < dd_setting_count; i++)
        *setting_at(&settings, &dd_setting_table[i]) = dd_setting_table[i].value;
    return settings;
}

const dd_setting_info *dd_setting_find(const char *name) {
    for (size_t i = 0; i < dd_setting_count; i++)
        if (strcmp(dd_setting_table[i].name, name) == 0) return &dd_setting_table[i];
    return NULL;
}

bool dd_setting_in_range(const char *name, double value, double least, double most,
                         const char *unit, dd_error *error) {
    if (isfinite(value) && value >= least && value <= most) return true;
    return dd_fail(error, DD_WRONG, "%s = %g is out of range: it must be %g to %g%s%s", name, value,
                   least, most, *unit ? " " : "", unit);
}

bool dd_setting_check(const dd_setting_info *info, double value, dd_error *error) {
    if (!dd_setting_in_range(info->name, value, info->least, info->most, info->unit, error))
        return false;
    bool counts = !*info->unit || strcmp(info->unit, "octets") == 0;
    return !counts || value == floor(value) ||
           dd_fail(error, DD_WRONG, "%s = %g must be a whole number", info->name, value);
}

void dd_setting_put(dd_settings *settings, const dd_setting_info *info, double value) {
    *setting_at(settings, info) = value;
}

double dd_setting_get(const dd_settings *settings, const dd_setting_info *info) {
    return *(const double *)(const void *)((const char *)settings + info->offset);
}
