#include "models/citizens/report.h"
#include "models/world.h"

void dd_reports_init(dd_reports *reports, dd_arena *arena) {
    dd_pool_init(&reports->pool, arena, sizeof(dd_report));
}

dd_random4 dd_report_draw(const dd_domain *hub, const dd_report *report, dd_purpose purpose,
                          uint32_t k) {
    const dd_world *world = dd_world_of(hub);
    uint32_t road = world->city->lamps[report->truth.lamp].road;
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_ROAD, road));
    return dd_random(world->def.seed, stable, purpose, report->truth.key * 4 + k);
}

void dd_report_number(dd_reports *reports, uint32_t handle) {
    dd_report *report = dd_report_at(reports, handle);
    report->number = ++reports->filed;
    report->previous = reports->last;
    if (reports->last)
        dd_report_at(reports, reports->last)->next = handle;
    else
        reports->first = handle;
    reports->last = handle;
}

void dd_report_forget(dd_reports *reports, uint32_t handle) {
    dd_report *report = dd_report_at(reports, handle);
    if (report->number) {
        uint32_t previous = report->previous, next = report->next;
        *(previous ? &dd_report_at(reports, previous)->next : &reports->first) = next;
        *(next ? &dd_report_at(reports, next)->previous : &reports->last) = previous;
    }
    report->number = 0; // so that no event still to come takes it for alive
    dd_pool_give(&reports->pool, handle);
}

uint32_t dd_report_handle(const dd_reports *reports, uint32_t number) {
    uint32_t handle = reports->first;
    while (handle && dd_report_at(reports, handle)->number != number)
        handle = dd_report_at(reports, handle)->next;
    return handle;
}
