// Selections: by id, by name, by what lamps belong to; what is unknown is told with the nearest.
#include "tests/toy_city.h"

static toy *opened(void) {
    toy_def def = toy_default();
    def.lamp_n = 32;
    return toy_start(&def, 0);
}

static uint32_t selected(const toy *it, dd_filter filter) {
    uint32_t lamps[TOY_LAMPS_MAX];
    dd_error error = {DD_OK, ""};
    uint32_t n = dd_select_lamps(it->world, &filter, lamps, &error);
    cr_assert(ne(u32, n, UINT32_MAX), "%s", error.text);
    cr_expect(eq(u32, n, dd_select_lamps(it->world, &filter, NULL, &error)), "counting only");
    for (uint32_t i = 1; i < n; i++)
        cr_expect(lt(u32, lamps[i - 1], lamps[i]), "in the city's order");
    return n;
}

Test(selection, filters) {
    toy *it = opened();
    cr_expect(eq(u32, selected(it, (dd_filter){0}), 96));
    cr_expect(eq(u32, selected(it, (dd_filter){.id = "L-2-7"}), 1));
    cr_expect(eq(u32, selected(it, (dd_filter){.road = "S-2-0"}), 32), "by id");
    cr_expect(eq(u32, selected(it, (dd_filter){.road = "Street-2-0"}), 32), "by name");
    cr_expect(eq(u32, selected(it, (dd_filter){.segment = "S-3-0"}), 32));
    cr_expect(eq(u32, selected(it, (dd_filter){.feeder = "S-3-0"}), 32));
    cr_expect(eq(u32, selected(it, (dd_filter){.ward = "Ward-1-0"}), 96));
    cr_expect(eq(u32, selected(it, (dd_filter){.ward = "W-2-0"}), 0));
    cr_expect(eq(u32, selected(it, (dd_filter){.kind = "LED-street-75"}), 12), "one in eight");
    cr_expect(eq(u32, selected(it, (dd_filter){.class = "primary"}), 96));
    cr_expect(eq(u32, selected(it, (dd_filter){.class = "street"}), 0));
    cr_expect(eq(u32, selected(it, (dd_filter){.segment = "S-1-0", .road = "S-2-0"}), 0), "both");
    cr_expect(eq(u32, selected(it, (dd_filter){.segment = "S-1-0", .kind = "LED-street-75"}), 4));
    toy_close(it);
}

static void expect_unknown(const toy *it, dd_filter filter, const char *hint) {
    dd_error error = {DD_OK, ""};
    cr_expect(eq(u32, dd_select_lamps(it->world, &filter, NULL, &error), UINT32_MAX));
    cr_expect(eq(int, error.status, DD_WRONG));
    cr_expect(strstr(error.text, hint) != NULL, "%s", error.text);
}

Test(selection, what_is_unknown_is_told_with_the_nearest) {
    toy *it = opened();
    expect_unknown(it, (dd_filter){.road = "Street-2-1"}, "did you mean 'Street-2-0'");
    expect_unknown(it, (dd_filter){.id = "L-2-77"}, "did you mean 'L-2-7'");
    expect_unknown(it, (dd_filter){.kind = "LED-street-76"}, "did you mean 'LED-street-75'");
    expect_unknown(it, (dd_filter){.class = "primari"}, "did you mean 'primary'");
    expect_unknown(it, (dd_filter){.ward = ""}, "there is no ward ''");
    expect_unknown(it, (dd_filter){.segment = "nowhere at all"}, "city list segments");
    toy_close(it);
}

// Every entity is found by its type and id, and as itself.
Test(selection, entities_are_found_by_type_and_id) {
    toy *it = opened();
    dd_error error = {DD_OK, ""};
    for (uint32_t e = 1; e < it->world->entities.n; e++) {
        const dd_entity *entity = &it->world->entities.all[e];
        char text[80];
        snprintf(text, sizeof text, "%s:%s", dd_entity_type_names[entity->type], entity->name);
        cr_expect(eq(u32, dd_entity_parse(it->world, text, &error), e), "%s", text);
        cr_expect(eq(
            u32,
            dd_world_entity(it->world, (dd_entity_type)entity->type, dd_world_index(it->world, e)),
            e));
    }
    cr_expect(ne(u32, dd_entity_parse(it->world, "crew:crew-1", &error), 0));
    cr_expect(ne(u32, dd_entity_parse(it->world, "operator:mobile-a", &error), 0));
    cr_expect(eq(u32, dd_entity_parse(it->world, "city", &error),
                 dd_world_entity(it->world, DD_ENTITY_CITY, 1)));
    static const char *const wrong[] = {"",       ":",         "lamp",     "lamp:", "lamp:L",
                                        "lam:x",  "none:",     "city:Hue", "S-1-0", "road:S-9-0",
                                        "feeder", "lampL-1-1", "ward:w",   "::::::"};
    for (size_t i = 0; i < DD_COUNT(wrong); i++)
        cr_expect(eq(u32, dd_entity_parse(it->world, wrong[i], &error), 0), "%s", wrong[i]);
    toy_close(it);
}

Test(selection, a_lamp_belongs_to_what_it_hangs_on) {
    toy *it = opened();
    uint32_t lamp = toy_entity(it, "lamp:L-2-7");
    static const char *const own[] = {"lamp:L-2-7", "segment:S-2-0", "feeder:S-2-0", "road:S-2-0",
                                      "ward:W-1-0", "cabinet:S-2-0", "city"};
    static const char *const others[] = {"lamp:L-2-8", "segment:S-1-0", "feeder:S-3-0",
                                         "road:S-1-0", "ward:W-2-0",    "cabinet:S-3-0"};
    for (size_t i = 0; i < DD_COUNT(own); i++)
        cr_expect(dd_lamp_belongs(it->world, lamp, toy_entity(it, own[i])), "%s", own[i]);
    for (size_t i = 0; i < DD_COUNT(others); i++)
        cr_expect(not(dd_lamp_belongs(it->world, lamp, toy_entity(it, others[i]))), "%s",
                  others[i]);
    toy_close(it);
}
