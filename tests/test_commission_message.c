// A commission said in messages and heard again is the same, field by field.
#include "hil/board/commission_message.h"
#include "models/world.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

// Every field of the definitions another value, so that none can stand for another.
static dd_commission *commission(uint16_t lamp_n) {
    static dd_commission it;
    static dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    static dd_light_calendar calendar;
    calendar = dd_world_default_def().light_calendar;
    uint8_t value = 1;
    uint8_t *octets = (uint8_t *)&it.core;
    for (size_t i = 0; i < sizeof it.core; i++)
        octets[i] = value++;
    octets = (uint8_t *)&it.coap;
    for (size_t i = 0; i < sizeof it.coap; i++)
        octets[i] = value++;
    it.core.lamp_n = lamp_n;
    it.core.feeder_n = 3;
    it.core.trial = true;
    for (uint16_t i = 0; i < lamp_n; i++)
        lamps[i] = (dd_core_lamp){.nominal_mw = i % 9 ? 90000 + i : 0,
                                  .feeder = (uint8_t)(1 + i % 3),
                                  .phase = i % 3,
                                  .fixed = i % 5 == 0};
    it.lamps = lamps;
    it.calendar = &calendar;
    return &it;
}

// As octets on the way.
static void pass(const Hil__Message *message, dd_commission_heard *heard) {
    uint8_t octets[1024];
    size_t n = hil__message__get_packed_size(message);
    cr_assert_leq(n, 900, "fits a frame");
    hil__message__pack(message, octets);
    Hil__Message *again = hil__message__unpack(NULL, n, octets);
    cr_assert(dd_commission_hear(heard, again));
    hil__message__free_unpacked(again, NULL);
}

static void expect_same_core(const dd_core_def *a, const dd_core_def *b) {
#define SAME(field) cr_expect_eq(a->field, b->field, #field)
    SAME(boots);
    SAME(reason);
    SAME(feeder_n);
    SAME(switched);
    SAME(clock_ms);
    SAME(random_seed);
    SAME(poll_period_s);
    SAME(poll_phase_s);
    SAME(patience_s);
    SAME(missed_rounds);
    SAME(low_readings);
    SAME(power_low_pct);
    SAME(voltage_low_dv);
    SAME(voltage_high_dv);
    SAME(stagger_s);
    SAME(lead_s);
    SAME(meter_period_s);
    SAME(connect_s);
    SAME(backoff_s);
    SAME(backoff_max_s);
    SAME(backoff_jitter_pct);
    SAME(answer_s);
    SAME(keepalive_s);
    SAME(resend_s);
    SAME(clock_period_s);
    SAME(clock_stale_s);
    SAME(firmware);
    SAME(trial);
    SAME(trial_s);
    SAME(node_trial_s);
    SAME(block_ms);
    SAME(site.lat_e6);
    SAME(site.lon_e6);
    SAME(site.utc_offset_s);
}

Test(commission_message, comes_back) {
    static const uint16_t sizes[] = {1, 16, 17, DD_SEGMENT_LAMPS_MAX};
    dd_commission_messages *messages = malloc(sizeof *messages);
    dd_commission_heard *heard = calloc(1, sizeof *heard);
    for (size_t k = 0; k < DD_COUNT(sizes); k++) {
        const dd_commission *said = commission(sizes[k]);
        dd_commission_say(said, 4096, messages);
        cr_expect_eq(messages->n, 2u + (sizes[k] + 15u) / 16u);
        for (size_t i = 0; i < messages->n; i++)
            pass(messages->list[i], heard);
        const dd_commission *it = &heard->commission;
        cr_expect_eq(heard->store_size, 4096);
        cr_expect_eq(it->core.lamp_n, sizes[k]);
        expect_same_core(&it->core, &said->core);
        cr_expect_eq(it->coap.ack_timeout_ms, said->coap.ack_timeout_ms);
        cr_expect_eq(it->coap.max_retransmit, said->coap.max_retransmit);
        cr_expect_eq(it->coap.first_id, said->coap.first_id);
        cr_expect_eq(memcmp(it->lamps, said->lamps, sizes[k] * sizeof *it->lamps), 0);
        cr_expect_eq(it->calendar->id, said->calendar->id);
    }
    free(messages);
    free(heard);
}

static bool heard_as(Hil__Message__WhatCase what, void *it) {
    static dd_commission_heard heard;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = what;
    message.start = it; // any pointer of the union
    return dd_commission_hear(&heard, &message);
}

Test(commission_message, that_cannot_be_is_refused) {
    Hil__Settings settings = HIL__SETTINGS__INIT;
    Hil__Lamp lamp = HIL__LAMP__INIT, *list[] = {&lamp, &lamp};
    Hil__Lamps lamps = HIL__LAMPS__INIT;
    Hil__Calendar calendar = HIL__CALENDAR__INIT;
    Hil__Start start = HIL__START__INIT;
    cr_expect(heard_as(HIL__MESSAGE__WHAT_SETTINGS, &settings));
    settings.lamp_n = DD_SEGMENT_LAMPS_MAX + 1;
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_SETTINGS, &settings));
    settings.lamp_n = 1;
    settings.reason = 256;
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_SETTINGS, &settings));
    lamps.lamps = list;
    lamps.n_lamps = 2;
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_LAMPS, &lamps));
    lamps.first = DD_SEGMENT_LAMPS_MAX;
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_LAMPS, &lamps));
    lamps.first--;
    cr_expect(heard_as(HIL__MESSAGE__WHAT_LAMPS, &lamps));
    lamp.phase = 3;
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_LAMPS, &lamps));
    calendar.octets = (ProtobufCBinaryData){3, (uint8_t *)"\xff\xff\xff"};
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_CALENDAR, &calendar));
    cr_expect_not(heard_as(HIL__MESSAGE__WHAT_START, &start));
}

Test(commission_message, comes_back_as_a_whole) {
    uint8_t octets[DD_COMMISSION_OCTETS];
    dd_commission_heard *heard = calloc(1, sizeof *heard);
    const dd_commission *said = commission(DD_SEGMENT_LAMPS_MAX);
    size_t n = dd_commission_pack(said, 77, octets);
    cr_assert(dd_commission_unpack(octets, n, heard));
    cr_expect_eq(heard->store_size, 77);
    expect_same_core(&heard->commission.core, &said->core);
    cr_expect_eq(memcmp(heard->lamps, said->lamps, sizeof heard->lamps), 0);
    cr_expect_not(dd_commission_unpack(octets, n / 2, heard));
    cr_expect_not(dd_commission_unpack(octets, 0, heard));
    free(heard);
}
