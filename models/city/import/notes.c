#include "models/city/import/notes.h"

#include <inttypes.h>

// Name in JSON, what is counted (one, several), and what is said of it.
static const struct {
    const char *name, *one, *many, *text;
} kinds[DD_NOTES] = {
    [DD_NOTE_NO_POWER] = {"no_power", "lamp", "lamps",
                          "without a wattage: taken as usual on their roads"},
    [DD_NOTE_NO_PLACE] = {"no_place", "lamp", "lamps", "without coordinates: left out"},
    [DD_NOTE_OUTSIDE] = {"outside", "lamp", "lamps", "and roads outside --box: left out"},
    [DD_NOTE_SWAPPED] = {"swapped", "place", "places",
                         "with latitude before longitude: taken the other way"},
    [DD_NOTE_SHAPES] = {"shapes", "feature", "features",
                        "that are neither lamp nor road: left out"},
    [DD_NOTE_LOOSE] = {"loose", "lamp", "lamps",
                       "farther than 15 m from any road of the file: on roads made for them"},
    [DD_NOTE_SAME_PLACE] = {"same_place", "lamp", "lamps",
                            "at the place of another: set 1.6 m apart"},
    [DD_NOTE_ROUNDED] = {"rounded", "lamp", "lamps",
                         "whose wattage was rounded, since a city holds so many models only"},
    [DD_NOTE_MODEL_POWER] = {"model_power", "lamp", "lamps",
                             "with another wattage than their model's: the model's is taken"},
    [DD_NOTE_TECHNOLOGY] = {"technology", "lamp", "lamps",
                            "of a technology that is unknown here: taken as LED"},
    [DD_NOTE_NO_NODE] = {"no_node", "lamp", "lamps",
                         "that are no LEDs: without nodes, switched by their cabinet"},
    [DD_NOTE_HEIGHT] = {"height", "lamp", "lamps",
                        "with an impossible height: taken as usual on their roads"},
    [DD_NOTE_GROUPS_INCOMPLETE] =
        {"groups_incomplete", "lamp", "lamps",
         "without a segment, though others have one: all segments are made anew"},
    [DD_NOTE_GROUPS_LARGE] = {"groups_large", "segment", "segments",
                              "of more than 250 lamps: all segments are made anew"},
    [DD_NOTE_GROUPS_WIDE] =
        {"groups_wide", "lamp", "lamps",
         "farther than 2 km from the middle of their segment: all segments are made anew"},
    [DD_NOTE_FEEDERS] = {"feeders", "lamp", "lamps",
                         "without a feeder, or of a segment with more than 4: the feeders of all "
                         "segments are made anew"},
    [DD_NOTE_CUT_OFF] = {"cut_off", "vertex", "vertices",
                         "of roads that the file does not hold: left out"},
};

void dd_notes_add(dd_notes *notes, dd_note note, const char *first) {
    if (notes->of[note].count++ == 0 && first)
        snprintf(notes->of[note].first, sizeof notes->of[note].first, "%s", first);
}

void dd_notes_add_watts(dd_notes *notes, dd_note note, const char *first, double watts) {
    bool new = notes->of[note].count == 0;
    if (new || watts < notes->of[note].least_w) notes->of[note].least_w = watts;
    if (new || watts > notes->of[note].most_w) notes->of[note].most_w = watts;
    dd_notes_add(notes, note, first);
}

static void print_watts(double least_w, double most_w, FILE *file) {
    if (most_w > least_w)
        fprintf(file, " (%g to %g W)", least_w, most_w);
    else if (most_w > 0)
        fprintf(file, " (%g W)", most_w);
}

void dd_notes_print(const dd_notes *notes, const char *prefix, FILE *file) {
    for (int i = 0; i < DD_NOTES; i++) {
        if (!notes->of[i].count) continue;
        uint64_t n = notes->of[i].count;
        fprintf(file, "%s%" PRIu64 " %s %s", prefix, n, n == 1 ? kinds[i].one : kinds[i].many,
                kinds[i].text);
        print_watts(notes->of[i].least_w, notes->of[i].most_w, file);
        if (notes->of[i].first[0]) fprintf(file, "; first: %s", notes->of[i].first);
        fputc('\n', file);
    }
}

json_t *dd_notes_json(const dd_notes *notes) {
    json_t *list = json_array();
    for (int i = 0; i < DD_NOTES; i++) {
        if (!notes->of[i].count) continue;
        json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:s, s:s*}", "note", kinds[i].name,
                                              "count", (json_int_t)notes->of[i].count, "of",
                                              kinds[i].many, "text", kinds[i].text, "first",
                                              notes->of[i].first[0] ? notes->of[i].first : NULL));
    }
    return list;
}
