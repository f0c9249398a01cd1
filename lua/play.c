#define _DEFAULT_SOURCE // realpath
#include "lua/play.h"
#include "engine/output/junit.h"
#include "engine/output/progress.h"
#include "engine/output/run_file.h"
#include "engine/output/verdict.h"
#include "engine/pacer.h"
#include "hil/recording/replayed.h"
#include "lua/run_boards.h"
#include "models/action/action_text.h"
#include "models/figure/figure.h"
#include "models/twin.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double wall_now(void) {
    return seconds_of(CLOCK_MONOTONIC);
}

typedef struct play {
    const dd_play_def *def;
    dd_scenario scenario;
    dd_folder folder;
    dd_journal journal;
    dd_run_file *run_file;
    dd_captures captures;
    dd_pacer *pacer;
    dd_progress_line line;
    dd_outside outside;
    dd_run_boards_def boards;
    dd_rack *rack;
    dd_time end; // of the run: the scenario's, or where a journal stops
    bool act_at_end;
    double started;    // on the wall: the call
    double begun_wall; // ... and simulated time 0
    double begun_cpu;  // processor time at simulated time 0
} play;

// --- For people ---

static bool silent(const play *it) {
    return it->def->quiet || it->def->json;
}

// A line of the scenario's between those of the progress.
static void print_warning(void *context, const char *text) {
    (void)context;
    fprintf(stderr, "domdom: warning: %s\n", text);
}

static void print_line(void *context, const char *text) {
    play *it = context;
    if (silent(it)) return;
    dd_progress_line_clear(&it->line);
    printf("%s\n", text);
    fflush(stdout);
}

// --- What the pacer asks ---

static bool do_actions(play *it, dd_error *error) {
    dd_world *world = it->scenario.world;
    for (const char *text; (text = dd_outside_take(&it->outside, world->engine->now));) {
        json_t *fields = json_pack("{ss}", "text", text);
        bool written = !it->journal.file ||
                       dd_journal_append(&it->journal, world->engine->now, "action", fields, error);
        json_decref(fields);
        if (!written) return false;
        // An action that makes no sense any more is the operator's to see, not the run's end.
        if (!dd_action_do_text(world, text, error)) print_line(it, error->text);
    }
    return true;
}

static dd_time next_barrier(void *context) {
    play *it = context;
    dd_time next = dd_script_next(&it->scenario), outside = dd_outside_next(&it->outside);
    dd_time boards = dd_rack_next(it->rack);
    if (outside < next) next = outside;
    if (next >= it->end && !it->act_at_end) next = DD_NEVER;
    return boards < next ? boards : next;
}

static bool barrier(void *context, dd_error *error) {
    play *it = context;
    if (it->run_file && dd_run_file_error(it->run_file, error)) return false;
    if (dd_captures_error(&it->captures, error)) return false;
    if (!dd_rack_stand(it->rack, error)) return false;
    if (it->scenario.world->engine->now >= it->end && !it->act_at_end) return true;
    return do_actions(it, error) && dd_script_act(&it->scenario, error);
}

static dd_time present(void *context) {
    const play *it = context;
    return dd_pacer_present(it->pacer);
}

static void progress(void *context, const dd_progress *progress) {
    play *it = context;
    dd_progress_line_show(&it->line, progress);
    if (it->def->speed <= 0) return;
    if (it->run_file) dd_run_file_commit(it->run_file);
    dd_captures_write(&it->captures);
}

// --- Journal ---

static json_t *journal_header(const play *it, dd_error *error) {
    const dd_scenario *scenario = &it->scenario;
    char seed[24];
    char *path = realpath(scenario->city_path, NULL);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)scenario->world_def.seed);
    json_t *header =
        json_pack("{ss ss ss% ss so s{ss ss}}", "domdom", DOMDOM_VERSION, "scenario",
                  scenario->def.path, "text", scenario->text, scenario->size, "seed", seed, "set",
                  scenario->def.values ? json_deep_copy(scenario->def.values) : json_object(),
                  "city", "path", path ? path : scenario->city_path, "hash", scenario->city_hash);
    free(path);
    for (size_t i = 0; header && i < it->def->board_n; i++) {
        if (i == 0) json_object_set_new(header, "boards", json_array());
        json_array_append_new(json_object_get(header, "boards"), json_string(it->def->boards[i]));
    }
    if (header && scenario->def.until)
        json_object_set_new(header, "until", json_string(scenario->def.until));
    if (!header) dd_fail(error, DD_WRONG, "%s: is not UTF-8 text", scenario->def.path);
    return header;
}

static bool begin_journal(play *it, dd_error *error) {
    json_t *header = journal_header(it, error);
    if (!header) return false;
    char *path = dd_folder_file(&it->folder, "journal");
    bool good = dd_journal_create(&it->journal, path, header, error);
    free(path);
    json_decref(header);
    return good;
}

static bool end_journal(play *it, bool interrupted, const dd_digest *digest, dd_error *error) {
    const dd_engine *engine = it->scenario.world->engine;
    char text[DD_DIGEST_TEXT];
    dd_digest_format(digest, text);
    json_t *stop =
        json_pack("{ss sb}", "why", "interrupt", "acted", it->scenario.acted == engine->now);
    json_t *end =
        json_pack("{ss sI}", "digest", text, "events", (json_int_t)dd_engine_event_count(engine));
    bool good =
        (!interrupted || dd_journal_append(&it->journal, engine->now, "stop", stop, error)) &&
        dd_journal_append(&it->journal, engine->now, "end", end, error);
    json_decref(stop);
    json_decref(end);
    return good;
}

// What boards did in a run that was killed is known as far as their recordings reach.
static void end_with_recordings(play *it) {
    char text[120], moment[DD_MOMENT_SIZE];
    dd_time known = dd_replayed_folder_end(it->def->recorded);
    if (known >= it->end) return;
    it->end = known;
    it->act_at_end = false;
    dd_moment_format(&it->scenario.world->def.calendar, known, moment);
    snprintf(text, sizeof text, "the run was killed; its boards' recordings reach to %s", moment);
    print_line(it, text);
}

// A replay ends where the journal says that the run was stopped.
static void find_end(play *it) {
    const dd_journal_log *log = it->def->replayed;
    bool whole = false;
    it->end = it->scenario.stop;
    it->act_at_end = true;
    for (size_t i = 0; log && i < log->n; i++) {
        whole = strcmp(log->entries[i].kind, "end") == 0;
        if (strcmp(log->entries[i].kind, "stop") == 0) {
            it->end = log->entries[i].t;
            it->act_at_end = json_is_true(json_object_get(log->entries[i].json, "acted"));
        }
    }
    if (log && !whole) end_with_recordings(it);
}

// --- Outputs ---

// What the run rests on: `domdom energy` reckons with it.
static void write_settings(play *it) {
    const dd_settings *settings = &it->scenario.world->def.settings;
    for (size_t i = 0; i < dd_setting_count; i++) {
        char key[64], value[32];
        snprintf(key, sizeof key, "set %s", dd_setting_table[i].name);
        snprintf(value, sizeof value, "%.17g", dd_setting_get(settings, &dd_setting_table[i]));
        dd_run_file_meta(it->run_file, key, value);
    }
}

static bool open_outputs(play *it, dd_error *error) {
    if (!it->def->out) return true;
    if (!dd_folder_open(&it->folder, it->def->out, it->def->force, error)) return false;
    char *path = dd_folder_file(&it->folder, "run.sqlite");
    it->run_file = dd_run_file_open(path, it->scenario.world->engine, error);
    free(path);
    if (!it->run_file) return false;
    dd_run_file_meta(it->run_file, "scenario", it->scenario.name);
    dd_run_file_meta(it->run_file, "about", it->scenario.about);
    dd_run_file_meta(it->run_file, "domdom", DOMDOM_VERSION);
    write_settings(it);
    return dd_captures_open(&it->captures, &it->def->captures, it->scenario.world->engine,
                            &it->folder, error) &&
           begin_journal(it, error);
}

static json_t *lateness_json(const play *it) {
    const dd_lateness *lateness = dd_pacer_lateness(it->pacer);
    return json_pack("{sI sI sI sI sI}", "slices", (json_int_t)lateness->slices, "late",
                     (json_int_t)lateness->late, "p50_us",
                     (json_int_t)dd_lateness_percentile(lateness, 500), "p99_us",
                     (json_int_t)dd_lateness_percentile(lateness, 990), "max_us",
                     (json_int_t)lateness->max_us);
}

static json_t *figure(dd_world *world, const char *name) {
    double value = dd_figure_find(name, NULL)->read(world);
    if (!isfinite(value)) return json_null();
    return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value)
                                                       : json_real(value);
}

// How the shift went: every figure of it by the name that it has there.
static json_t *shift_json(dd_world *world) {
    static const char prefix[] = "shift.";
    json_t *shift = json_object();
    const dd_figure *it;
    for (size_t i = 0; (it = dd_figure_at(i)); i++)
        if (strncmp(it->name, prefix, sizeof prefix - 1) == 0)
            json_object_set_new(shift, it->name + sizeof prefix - 1, figure(world, it->name));
    return shift;
}

// The sections of the summary that only the models know.
static json_t *sections(play *it) {
    dd_world *world = it->scenario.world;
    const dd_city *city = world->city;
    json_t *all = json_pack(
        "{s{ss sI sI sI sI} s{ss ss so so so} so s{so so} s{so so so} s{so so}}", "city", "name",
        city->name, "lamps", (json_int_t)city->lamp_n - 1, "roads", (json_int_t)city->road_n - 1,
        "segments", (json_int_t)city->segment_n - 1, "feeders", (json_int_t)city->feeder_n - 1,
        "mesh", "fidelity", "packet", "preset", world->preset.name, "sent",
        figure(world, "mesh.sent"), "delivered", figure(world, "mesh.arrived"), "lost",
        figure(world, "mesh.lost"), "energy_kwh", figure(world, "lamps.energy"), "alarms", "raised",
        figure(world, "alarms.raised"), "active", figure(world, "alarms.active"), "reports",
        "filed", figure(world, "reports.filed"), "lighting", figure(world, "reports.lighting"),
        "transferred", figure(world, "reports.transferred"), "commands", "sent",
        figure(world, "commands.sent"), "lamps_done_pct", figure(world, "commands.done"));
    if (all) json_object_set_new(all, "shift", shift_json(world));
    json_t *boards = dd_rack_summary(it->rack);
    if (all && boards) json_object_set_new(all, "boards", boards);
    if (all && it->def->speed > 0) json_object_set_new(all, "lateness", lateness_json(it));
    return all;
}

static bool write_summary(play *it, const dd_outcome *outcome, const char *broken,
                          dd_error *error) {
    const dd_engine *engine = it->scenario.world->engine;
    dd_digest digests[DD_DIGESTS_MAX];
    for (uint8_t i = 0; i < dd_schema.digest_n; i++)
        digests[i] = dd_stream_digest(&engine->stream, i);
    bool pass = outcome->status == DD_OK;
    bool cut = broken || outcome->interrupted || engine->now < it->scenario.stop;
    json_t *more = sections(it);
    dd_summary summary = {.scenario = it->scenario.name,
                          .verdict = cut    ? "interrupted"
                                     : pass ? "pass"
                                            : "fail",
                          .error = broken,
                          .seed = it->scenario.world_def.seed,
                          .digest = outcome->digest,
                          .digests = digests,
                          .schema = &dd_schema,
                          .simulated_s = outcome->simulated_s,
                          .wall_s = outcome->wall_s,
                          .events = outcome->events,
                          .peak_rss_kib = dd_peak_rss_kib(),
                          .criteria = it->scenario.verdicts.all,
                          .criterion_n = it->scenario.verdicts.n,
                          .sections = more};
    bool good = true;
    if (it->folder.path)
        good = dd_summary_write(&summary, &it->folder, error) &&
               dd_junit_write(&summary, &it->folder, error);
    if (good && it->def->json) good = dd_summary_print(&summary, stdout, error);
    if (!silent(it) && (!broken || summary.criterion_n)) dd_verdict_print(&summary, stdout);
    if (!silent(it)) dd_rack_report(it->rack, stdout);
    json_decref(more);
    return good;
}

// --- The run ---

static bool open_pacer(play *it, dd_error *error) {
    if (it->def->paused && (it->def->quiet || !isatty(STDIN_FILENO)))
        return dd_fail(error, DD_WRONG,
                       "--paused needs a terminal whose keys end the pause, and no --quiet");
    dd_pacer_def def = {
        .speed = it->def->speed,
        .paused = it->def->paused,
        .keyboard = !it->def->quiet,
        .client = {
            .context = it, .next_barrier = next_barrier, .barrier = barrier, .progress = progress}};
    it->pacer = dd_pacer_open(&def, error);
    return it->pacer;
}

static bool begin(play *it, dd_error *error) {
    dd_scenario_def scenario = it->def->scenario;
    scenario.print = print_line;
    scenario.warn = print_warning;
    scenario.context = it;
    it->boards = (dd_run_boards_def){.speed = it->def->speed,
                                     .options = it->def->boards,
                                     .option_n = it->def->board_n,
                                     .out = it->def->out,
                                     .recorded = it->def->recorded,
                                     .tell = print_line,
                                     .present = present,
                                     .context = it};
    if (!dd_script_open(&it->scenario, &scenario, error) ||
        !(it->rack = dd_run_boards_open(&it->scenario, &it->boards, error)) ||
        !dd_outside_init(&it->outside, &it->scenario, it->def->acts, it->def->act_n,
                         it->def->replayed, error) ||
        !dd_captures_plan(&it->def->captures, &it->scenario, it->def->out, error) ||
        !open_pacer(it, error) || !open_outputs(it, error) ||
        !dd_run_boards_begin(it->rack, &it->scenario, &it->boards, error))
        return false;
    dd_rack_watch(it->rack, dd_pacer_loop(it->pacer));
    dd_progress_line_init(&it->line, silent(it) ? NULL : stderr, &it->scenario.world->def.calendar,
                          0);
    find_end(it);
    it->begun_wall = wall_now();
    it->begun_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    dd_script_start(&it->scenario);
    return true;
}

// Plays to the end; false when it broke off.
static bool perform(play *it, dd_outcome *outcome, dd_error *error) {
    dd_world *world = it->scenario.world;
    dd_pacer_end how = dd_pacer_run(it->pacer, world->engine, it->end, error);
    outcome->interrupted = how == DD_PACER_INTERRUPTED;
    bool good = how != DD_PACER_FAILED;
    bool whole = good && !outcome->interrupted && it->end == it->scenario.stop;
    if (whole) good = dd_script_finish(&it->scenario, error);
    dd_twin_settle(world);
    dd_rack_finish(it->rack);
    dd_stream_flush(&world->engine->stream);
    dd_progress_line_clear(&it->line);
    return good;
}

static void tell_unreached(play *it) {
    char text[120];
    uint32_t n = it->scenario.unreached;
    snprintf(text, sizeof text, "%u expectation%s after the end (--until) %s not judged", n,
             n == 1 ? " lies" : "s lie", n == 1 ? "and was" : "and were");
    if (n) print_line(it, text);
}

static void sum_up(const play *it, dd_outcome *outcome) {
    const dd_engine *engine = it->scenario.world->engine;
    outcome->digest = dd_stream_digest_all(&engine->stream);
    outcome->events = dd_engine_event_count(engine);
    outcome->lamps = it->scenario.city.lamp_n - 1;
    outcome->simulated_s = (double)engine->now / 1e9;
    if (outcome->interrupted)
        outcome->status = DD_OUTSIDE;
    else if (!dd_verdicts_pass(&it->scenario.verdicts))
        outcome->status = DD_FAILED;
}

static bool keep_first(bool first, const dd_error *next, dd_error *error) {
    if (first && error) *error = *next;
    return false;
}

static bool close_boards(play *it, dd_error *error) {
    dd_rack *rack = it->rack;
    it->rack = NULL;
    it->scenario.rack = NULL;
    return dd_rack_close(rack, error);
}

// Every file is closed and written as well as may be; the first error counts.
static bool close_outputs(play *it, dd_outcome *outcome, const char *broken, dd_error *error) {
    bool cut = broken || outcome->interrupted, good = true;
    dd_error next;
    if (it->run_file && !dd_run_file_close(it->run_file, cut, &next))
        good = keep_first(good, &next, error);
    it->run_file = NULL;
    if (!dd_captures_close(&it->captures, &next)) good = keep_first(good, &next, error);
    outcome->wall_s = wall_now() - it->started;
    outcome->run_wall_s = wall_now() - it->begun_wall;
    outcome->run_cpu_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - it->begun_cpu;
    if (it->journal.file && !end_journal(it, cut, &outcome->digest, &next))
        good = keep_first(good, &next, error);
    if (!dd_journal_close(&it->journal, &next)) good = keep_first(good, &next, error);
    if (!write_summary(it, outcome, broken, &next)) good = keep_first(good, &next, error);
    if (!close_boards(it, &next)) good = keep_first(good, &next, error);
    return good;
}

static void end(play *it) {
    close_boards(it, NULL);
    dd_captures_close(&it->captures, NULL);
    dd_pacer_close(it->pacer);
    dd_outside_fini(&it->outside);
    dd_folder_fini(&it->folder);
    dd_script_close(&it->scenario);
}

bool dd_play(const dd_play_def *def, dd_outcome *outcome, dd_error *error) {
    play it = {.def = def, .started = wall_now()};
    signal(SIGPIPE, SIG_IGN); // when who reads our lines goes away, the run goes on and is kept
    *outcome = (dd_outcome){.status = DD_OK};
    bool good = begin(&it, error);
    if (good) {
        good = perform(&it, outcome, error);
        sum_up(&it, outcome);
        tell_unreached(&it);
        // What broke the run is told rather than what that did to its files.
        bool closed = close_outputs(&it, outcome, good ? NULL : error->text, good ? error : NULL);
        good = good && closed;
    }
    end(&it);
    return good;
}
