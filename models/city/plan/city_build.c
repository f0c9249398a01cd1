#include "models/city/plan/city_build.h"

#include "models/city/plan/city_plan.h"

#include <stdlib.h>

void dd_plan_fini(dd_plan *plan) {
    for (uint32_t i = 0; i < plan->line_n; i++) {
        free(plan->lines[i].spots);
        free(plan->lines[i].points);
    }
    for (uint32_t i = 0; i < plan->segment_n; i++)
        free(plan->segments[i].poles);
    free(plan->lines);
    free(plan->poles);
    free(plan->segments);
    *plan = (dd_plan){0};
}

bool dd_city_build(const dd_map *map, const dd_rules *rules, dd_text *city, dd_error *error) {
    dd_plan plan = {.map = map,
                    .rules = rules,
                    .models = dd_luminaire_models,
                    .model_n = DD_LUMINAIRE_KINDS,
                    .attribution = DD_MAP_ATTRIBUTION,
                    .licence = DD_MAP_LICENCE,
                    .least = map->least,
                    .most = map->most};
    plan.projection = dd_projection_at(rules->centre.lon / 1e6, rules->centre.lat / 1e6);
    bool ok = dd_plan_lines(&plan, error) && dd_plan_poles(&plan, error) &&
              dd_plan_segments(&plan, error) && dd_plan_feeders(&plan, error) &&
              dd_plan_format(&plan, city, error);
    dd_plan_fini(&plan);
    return ok;
}
