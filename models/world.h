// The world of a run: the constant tables that all domains share, and the engine that plays it.
#pragma once

#include "engine/engine.h"
#include "models/backhaul/backhaul.h"
#include "models/city/city.h"
#include "models/controller/core/calendar.h"
#include "models/light/catalogue.h"
#include "models/mesh/radio/radio.h"
#include "models/release.h"
#include "models/schema.h"
#include "models/settings.h"

struct dd_given_radio;
struct dd_map;
struct dd_survey;
struct dd_hazards;
struct dd_batches;
struct dd_score;
struct dd_sky_state;
struct dd_board_port;

typedef struct dd_world_def {
    const dd_city *city;      // must outlive the world, as
    const struct dd_map *map; // the ways around it; NULL: there is none, crews drive on its roads
    dd_settings settings;
    dd_calendar calendar;
    dd_light_calendar light_calendar;               // commissioned everywhere
    dd_catalogue catalogue;                         // of luminaires: the city's, as changed
    dd_releases releases;                           // of firmware
    dd_backhaul_def backhaul[DD_BACKHAUL_PROFILES]; // in the order of dd_backhaul_defs
    uint64_t seed;
    uint32_t thread_n;            // that the engine runs on; 0 is 1
    const uint16_t *mesh_parents; // by lamp, number within its segment: fixed routes; NULL: RPL's
    const struct dd_given_radio *radios; // by segment; NULL: nothing is given
    const uint32_t *neighbourhood;       // by segment, from 1 without gaps; NULL: by coupling
} dd_world_def;

// What of the air is put down for captures; it touches nothing that happens.
typedef struct dd_air_tap {
    dd_time from, until; // frames that start at or after `from` and before `until`
    bool *segments;      // by segment: these only; NULL: all
    uint32_t ear;        // entity of the lamp, or segment, at whose node is listened; 0: none
} dd_air_tap;

typedef struct dd_world {
    dd_world_def def;
    const dd_city *city;
    dd_entities entities;
    uint32_t base[DD_ENTITY_TYPES + 1]; // entity of the first of each type, less one
    dd_engine *engine;
    dd_radio_preset preset; // with the power that the settings ask for
    dd_radio_tables radio;
    dd_path_models paths;
    dd_backhaul_profile *profiles;      // in the order of dd_backhaul_defs
    struct dd_survey *survey;           // of the air
    uint8_t *segment_profile;           // by segment, index into profiles
    uint32_t neighbourhood_n;           // domains of segments
    uint32_t *domain;                   // by segment: where it lives ...
    uint32_t *station;                  // ... and its controller's station there
    struct dd_sky_state *hub_sky;       // the hub's, in its arena
    dd_air_tap tap;                     // all frames, unless set before the start
    struct dd_hazards *hazards;         // NULL: none ever; changed between events only
    struct dd_batches *batches;         // the same
    struct dd_score *score;             // of the shift, for who judges it
    const struct dd_board_port *boards; // NULL: none can be attached
} dd_world;

// Everything at its default but the city, the calendar and the seed. The program is one as Bến
// Tre's might be: full from sunset, 60 % from 23:00, full from 04:30 to sunrise.
dd_world_def dd_world_default_def(void);

// Builds the constant tables; dd_twin_open adds the air, the mesh and the engine. NULL and an error
// when the city cannot be played.
dd_world *dd_world_make(const dd_world_def *def, dd_error *error);

// Gives each neighbourhood a domain; `neighbourhood` is by segment, from 1 without gaps. False when
// memory is short.
bool dd_world_divide(dd_world *world, const uint32_t *neighbourhood, dd_error *error);
void dd_world_unmake(dd_world *world);

// Where the city's devices believe they are.
dd_site dd_world_site(const dd_world_def *def);

// The domain of a city's segment.
static inline uint32_t dd_world_domain(const dd_world *world, uint32_t segment) {
    return world->domain[segment];
}

static inline const dd_world *dd_world_of(const dd_domain *domain) {
    return domain->engine->def.world;
}

static inline const dd_settings *dd_settings_of(const dd_domain *domain) {
    return &dd_world_of(domain)->def.settings;
}

static inline uint32_t dd_world_entity(const dd_world *world, dd_entity_type type, uint32_t index) {
    return world->base[type] + index;
}

// The city's index of an entity of a known type.
static inline uint32_t dd_world_index(const dd_world *world, uint32_t entity) {
    return entity - world->base[world->entities.all[entity].type];
}

static inline uint64_t dd_world_stable(const dd_world *world, uint32_t entity) {
    return world->entities.all[entity].stable;
}

// The luminaire's model that stands at a lamp's pole when the run begins: the city's, or with
// "light.before" what stood there before 2020.
uint8_t dd_world_first_model(const dd_world *world, uint32_t lamp);

// Whether a segment has a controller when the run begins: where no lamp has a node it has none.
bool dd_world_installed(const dd_world *world, uint32_t segment);

// Unix time in µs at simulated time `t`.
static inline int64_t dd_world_unix_us(const dd_world *world, dd_time t) {
    return world->def.calendar.start_unix_s * 1000000 + t / DD_MICROSECOND;
}
