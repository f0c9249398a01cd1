#include "models/light/model_figures.h"

#include <math.h>
#include <string.h>

// A quantity, kept as a whole number of `scale`ths of its unit.
#define FIGURE(name_, field_, scale_, least_, most_, unit_, what_)                                 \
    {                                                                                              \
        .name = name_, .least = least_, .most = most_, .unit = unit_, .what = what_,               \
        .scale = scale_, .offset = offsetof(dd_luminaire_model, field_),                           \
        .size = sizeof(((dd_luminaire_model *)0)->field_)                                          \
    }

// One of a list of words, kept as its number.
#define WORD(name_, field_, words_, least_, most_, what_)                                          \
    {                                                                                              \
        .name = name_, .least = least_, .most = most_, .unit = "", .what = what_, .words = words_, \
        .scale = 1, .offset = offsetof(dd_luminaire_model, field_),                                \
        .size = sizeof(((dd_luminaire_model *)0)->field_)                                          \
    }

const dd_model_figure dd_model_figures[] = {
    FIGURE("power_w", power_mw, 1000, 0.5, 2000, "W", "at full light, gear included"),
    FIGURE("flux_lm", flux_lm, 1, 0, 1e6, "lm", "of the luminaire at full light, new"),
    WORD("technology", technology, dd_technology_names, 1, DD_TECHNOLOGIES - 1,
         "LED, HPS, CFL or MH"),
    WORD("control", control, dd_control_names, 0, DD_CONTROLS - 1,
         "how its gear is dimmed: switch, dali_log, dali_linear or 0-10V"),
    FIGURE("node", node, 1, 0, 1, "", "1: it has a node of its own; 0: it burns while supplied"),
    FIGURE("minimum", minimum_pm, 10, 0, 100, "%", "physical minimum: below it the gear holds it"),
    FIGURE("power_1", power_1_pm, 10, 0, 100, "%", "power at 1 % of light, of that at full light"),
    FIGURE("standby_w", standby_mw, 1000, 0, 50, "W", "dark, with mains"),
    FIGURE("power_factor", power_factor_pm, 1000, 0.05, 1, "1", "at full load"),
    FIGURE("power_factor_20", power_factor_20_pm, 1000, 0.05, 1, "1", "at a fifth of the load"),
    FIGURE("filter_a", filter_ma, 1000, 0, 20, "A",
           "reactive current of the capacitor at its input, alone, at 220 V"),
    FIGURE("inrush_a", inrush_a, 1, 0, 1000, "A", "peak of the current when the mains come"),
    FIGURE("inrush_us", inrush_us, 1, 0, 20000, "us", "width of that at half its peak"),
    FIGURE("undervoltage_v", undervoltage_dv, 10, 0, 300, "V", "below this it goes out"),
    FIGURE("start_s", start_ms, 1000, 0, 60, "s", "from the command to first light"),
    FIGURE("warm_s", warm_s, 1, 0, 3600, "s", "from first light to full"),
    FIGURE("restrike_s", restrike_s, 1, 0, 3600, "s", "a hot lamp that went out waits so long"),
    FIGURE("decay_per_kh", decay_per_gh, 1e6, 0, 1, "1/kh",
           "loss of light: TM-21's a, per 1,000 hours of burning"),
    FIGURE("clo", clo_pm, 10, 0, 100, "%",
           "constant light output: holds this share of the flux; 0: none"),
    FIGURE("rise_k", rise_dk, 10, 0, 200, "K", "gear above the air, at full power"),
    FIGURE("derate_c", derate_dc, 10, 30, 200, "°C", "gear so hot begins to reduce"),
    FIGURE("infant", infant_ppm, 1e4, 0, 100, "%", "share that fails early ..."),
    FIGURE("infant_h", infant_h, 1, 1, 1e6, "h", "... within so many hours of burning"),
    FIGURE("failures_per_kh", constant_per_gh, 1e6, 0, 10, "1/kh",
           "failures by chance, per 1,000 hours of burning"),
    FIGURE("wearout_h", wearout_h, 1, 100, 1e8, "h", "wear-out: Weibull's scale ..."),
    FIGURE("wearout_shape", wearout_pm, 1000, 0.1, 20, "1", "... and shape"),
    {.name = NULL},
};

// --- Finding ---

enum { FIGURES_MAX = 40 };
_Static_assert(DD_COUNT(dd_model_figures) <= FIGURES_MAX, "names for suggestions");

const dd_model_figure *dd_model_figure_find(const char *name, dd_error *error) {
    const char *names[FIGURES_MAX + 1] = {NULL};
    for (size_t i = 0; dd_model_figures[i].name; i++) {
        if (strcmp(name, dd_model_figures[i].name) == 0) return &dd_model_figures[i];
        names[i] = dd_model_figures[i].name;
    }
    dd_fail_unknown(error, "figure of a luminaire", name, names,
                    "'domdom help settings' lists them");
    return NULL;
}

// --- Reading and writing: whole numbers of 1, 2 or 4 octets, and bool ---

double dd_model_get(const dd_luminaire_model *model, const dd_model_figure *figure) {
    const char *at = (const char *)model + figure->offset;
    uint32_t stored = 0;
    uint16_t two;
    if (figure->size == 1) stored = *(const uint8_t *)at;
    if (figure->size == sizeof two) {
        memcpy(&two, at, sizeof two);
        stored = two;
    }
    if (figure->size == sizeof stored) memcpy(&stored, at, sizeof stored);
    return stored / figure->scale;
}

static void put(dd_luminaire_model *model, const dd_model_figure *figure, double value) {
    char *at = (char *)model + figure->offset;
    uint32_t four = (uint32_t)llrint(value * figure->scale);
    uint16_t two = (uint16_t)four;
    uint8_t one = (uint8_t)four;
    const void *from = figure->size == 1            ? (const void *)&one
                       : figure->size == sizeof two ? (const void *)&two
                                                    : &four;
    memcpy(at, from, figure->size);
}

bool dd_model_set(dd_luminaire_model *model, const char *figure, double value, dd_error *error) {
    const dd_model_figure *it = dd_model_figure_find(figure, error);
    if (!it) return false;
    if (!isfinite(value) || value < it->least || value > it->most)
        return dd_fail(error, DD_WRONG, "%s = %g is out of range: it must be %g to %g%s%s", figure,
                       value, it->least, it->most, *it->unit ? " " : "", it->unit);
    bool counts = it->words || it->size == 1;
    if (counts && value != floor(value))
        return dd_fail(error, DD_WRONG, "%s = %g must be a whole number", figure, value);
    put(model, it, value);
    return true;
}

bool dd_model_set_word(dd_luminaire_model *model, const char *figure, const char *word,
                       dd_error *error) {
    const dd_model_figure *it = dd_model_figure_find(figure, error);
    if (!it) return false;
    if (!it->words)
        return dd_fail(error, DD_WRONG, "%s is a number, in %s", figure,
                       *it->unit ? it->unit : "no unit");
    const char *words[16] = {NULL};
    for (int i = (int)it->least; i <= (int)it->most; i++) {
        if (strcmp(word, it->words[i]) == 0) {
            put(model, it, i);
            return true;
        }
        words[i - (int)it->least] = it->words[i];
    }
    return dd_fail_unknown(error, figure, word, words, it->what);
}
