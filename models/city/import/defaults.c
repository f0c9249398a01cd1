#include "models/city/import/defaults.h"

// Wider and faster roads: higher poles, more watts (facts, A5 and 0; spacings an estimate).
dd_style dd_default_style(dd_road_class class) {
    static const dd_style styles[DD_ROAD_CLASSES] = {
        [DD_ROAD_TRUNK] = {DD_OPPOSITE, 33, 7.5, 11, DD_STREET_150},
        [DD_ROAD_PRIMARY] = {DD_OPPOSITE, 32, 7, 10, DD_STREET_150},
        [DD_ROAD_SECONDARY] = {DD_OPPOSITE, 31, 6, 9, DD_STREET_120},
        [DD_ROAD_TERTIARY] = {DD_OPPOSITE, 31, 5, 8, DD_STREET_75},
        [DD_ROAD_STREET] = {DD_STAGGERED, 27, 4, 7, DD_STREET_75},
        [DD_ROAD_INTERNAL] = {DD_ONE_SIDED, 20, 2.5, 4, DD_BULB_10},
    };
    return styles[class];
}

dd_rules dd_default_rules(void) {
    return (dd_rules){
        .apart_m = 8,
        .clear_m = 3,
        .median_m = 28,
        .arm_m = 0.8,
        .segment_least = 60,
        .segment_most = 120,
        .segment_aim = 95,
        .segment_small = true,
        .hop_m = 120, // the most that `domdom city check` allows: what is there is there
        .segment_feeders = 2,
        .breaker_margin = 2,
        .fibre_m = 700,
        .far_m = 4600,
    };
}
