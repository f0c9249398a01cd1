// The survey of a city's air, made once at load: where stations stand, the channel plan, who shares
// a domain, and who hears whom there. Constant during a run.
#pragma once

#include "models/mesh/radio/channel.h"
#include "models/mesh/survey/channel_plan.h"
#include "models/mesh/survey/keyring.h"
#include "models/mesh/survey/links.h"
#include "models/mesh/survey/places.h"
#include "models/mesh/survey/propagation.h"
#include "models/mesh/survey/tree.h"
#include "models/world.h"

typedef struct dd_survey {
    dd_places places;
    dd_propagation propagation;
    dd_channel channel;
    dd_channel_plan plan;
    dd_etx_table etx;
    dd_keyring keyring;
    dd_links *links; // by neighbourhood, from 0
} dd_survey;

// Surveys the world and divides it into neighbourhoods. False and an error when memory is short or
// what is given for the radios cannot be.
bool dd_survey_make(dd_world *world, dd_error *error);

// Takes a world without a survey too.
void dd_survey_unmake(dd_world *world);

static inline const dd_links *dd_survey_links(const dd_domain *domain) {
    return &dd_world_of(domain)->survey->links[domain->index - DD_FIRST_SEGMENT_DOMAIN];
}

// Place in `places` of a city's segment's station number `number` (0: its controller).
static inline uint32_t dd_survey_place(const dd_survey *survey, uint32_t segment, uint32_t number) {
    return survey->places.first[segment] + number;
}
