// The lent store, and its faults.
#include "hil/battery/cases.h"

#include <inttypes.h>
#include <string.h>

#define MINUTE_US UINT64_C(60000000)

static bool borrows(dd_trial *trial) {
    return dd_trial_greet(trial) &&
           (dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_BORROWS_STORE) ||
            dd_trial_skip(trial, "the board has a store of its own"));
}

static bool work(dd_trial *trial, uint64_t us) {
    return dd_trial_work_in_step(trial) && dd_trial_run(trial, us, 400);
}

static bool within(dd_trial *trial) {
    if (!borrows(trial) || !work(trial, 20 * MINUTE_US)) return false;
    const dd_lent_store *store = &trial->store;
    if (store->beyond)
        return dd_trial_fail(
            trial, "it read or wrote beyond the end of the store %" PRIu32 " times", store->beyond);
    return store->reads + store->writes ||
           dd_trial_fail(trial, "it says that it borrows a store, but never uses it");
}

static bool smaller(dd_trial *trial) {
    trial->store.size = 100 * 1024;
    return within(trial);
}

static bool none(dd_trial *trial) {
    trial->store.size = 0;
    if (!borrows(trial) || !work(trial, 20 * MINUTE_US)) return false;
    return trial->store.reads + trial->store.writes == 0 ||
           dd_trial_fail(trial, "Settings.store_size is 0, but it uses the store %" PRIu32 " times",
                         trial->store.reads + trial->store.writes);
}

static bool reads_fail(dd_trial *trial) {
    trial->store.reads_fail = true;
    return borrows(trial) && work(trial, 20 * MINUTE_US) &&
           dd_trial_alive(trial, "reads that fail");
}

static bool writes_fail(dd_trial *trial) {
    trial->store.writes_fail = true;
    return borrows(trial) && work(trial, 20 * MINUTE_US) &&
           dd_trial_alive(trial, "writes that fail");
}

static bool full(dd_trial *trial) {
    trial->store.full_after = 5;
    return borrows(trial) && work(trial, 40 * MINUTE_US) &&
           dd_trial_alive(trial, "a store that is full");
}

// A log that is too small for an evening without a line: old words go, new ones come, nothing
// stops.
static bool log_full(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[] = {&feeder};
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.n_feeders = 1;
    inputs.feeders = feeders;
    trial->store.size = DD_STORE_LOG; // with room for hardly any
    if (!borrows(trial) || !work(trial, MINUTE_US)) return false;
    for (int i = 0; i < 60; i++) {
        inputs.mains = inputs.door = i & 1;
        feeder.tripped = feeder.leakage = i & 1;
        uint64_t next_us = trial->uptime_us + MINUTE_US;

        if (!dd_trial_run(trial, next_us, 100) || !dd_trial_grant(trial, next_us, &message))
            return false;
    }
    return trial->store.beyond == 0 ||
           dd_trial_fail(trial, "with a full log it wrote beyond the end of the store");
}

static bool garbage(dd_trial *trial) {
    trial->keep_store = true;

    uint32_t random = 7;
    for (size_t i = 0; i < DD_LENT_STORE_SIZE; i++) {
        random = random * 1664525 + 1013904223;
        trial->store.octets[i] = (uint8_t)(random >> 24);
    }
    return borrows(trial) && work(trial, 20 * MINUTE_US) &&
           dd_trial_alive(trial, "a store full of anything");
}

static bool all_ones(dd_trial *trial) {
    trial->keep_store = true;

    memset(trial->store.octets, 0xFF, DD_LENT_STORE_SIZE);
    return borrows(trial) && work(trial, 20 * MINUTE_US) &&
           dd_trial_alive(trial, "a store that was erased to FF");
}

// The supply fails at some octet of what is written; what was there before is kept, and found.
static bool cut_in_a_write(dd_trial *trial) {
    static const uint32_t cuts[] = {1, 40, 500};
    trial->store.size = DD_STORE_LOG + 8 * 1024; // a log that is soon read through
    trial->keep_store = true;
    if (!borrows(trial)) return false;
    for (size_t i = 0; i < DD_COUNT(cuts); i++) {
        trial->store.written = 0;
        trial->store.cut_after = cuts[i];
        if (!work(trial, 3 * MINUTE_US)) return false;
        trial->store.cut_after = 0;
        if (!work(trial, MINUTE_US)) return false;
    }
    return dd_trial_alive(trial, "supplies that failed in the midst of writes");
}

static bool unasked(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__StoreData data = HIL__STORE_DATA__INIT;
    uint8_t octets[300] = {1};
    message.what_case = HIL__MESSAGE__WHAT_STORE_DATA;
    message.store_data = &data;
    data.token = 4711;
    data.octets = (ProtobufCBinaryData){sizeof octets, octets};
    return borrows(trial) && dd_trial_work_in_step(trial) && dd_trial_tell(trial, &message) &&
           dd_trial_alive(trial, "StoreData that nobody asked for");
}

static bool asked_anew(dd_trial *trial) {
    if (!borrows(trial)) return false;
    Hil__Welcome welcome = dd_trial_welcome_of(trial, HIL__MODE__MODE_REAL_TIME);
    dd_trial_commission commission;
    dd_trial_commission_init(&commission, trial, 1);
    if (!dd_trial_welcome(trial, &welcome) || !dd_trial_send_commission(trial, &commission))
        return false;
    trial->mute_store = true; // its first question is lost
    Hil__Message message = dd_trial_message();
    Hil__Start start = HIL__START__INIT;
    message.what_case = HIL__MESSAGE__WHAT_START;
    message.start = &start;
    if (!dd_trial_say_grant(trial, trial->step + 1, 0, 0, &message) || !dd_trial_live(trial, 900))
        return false;
    uint32_t asked = trial->questions;
    trial->mute_store = false;
    if (asked == 0) return dd_trial_skip(trial, "it asks nothing of its store at the start");
    if (asked < 2)
        return dd_trial_fail(
            trial, "its question to the store was lost: it did not ask again within 0.9 s");
    return dd_trial_live(trial, 500) &&
           dd_trial_alive(trial, "a question to its store that was lost");
}

static bool real_time(dd_trial *trial) {
    if (!borrows(trial) || !dd_trial_work_in_real_time(trial) || !dd_trial_live(trial, 400))
        return false;
    if (trial->store.beyond)
        return dd_trial_fail(trial, "it reads or writes beyond the store's end");
    return trial->store.reads + trial->store.writes ||
           dd_trial_fail(trial, "in real time it never uses the store that it borrows");
}

static const dd_case cases[] = {
    {901, "it keeps within the lent store", "Settings.store_size is all that there is", within},
    {902, "it keeps within a smaller store",
     "what does not fit is not kept; nothing lies beyond the end", smaller},
    {903, "it works without a store", "store_size 0: none is lent", none},
    {904, "reads that fail", "StoreData.failed: a fault to be told of, no end of its work",
     reads_fail},
    {905, "writes that fail", "as for reads", writes_fail},
    {906, "a store that becomes full, or breaks",
     "flash wears out: nobody is to be left in the dark for it", full},
    {907, "a full log", "a night without a line: old words go, new ones come", log_full},
    {908, "a store full of anything", "what is read is believed only with its check", garbage},
    {909, "a store that was erased to FF", "as new flash is", all_ones},
    {910, "a supply that fails in the midst of a write",
     "any part of a write may be done: keep two copies, each with a check", cut_in_a_write},
    {911, "StoreData that nobody asked for", "of an older token, or of none: passed over", unasked},
    {912, "a question to the store that was lost",
     "in real time the board asks again, with the same token", asked_anew},
    {913, "the lent store in real time", "by the same messages, without steps", real_time},
    {0},
};

const dd_case_group dd_cases_store = {"borrowed store", "6. A borrowed store", cases};
