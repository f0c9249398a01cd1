#include "models/citizens/matter.h"
#include "models/citizens/week.h"
#include "models/kind.h"
#include "models/world.h"

// How long such a thing stays by itself, mean days (estimates): a stall packs up, a heap is cleared
// one day, a hole stays.
static const uint16_t stays_h[DD_REPORT_LIGHTING] = {
    [DD_REPORT_RUBBISH] = 10 * 24,        [DD_REPORT_STREET_SELLING] = 72,
    [DD_REPORT_ADVERTISING] = 40 * 24,    [DD_REPORT_CONSTRUCTION] = 60 * 24,
    [DD_REPORT_INFRASTRUCTURE] = 90 * 24, [DD_REPORT_SECURITY] = 96};

void dd_matters_init(dd_matters *matters, dd_arena *arena) {
    dd_pool_init(&matters->pool, arena, sizeof(dd_matter));
}

dd_random4 dd_matter_draw(const dd_domain *hub, const dd_matter *matter) {
    const dd_world *world = dd_world_of(hub);
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_LAMP, matter->lamp));
    return dd_random(world->def.seed, stable ^ dd_mix(matter->key), DD_DRAW_MATTER, matter->again);
}

uint32_t dd_matter_arise(dd_domain *hub, dd_matters *matters, dd_report_kind kind, uint32_t lamp,
                         uint32_t text, uint64_t key) {
    uint32_t handle = dd_pool_take(&matters->pool);
    dd_matter *matter = dd_matter_at(matters, handle);
    *matter = (dd_matter){.answered = DD_NEVER,
                          .number = ++matters->n,
                          .lamp = lamp,
                          .text = text,
                          .key = key,
                          .kind = (uint8_t)kind};
    dd_time stays = dd_exponential(dd_matter_draw(hub, matter).v[0], stays_h[kind] * DD_HOUR);
    dd_schedule(hub, hub->now + DD_MINUTE + stays, DD_KIND_MATTER, handle, DD_MATTER_GOES,
                matter->number, 0);
    dd_matter_plan_again(hub, matters, handle);
    return handle;
}

void dd_matter_plan_again(dd_domain *hub, const dd_matters *matters, uint32_t handle) {
    dd_matter *matter = dd_matter_at(matters, handle);
    const dd_settings *settings = dd_settings_of(hub);
    double per_day = settings->citizens_again_per_day * settings->citizens_adoption / 100;
    if (per_day < 1e-4) return; // not in the ten years that it may be there
    matter->again++;
    dd_time mean = (dd_time)(86400e3 / per_day) * DD_MILLISECOND;
    dd_time next = dd_week_after(&dd_world_of(hub)->def.calendar, hub->now,
                                 dd_exponential(dd_matter_draw(hub, matter).v[0], mean));
    dd_schedule(hub, next, DD_KIND_MATTER, handle, DD_MATTER_AGAIN, matter->number, 0);
}

bool dd_matter_still_seen(const dd_domain *hub, const dd_matter *matter) {
    if (matter->answered == DD_NEVER) return true;
    int64_t halvings = (hub->now - matter->answered) / (DD_DAY / 2);
    return halvings < 32 && (uint64_t)dd_matter_draw(hub, matter).v[1] << halvings >> 32 == 0;
}

void dd_matter_end(dd_domain *hub, dd_matters *matters, uint32_t handle, dd_matter_change what,
                   uint64_t cause) {
    dd_matter *matter = dd_matter_at(matters, handle);
    if (matter->over) return;
    matter->over = true;
    const dd_world *world = dd_world_of(hub);
    uint32_t road = world->city->lamps[matter->lamp].road;
    dd_record_make(hub, DD_REC_MATTER, dd_world_entity(world, DD_ENTITY_ROAD, road), cause,
                   matter->number, matter->kind, what,
                   dd_world_entity(world, DD_ENTITY_LAMP, matter->lamp));
    if (!matter->reports) dd_pool_give(&matters->pool, handle);
}

void dd_matter_let_go(dd_matters *matters, uint32_t handle) {
    dd_matter *matter = dd_matter_at(matters, handle);
    if (!--matter->reports && matter->over) dd_pool_give(&matters->pool, handle);
}
