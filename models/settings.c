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

static const char *nearest_setting(const char *name) {
    const char *names[DD_COUNT(dd_setting_table) + 1];
    for (size_t i = 0; i < dd_setting_count; i++)
        names[i] = dd_setting_table[i].name;
    names[dd_setting_count] = NULL;
    return dd_nearest(name, names);
}

bool dd_settings_set(dd_settings *settings, const char *name, double value, dd_error *error) {
    const dd_setting_info *info = dd_setting_find(name);
    if (!info) {
        const char *nearest = nearest_setting(name);
        return dd_fail(
            error, DD_WRONG, "there is no setting '%s'%s%s%s; 'domdom help settings' lists them",
            name, nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    }
    if (!isfinite(value) || value < info->least || value > info->most)
        return dd_fail(error, DD_WRONG, "%s = %g is out of range: it must be %g to %g %s", name,
                       value, info->least, info->most, info->unit);
    bool counts = !*info->unit || strcmp(info->unit, "octets") == 0;
    if (counts && value != floor(value))
        return dd_fail(error, DD_WRONG, "%s = %g must be a whole number", name, value);
    *setting_at(settings, info) = value;
    return true;
}
