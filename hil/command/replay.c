#define _DEFAULT_SOURCE // sigaction
#include "hil/command/replay.h"
#include "hil/command/options.h"
#include "hil/rack/against.h"
#include "hil/recording/recording_text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { FIND_S = 5 }; // a board that is there greets within 2

typedef struct replay_options {
    bool list, frames, json, real_time;
    const char *file, *target, *machine, *from_text, *until_text;
    dd_time from, until;
} replay_options;

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static bool stopped(void) {
    return interrupted;
}

// --- Words ---

static bool take(int argc, char **argv, replay_options *o, dd_error *error) {
    const dd_option options[] = {{"--list", &o->list, NULL},
                                 {"--frames", &o->frames, NULL},
                                 {"--json", &o->json, NULL},
                                 {"--real-time", &o->real_time, NULL},
                                 {"--against", NULL, &o->target},
                                 {"--machine", NULL, &o->machine},
                                 {"--from", NULL, &o->from_text},
                                 {"--until", NULL, &o->until_text},
                                 {NULL, NULL, NULL}};
    size_t n;
    *o = (replay_options){.until = DD_NEVER};
    if (!dd_options_take(argc, argv, options, &o->file, 1, &n, error)) return false;
    if (n == 0)
        return dd_fail(error, DD_WRONG,
                       "replay which recording? `domdom run --out DIR` leaves one for each board, "
                       "DIR/boards/SEGMENT.rec");
    return (o->target || (!o->machine && !o->real_time)) ||
           dd_fail(error, DD_WRONG, "--machine and --real-time go with --against BOARD");
}

// A duration since the run's start, or a civil time.
static bool moment_of(const dd_recording_about *about, const char *name, const char *text,
                      dd_time *t, dd_error *error) {
    if (!text || dd_duration_parse(text, t) ||
        (about->dated && dd_moment_parse(text, &about->calendar, 0, t)))
        return true;
    return dd_fail(error, DD_WRONG, "%s '%s' is neither a duration (90m) nor a civil time (21:10)",
                   name, text);
}

// --- Which board ---

// What a file's head tells: an ELF file for an ARM, another program, or neither.
static const char *machine_for(const char *path) {
    unsigned char head[20] = {0};
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(head, 1, sizeof head, file) : 0;
    if (file) fclose(file);
    if (n < sizeof head || memcmp(head, "\177ELF", 4) != 0) return NULL;
    return head[18] == 40 ? "lm3s6965evb" : "host"; // EM_ARM
}

static void match_target(const replay_options *o, dd_board_match *match) {
    static const char emulated[] = "emulated";
    size_t n = sizeof emulated - 1;
    const char *machine = machine_for(o->target);
    if (strncmp(o->target, emulated, n) == 0 && (!o->target[n] || o->target[n] == ':')) {
        match->emulated = o->target[n] ? o->target + n + 1 : "lm3s6965evb";
    } else if (machine) {
        match->emulated = o->machine ? o->machine : machine;
        match->firmware = o->target;
    } else if (strchr(o->target, '/')) {
        match->path = o->target;
    } else {
        match->serial = o->target;
    }
}

// --- Against it ---

static void tell(void *context, const char *text) {
    (void)context;
    fprintf(stderr, "%s\n", text);
}

static void print_verdict(const replay_options *o, const dd_against *it) {
    const dd_rerun_counts *counts = dd_rerun_counts_of(it->rerun);
    const dd_board_identity *board = dd_slot_identity(it->slot);
    if (o->json) {
        json_t *json = json_pack(
            "{ss ss ss ss sI sI sI so}", "recording", o->file, "serial", board->serial, "firmware",
            board->firmware, "mode", it->lock_step ? "lock-step" : "real time", "starts",
            (json_int_t)counts->starts, "stimuli", (json_int_t)counts->stimuli, "own_deadlines",
            (json_int_t)counts->own_times, "differences", dd_shadow_json(it->judge));
        json_dumpf(json, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(json);
        return;
    }
    printf("%s, %s, firmware %s, in %s: %llu starts, %llu stimuli\n", board->serial, board->model,
           board->firmware, it->lock_step ? "lock-step" : "real time",
           (unsigned long long)counts->starts, (unsigned long long)counts->stimuli);
    dd_shadow_report(it->judge, stdout);
}

// Two boards that both say nothing are not found alike.
static int judge(const dd_against *it, const char *file, dd_error *error) {
    if (dd_shadow_count(it->judge, DD_DIVERGED_NOT)) return DD_FAILED;
    if (dd_shadow_compared(it->judge)) return DD_OK;
    dd_fail(error, DD_WRONG,
            "%s: nothing was compared: neither board said anything (`domdom board replay %s` shows "
            "what lies in it)",
            file, file);
    return DD_WRONG;
}

static int play_against(const replay_options *o, const dd_recording_about *about, dd_error *error) {
    dd_against it;
    dd_attach_def attach = dd_attach_default_def();
    dd_against_def def = {.path = o->file,
                          .about = about,
                          .attach = &attach,
                          .real_time = o->real_time,
                          .from = o->from,
                          .until = o->until,
                          .stopped = stopped,
                          .tell = o->json ? NULL : tell};
    attach.find_s = FIND_S;
    match_target(o, &attach.board);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    int status = DD_OUTSIDE;
    if (dd_against_open(&it, &def, error)) {
        bool good = dd_against_play(&it, error);
        print_verdict(o, &it);
        if (good) status = judge(&it, o->file, error);
    }
    dd_against_close(&it);
    return error->status == DD_OK ? status : dd_option_complain(error);
}

// --- Shown ---

static int show(const replay_options *o, const dd_recording_about *about, dd_error *error) {
    if (o->json) {
        json_t *json = dd_recording_about_json(about);
        json_dumpf(json, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(json);
        return DD_OK;
    }
    dd_recording_print_about(about, stdout);
    if (!o->list && !o->frames) return DD_OK;
    if (dd_recording_print(o->file, about, o->from, o->until, o->frames, stdout, error))
        return DD_OK;
    return dd_option_complain(error);
}

int dd_board_replay(int argc, char **argv) {
    replay_options o;
    dd_recording_about about;
    dd_error error = {0};
    if (!take(argc, argv, &o, &error) || !dd_recording_about_read(&about, o.file, &error))
        return dd_option_complain(&error);
    int status;
    if (!moment_of(&about, "--from", o.from_text, &o.from, &error) ||
        !moment_of(&about, "--until", o.until_text, &o.until, &error))
        status = dd_option_complain(&error);
    else
        status = o.target ? play_against(&o, &about, &error) : show(&o, &about, &error);
    dd_recording_about_fini(&about);
    return status;
}
