#include "hil/rack/berth_report.h"

double dd_berth_figure(const dd_berth *berth, dd_board_figure figure) {
    dd_board_state state = dd_berth_state(berth, NULL);
    const dd_slot *slot = berth->slots[0];
    const dd_deadlines none = {0}, *deadlines = slot ? &dd_slot_real_time(slot)->deadlines : &none;
    switch (figure) {
    case DD_BOARDS_WANTED:
        return 1;
    case DD_BOARDS_AT_WORK:
        return state == DD_BOARD_IN_STEP || state == DD_BOARD_LATE;
    case DD_BOARDS_LOSSES:
        return berth->losses;
    case DD_BOARDS_DEADLINES:
        return (double)deadlines->n;
    case DD_BOARDS_OVERRUNS:
        return (double)deadlines->overruns;
    case DD_BOARDS_LATEST_MS:
        return (double)deadlines->latest_us / 1e3;
    case DD_BOARDS_COMPARED:
        return berth->judge ? (double)dd_shadow_compared(berth->judge) : 0;
    case DD_BOARDS_DIVERGENCES:
        return berth->judge ? (double)dd_shadow_count(berth->judge, DD_DIVERGED_NOT) : 0;
    }
    return 0;
}

void dd_berth_record_time(const dd_berth *berth) {
    if (berth->lock_step || !berth->slots[0]) return;
    const dd_real_time *it = dd_slot_real_time(berth->slots[0]);
    dd_engine_note(berth->def.world->engine, DD_REC_BOARD_TIME, berth->entity, 0,
                   (int64_t)it->deadlines.n, (int64_t)it->deadlines.overruns,
                   (int64_t)it->deadlines.latest_us, it->sync.drift_ppb);
}

static json_t *time_json(const dd_real_time *it) {
    return json_pack("{sI sI sI sI sI sI sI si sI sI sI sI sI sI}", "deadlines",
                     (json_int_t)it->deadlines.n, "overruns", (json_int_t)it->deadlines.overruns,
                     "latest_us", (json_int_t)it->deadlines.latest_us, "ours",
                     (json_int_t)it->deadlines.ours, "claimed", (json_int_t)it->deadlines.claimed,
                     "dropped", (json_int_t)it->deadlines.dropped, "offset_us",
                     (json_int_t)it->sync.offset_us, "drift_ppb", it->sync.drift_ppb, "delay_us",
                     (json_int_t)it->sync.delay_us, "overflown", (json_int_t)it->overflown,
                     "taken_p50_us", (json_int_t)dd_lateness_percentile(&it->taken, 500),
                     "taken_p99_us", (json_int_t)dd_lateness_percentile(&it->taken, 990), "taken_n",
                     (json_int_t)it->taken.slices, "taken_late", (json_int_t)it->taken_late);
}

static json_t *wire_json(const dd_link_counts *counts) {
    return json_pack("{sI sI sI sI sI sI sI}", "sent", (json_int_t)counts->sent, "received",
                     (json_int_t)counts->received, "lost", (json_int_t)counts->lost, "repeated",
                     (json_int_t)counts->repeated, "garbled", (json_int_t)counts->garbled,
                     "refused", (json_int_t)counts->refused, "dropped",
                     (json_int_t)counts->dropped);
}

json_t *dd_berth_json(const dd_berth *berth) {
    char match[200];
    dd_board_verdict verdict;
    dd_board_state state = dd_berth_state(berth, &verdict);
    dd_board_match_text(&berth->attach.def.board, match, sizeof match);
    json_t *json = json_pack(
        "{ss ss ss ss ss}", "board", match, "mode", berth->lock_step ? "lock-step" : "real time",
        "state", dd_board_state_names[state], "verdict", dd_board_verdict_names[verdict], "seat",
        dd_board_seat_names[dd_seat_holder_of(berth->def.world, berth->segment)]);
    json_object_set_new(json, "losses", json_integer(berth->losses));
    if (berth->slots[0]) {
        const dd_board_identity *it = dd_slot_identity(berth->slots[0]);
        const dd_link_counts counts = dd_slot_counts(berth->slots[0]);
        json_object_set_new(json, "serial", json_string(it->serial));
        json_object_set_new(json, "model", json_string(it->model));
        json_object_set_new(json, "firmware", json_string(it->firmware));
        json_object_set_new(json, "grants_repeated",
                            json_integer(dd_slot_repeats(berth->slots[0])));
        json_object_set_new(json, "wire", wire_json(&counts));
        if (!berth->lock_step)
            json_object_set_new(json, "time", time_json(dd_slot_real_time(berth->slots[0])));
    }
    if (berth->judge) json_object_set_new(json, "shadow", dd_shadow_json(berth->judge));
    return json;
}
