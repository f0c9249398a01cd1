// A recorded city fed to another board on the bench, in lock-step if it offers that, else in real
// time; judged message by message against what the recorded one said.
#pragma once

#include "hil/board/attach.h"
#include "hil/rack/slot.h"
#include "hil/recording/recording_about.h"
#include "hil/recording/rerun.h"
#include "hil/shadow/shadow.h"

typedef struct dd_against_def {
    const char *path;                              // of the recording
    const dd_recording_about *about;               // ... and what it is about
    const dd_attach_def *attach;                   // which board, and how long it is waited for
    bool real_time;                                // though it offers lock-step
    dd_time from, until;                           // simulated
    bool (*stopped)(void);                         // asked now and then; NULL: never
    void (*tell)(void *context, const char *text); // a line for people
    void *context;
} dd_against_def;

typedef struct dd_against {
    dd_against_def def;
    dd_shadow *judge;
    dd_onlooker looks; // the judge's
    dd_slot *slot;
    dd_discovery *discovery;
    dd_tenant board; // of the slot
    dd_rerun *rerun;
    bool lock_step;
    dd_time base;     // real time: the recording's first moment, ...
    int64_t begun_ns; // ... and the wall then
} dd_against;

// Finds the board, and greets it. False: it is not there, or the recording holds nothing to tell.
bool dd_against_open(dd_against *against, const dd_against_def *def, dd_error *error);
void dd_against_close(dd_against *against);

// Plays it to its end. False: the board was lost, or the recording is spoilt; what was compared
// before stands in `judge`.
bool dd_against_play(dd_against *against, dd_error *error);
