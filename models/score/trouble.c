#include "models/score/trouble.h"
#include "models/action/selection.h"

#include <stdlib.h>

// Where an entity is: its feeder and its segment, 0 where it has to do with several.
static void locate(const dd_world *world, uint32_t entity, uint32_t *feeder, uint32_t *segment) {
    uint32_t index = dd_world_index(world, entity);
    *feeder = *segment = 0;
    switch (world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        *feeder = world->city->lamps[index].feeder;
        *segment = world->city->lamps[index].segment;
        break;
    case DD_ENTITY_FEEDER:
        *feeder = index;
        *segment = world->city->feeders[index].segment;
        break;
    case DD_ENTITY_SEGMENT:
        *segment = index;
        break;
    default:
        break;
    }
}

// Room for one more in an array that grows.
static void *grow(void *all, uint32_t n, uint32_t *capacity, size_t size) {
    if (n < *capacity) return all;
    *capacity = *capacity ? 2 * *capacity : 64;
    void *more = realloc(all, *capacity * size);
    if (!more) abort();
    return more;
}

// The trouble that what fails now and there belongs to; a new one unless there is such.
static uint32_t join(dd_troubles *troubles, const dd_world *world, uint32_t entity,
                     dd_fault_kind fault, dd_time now) {
    uint32_t feeder, segment;
    locate(world, entity, &feeder, &segment);
    for (uint32_t i = troubles->n; i-- > 0 && troubles->all[i].began == now;) {
        const dd_trouble *it = &troubles->all[i];
        if (it->fault == fault && it->feeder == feeder && it->segment == segment) return i;
    }
    troubles->all = grow(troubles->all, troubles->n, &troubles->capacity, sizeof *troubles->all);
    troubles->all[troubles->n] = (dd_trouble){.began = now,
                                              .ended = DD_NEVER,
                                              .detected = DD_NEVER,
                                              .sent = DD_NEVER,
                                              .entity = entity,
                                              .feeder = feeder,
                                              .segment = segment,
                                              .fault = (uint8_t)fault};
    return troubles->n++;
}

// What stands of that kind at an entity, or NULL.
static dd_trouble_part *find_part(const dd_troubles *troubles, uint32_t entity,
                                  dd_fault_kind fault) {
    for (uint32_t at = troubles->latest[entity]; at; at = troubles->parts[at - 1].before) {
        dd_trouble_part *it = &troubles->parts[at - 1];
        if (it->fault == fault && !it->mended) return it;
    }
    return NULL;
}

void dd_trouble_begin(dd_troubles *troubles, const dd_world *world, uint32_t entity,
                      dd_fault_kind fault, dd_time now) {
    if (find_part(troubles, entity, fault)) return;
    uint32_t trouble = join(troubles, world, entity, fault, now);
    troubles->all[trouble].part_n++;
    troubles->parts =
        grow(troubles->parts, troubles->part_n, &troubles->part_capacity, sizeof *troubles->parts);
    troubles->parts[troubles->part_n++] = (dd_trouble_part){.entity = entity,
                                                            .trouble = trouble,
                                                            .before = troubles->latest[entity],
                                                            .fault = (uint8_t)fault};
    troubles->latest[entity] = troubles->part_n;
}

void dd_trouble_end(dd_troubles *troubles, uint32_t entity, dd_fault_kind fault, dd_time now) {
    dd_trouble_part *part = find_part(troubles, entity, fault);
    if (!part) return;
    part->mended = true;
    dd_trouble *it = &troubles->all[part->trouble];
    if (++it->mended_n == it->part_n) it->ended = now;
}

bool dd_troubles_init(dd_troubles *troubles, const dd_world *world, dd_error *error) {
    *troubles = (dd_troubles){.latest = calloc(world->entities.n, sizeof *troubles->latest)};
    return troubles->latest || dd_fail(error, DD_OUTSIDE, "no memory for the score");
}

void dd_troubles_fini(dd_troubles *troubles) {
    free(troubles->all);
    free(troubles->parts);
    free(troubles->latest);
}

// Whether a road, a ward or the city has any of a segment's lamps, or of those of its feeder.
static bool holds(const dd_world *world, uint32_t entity, uint32_t segment, uint32_t feeder,
                  uint32_t lamp) {
    const dd_segment *place = &world->city->segments[segment];
    if (lamp) return dd_lamp_belongs(world, lamp, entity);
    for (uint32_t i = place->first_lamp; i < place->first_lamp + place->lamp_count; i++)
        if ((!feeder || world->city->lamps[i].feeder == feeder) &&
            dd_lamp_belongs(world, i, entity))
            return true;
    return false;
}

// Of two lamps on a cable the one may tell of the other's trouble only where the cable is it.
static bool is_along(const dd_trouble *trouble) {
    return trouble->part_n > 1 || trouble->fault == DD_FAULT_CABLE_CUT ||
           trouble->fault == DD_FAULT_SHORT_CIRCUIT;
}

bool dd_trouble_is_at(const dd_trouble *trouble, const dd_world *world, uint32_t entity) {
    uint32_t feeder, segment, type = world->entities.all[entity].type;
    uint32_t mine = world->entities.all[trouble->entity].type;
    if (entity == trouble->entity) return true;
    locate(world, entity, &feeder, &segment);
    bool lamp = mine == DD_ENTITY_LAMP;
    if (!trouble->segment) return segment != 0 || type == DD_ENTITY_CITY; // lines of many
    if (!segment)
        return type == DD_ENTITY_OPERATOR ||
               holds(world, entity, trouble->segment, trouble->feeder,
                     lamp && trouble->part_n == 1 ? dd_world_index(world, trouble->entity) : 0);
    if (segment != trouble->segment) return false;
    if (!feeder || !trouble->feeder) return true; // one of them is the whole segment
    return feeder == trouble->feeder && (type != DD_ENTITY_LAMP || !lamp || is_along(trouble));
}

#define IS(cause) (1u << DD_CAUSE_##cause)

// By fault: causes as a mask.
static const uint16_t right[DD_FAULT_KINDS] = {
    [DD_FAULT_LED_OPEN] = IS(LAMP),
    [DD_FAULT_LED_SHORT] = IS(LAMP),
    [DD_FAULT_DRIVER_DEAD] = IS(LAMP),
    [DD_FAULT_NO_DIMMING] = IS(LAMP),
    [DD_FAULT_STUCK_ON] = IS(LAMP),
    [DD_FAULT_RELAY_OPEN] = IS(LAMP),
    [DD_FAULT_CYCLING] = IS(LAMP),
    [DD_FAULT_BUS_OPEN] = IS(LAMP),
    [DD_FAULT_OVERHEATING] = IS(LAMP),
    [DD_FAULT_WRONG_CURVE] = IS(LAMP) | IS(FIRMWARE),
    [DD_FAULT_NODE_DEAD] = IS(LAMP),
    [DD_FAULT_NODE_METER] = IS(LAMP),
    [DD_FAULT_PHOTOCELL_DARK] = IS(LAMP) | IS(CONTROLLER),
    [DD_FAULT_PHOTOCELL_BRIGHT] = IS(LAMP) | IS(CONTROLLER),
    [DD_FAULT_CABLE_CUT] = IS(CABLE) | IS(THEFT),
    [DD_FAULT_SHORT_CIRCUIT] = IS(CABLE) | IS(FEEDER),
    [DD_FAULT_BREAKER] = IS(FEEDER),
    [DD_FAULT_PHASE_L1] = IS(FEEDER),
    [DD_FAULT_PHASE_L2] = IS(FEEDER),
    [DD_FAULT_PHASE_L3] = IS(FEEDER),
    [DD_FAULT_CONTACTOR_WELDED] = IS(FEEDER),
    [DD_FAULT_CONTACTOR_DEAD] = IS(FEEDER),
    [DD_FAULT_BYPASS] = IS(FEEDER),
    [DD_FAULT_SWITCHED_OFF] = IS(FEEDER),
    [DD_FAULT_LEAKAGE] = IS(FEEDER) | IS(CABLE),
    [DD_FAULT_METER_DRIFT] = IS(FEEDER),
    [DD_FAULT_BLACKOUT] = IS(SUPPLY),
    [DD_FAULT_BROWNOUT] = IS(SUPPLY),
    [DD_FAULT_LINE] = IS(LINE),
    [DD_FAULT_CONTROLLER] = IS(CONTROLLER),
    [DD_FAULT_DOOR_OPEN] = IS(THEFT) | IS(NOTHING),
    [DD_FAULT_FLOODED] = IS(FLOOD),
    [DD_FAULT_HANG] = IS(CONTROLLER),
    [DD_FAULT_STORE] = IS(CONTROLLER),
    [DD_FAULT_CLOCK] = IS(CONTROLLER),
    [DD_FAULT_OUTAGE] = IS(OPERATOR) | IS(CENTRE),
    [DD_FAULT_JAMMER] = IS(MESH),
};

bool dd_trouble_caused_by(const dd_trouble *trouble, dd_cause cause) {
    return right[trouble->fault] >> cause & 1;
}
