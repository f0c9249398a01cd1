#include "hil/recording/recording_about.h"

#include <stdio.h>
#include <string.h>

static void take_session(dd_recording_about *it, const dd_recorded_entry *entry) {
    json_t *json = json_loadb((const char *)entry->octets, entry->n, 0, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return;
    }
    if (it->run) {
        json_decref(it->board);
        it->board = json;
        return;
    }
    it->run = json;
    const char *segment = json_string_value(json_object_get(json, "segment"));
    const json_t *start = json_object_get(json, "start_unix_s");
    snprintf(it->segment, sizeof it->segment, "%s", segment ? segment : "");
    it->dated = json_is_integer(start);
    it->calendar.start_unix_s = json_integer_value(start);
    it->calendar.offset_s = (int32_t)json_integer_value(json_object_get(json, "utc_offset_s"));
}

static void take(dd_recording_about *it, const dd_recorded_entry *entry) {
    if (entry->kind >= DD_RECORDED_KINDS) return;
    it->octets[entry->kind] += entry->n;
    if (entry->kind == DD_RECORDED_SESSION) take_session(it, entry);
    if (entry->kind == DD_RECORDED_START && entry->n > 0 && it->counts[entry->kind] == 0) {
        it->prompt = entry->octets[0] & DD_START_PROMPT;
        it->begin = entry->t;
    }
    it->counts[entry->kind]++;
    it->end = entry->t;
    it->wall_us = entry->wall_us;
}

bool dd_recording_about_read(dd_recording_about *about, const char *path, dd_error *error) {
    dd_recorded_entry entry;
    *about = (dd_recording_about){0};
    dd_recording *recording = dd_recording_open(path, error);
    if (!recording) return false;
    about->cut = dd_recording_cut(recording);
    about->block_n = dd_recording_blocks(recording);
    while (dd_recording_next(recording, &entry, error))
        take(about, &entry);
    dd_recording_close(recording);
    if (error->status == DD_OK && !about->run)
        dd_fail(error, DD_WRONG, "%s: was cut off before anything in it was whole", path);
    if (error->status == DD_OK) return true;
    dd_recording_about_fini(about);
    return false;
}

void dd_recording_about_fini(dd_recording_about *about) {
    json_decref(about->run);
    json_decref(about->board);
    *about = (dd_recording_about){0};
}

void dd_recording_moment(const dd_recording_about *about, dd_time t,
                         char text[static DD_RECORDING_MOMENT]) {
    if (!about->dated) {
        snprintf(text, DD_RECORDING_MOMENT, "%.6f", (double)t / 1e9);
        return;
    }
    dd_moment_format(&about->calendar, t, text);
    size_t n = strlen(text);
    snprintf(text + n, DD_RECORDING_MOMENT - n, ".%06d", (int)(t % DD_SECOND / DD_MICROSECOND));
}
