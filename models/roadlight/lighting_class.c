#include "models/roadlight/lighting_class.h"

const char *const dd_lighting_class_names[DD_LIGHTING_CLASSES] = {
    "none", "ME6", "ME5", "ME4b", "ME4a", "ME3c", "ME3b", "ME3a", "ME2", "ME1"};

const dd_lighting_limits dd_lighting_class_limits[DD_LIGHTING_CLASSES] = {
    [DD_ME6] = {0.3, 0.35, 0.40},   [DD_ME5] = {0.5, 0.35, 0.40},  [DD_ME4B] = {0.75, 0.40, 0.50},
    [DD_ME4A] = {0.75, 0.40, 0.60}, [DD_ME3C] = {1.0, 0.40, 0.50}, [DD_ME3B] = {1.0, 0.40, 0.60},
    [DD_ME3A] = {1.0, 0.40, 0.70},  [DD_ME2] = {1.5, 0.40, 0.70},  [DD_ME1] = {2.0, 0.40, 0.70}};

bool dd_lighting_meets(dd_lighting_class class, double luminance, double overall,
                       double longitudinal) {
    const dd_lighting_limits *limits = &dd_lighting_class_limits[class];
    return luminance >= limits->luminance && overall >= limits->overall &&
           longitudinal >= limits->longitudinal;
}

dd_lighting_class dd_lighting_class_met(double luminance, double overall, double longitudinal) {
    int class = DD_LIGHTING_CLASSES - 1;
    while (class > DD_ME_NONE &&
           !dd_lighting_meets((dd_lighting_class) class, luminance, overall, longitudinal))
        class --;
    return (dd_lighting_class) class;
}

dd_lighting_class dd_lighting_class_of_road(dd_road_class class) {
    static const uint8_t wanted[DD_ROAD_CLASSES] = {
        [DD_ROAD_TRUNK] = DD_ME2,     [DD_ROAD_PRIMARY] = DD_ME2, [DD_ROAD_SECONDARY] = DD_ME3B,
        [DD_ROAD_TERTIARY] = DD_ME4A, [DD_ROAD_STREET] = DD_ME5,  [DD_ROAD_INTERNAL] = DD_ME6};
    return (dd_lighting_class)wanted[class];
}
