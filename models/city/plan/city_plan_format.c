#define _POSIX_C_SOURCE 200809L
#include "models/city/city_model.h"
#include "models/city/plan/city_plan.h"
#include "models/power/device/breaker.h"
#include "models/power/device/inrush.h"
#include "models/settings.h"

#include <math.h>

static const double MAINS_V = 220;       // facts, A2: 220/380 V
static const double POWER_FACTOR = 0.95; // facts, A1: at full load

typedef struct dd_sheet {
    const dd_plan *plan;
    FILE *file;
    uint32_t features;
    uint32_t line; // the next to be printed: they are in the order of the roads
} dd_sheet;

// Millionths of a degree of a place in metres.
static dd_spot spot_of(const dd_plan *plan, dd_xy place) {
    const dd_projection *p = &plan->projection;
    return (dd_spot){(int32_t)floor((p->lon + place.x / p->m_per_lon) * 1e6 + 0.5),
                     (int32_t)floor((p->lat + place.y / p->m_per_lat) * 1e6 + 0.5)};
}

// An id: its own, or by a number.
typedef struct dd_label {
    char text[16];
    const char *own;
} dd_label;

static dd_label label_of(const dd_plan *plan, uint32_t own, const char *format, uint32_t number)
    __attribute__((format(printf, 3, 0)));

static dd_label label_of(const dd_plan *plan, uint32_t own, const char *format, uint32_t number) {
    dd_label label = {.own = own ? plan->names + own : NULL};
    if (!own) snprintf(label.text, sizeof label.text, format, number);
    return label;
}

static dd_label road_label(const dd_plan *plan, uint32_t road) {
    dd_label label = label_of(plan, 0, "road-%03u", road + 1);
    label.own = plan->rules->roads[road].id;
    return label;
}

static dd_label segment_label(const dd_plan *plan, uint32_t segment) {
    return label_of(plan, plan->segments[segment].id, "S-%02u", segment + 1);
}

static dd_label cabinet_label(const dd_plan *plan, uint32_t segment) {
    return label_of(plan, plan->segments[segment].cabinet_id, "CAB-%02u", segment + 1);
}

static dd_label feeder_label(const dd_plan *plan, uint32_t segment, uint32_t feeder) {
    const dd_plan_segment *its = &plan->segments[segment];
    return label_of(plan, its->feeder_ids[feeder], "F-%03u", its->first_feeder + feeder + 1);
}

static void print_label(dd_sheet *sheet, const dd_label *label) {
    dd_quoted_print(sheet->file, label->own ? label->own : label->text);
}

static void open_feature(dd_sheet *sheet, const dd_label *label, const char *geometry) {
    fprintf(sheet->file, "%s{\"type\":\"Feature\",\"id\":", sheet->features++ ? ",\n" : "");
    print_label(sheet, label);
    fprintf(sheet->file, ",\"geometry\":{\"type\":\"%s\",\"coordinates\":", geometry);
}

// A property that names another feature.
static void print_reference(dd_sheet *sheet, const char *key, dd_label label) {
    fprintf(sheet->file, ",\"%s\":", key);
    print_label(sheet, &label);
}

static void open_properties(dd_sheet *sheet, const char *type) {
    fprintf(sheet->file, "},\"properties\":{\"type\":\"%s\"", type);
}

static void close_feature(dd_sheet *sheet) {
    fputs("}}", sheet->file);
}

static void print_name(dd_sheet *sheet, const char *name) {
    fputs(",\"name\":", sheet->file);
    dd_quoted_print(sheet->file, name);
}

static void print_ward(dd_sheet *sheet, const dd_ward_rule *ward) {
    dd_label label = {.own = ward->id};
    open_feature(sheet, &label, "Point");
    dd_spot_print(sheet->file, ward->centre);
    open_properties(sheet, "Ward");
    print_name(sheet, ward->name);
    fprintf(sheet->file, ",\"kind\":\"%s\",\"approximate\":true",
            ward->commune ? "commune" : "ward");
    close_feature(sheet);
}

static void print_line(dd_sheet *sheet, const dd_plan_line *line, bool first) {
    if (!first) fputc(',', sheet->file);
    for (uint32_t i = 0; i < line->n; i++) {
        fputc(i ? ',' : '[', sheet->file);
        dd_spot_print(sheet->file, line->spots[i]);
    }
    fputc(']', sheet->file);
}

static void print_road(dd_sheet *sheet, uint32_t index) {
    const dd_plan *plan = sheet->plan;
    const dd_road_rule *road = &plan->rules->roads[index];
    dd_label label = road_label(plan, index);
    bool first = true;
    open_feature(sheet, &label, "MultiLineString");
    fputc('[', sheet->file);
    for (; sheet->line < plan->line_n && plan->lines[sheet->line].road == index; sheet->line++) {
        print_line(sheet, &plan->lines[sheet->line], first);
        first = false;
    }
    fputc(']', sheet->file);
    open_properties(sheet, "Road");
    print_name(sheet, road->name);
    fprintf(sheet->file, ",\"class\":\"%s\"", dd_road_class_names[road->class]);
    if (road->approximate) fputs(",\"approximate\":true", sheet->file);
    close_feature(sheet);
}

// The communication that a segment's place allows: fibre in the centre, 3G far out, else LTE.
static const char *backhaul_of(const dd_plan *plan, const dd_plan_segment *segment) {
    double distance = dd_xy_distance(segment->place, (dd_xy){0, 0});
    if (distance < plan->rules->fibre_m) return "fibre";
    return distance > plan->rules->far_m ? "3g" : "lte";
}

static void print_segment(dd_sheet *sheet, uint32_t index) {
    const dd_plan *plan = sheet->plan;
    const dd_plan_segment *segment = &plan->segments[index];
    dd_label label = segment_label(plan, index);
    open_feature(sheet, &label, "Point");
    dd_spot_print(sheet->file, spot_of(plan, segment->place));
    open_properties(sheet, "StreetlightGroup");
    print_reference(sheet, "refRoad", road_label(plan, plan->poles[segment->centre].road));
    fprintf(sheet->file, ",\"backhaul\":\"%s\"", backhaul_of(plan, segment));
    close_feature(sheet);
}

static void print_cabinet(dd_sheet *sheet, uint32_t index) {
    const dd_plan_segment *segment = &sheet->plan->segments[index];
    dd_label label = cabinet_label(sheet->plan, index), group = segment_label(sheet->plan, index);
    open_feature(sheet, &label, "Point");
    dd_spot_print(sheet->file, spot_of(sheet->plan, segment->place));
    open_properties(sheet, "StreetlightControlCabinet");
    fputs(",\"refStreetlightGroup\":[", sheet->file);
    print_label(sheet, &group);
    fputs("],\"workingMode\":\"automatic\"", sheet->file);
    double ground_m;
    if (dd_plan_ground(sheet->plan, segment->place, &ground_m))
        fprintf(sheet->file, ",\"groundLevel\":%.2f", ground_m);
    close_feature(sheet);
}

// What hangs on one feeder, by phase, and how many luminaires: currents, and what the pulses of
// the gear count for at switching on; of those that stood there before 2020, too, for the feeders
// are older.
typedef struct dd_burden {
    uint32_t lamps, phase_mw[3], phase_pulse_ma[3];
    uint32_t phase_before_ma[3], phase_pulse_before_ma[3];
} dd_burden;

static void add_lamp(dd_burden *all, const dd_plan *plan, uint8_t kind) {
    double exponent = dd_settings_default().power_inrush_exponent;
    const dd_luminaire_model *now = &plan->models[kind];
    const dd_luminaire_model *before = &plan->models[dd_luminaire_before(kind)]; // [0] is none
    uint32_t phase = all->lamps++ % 3;
    all->phase_mw[phase] += now->power_mw;
    all->phase_pulse_ma[phase] += dd_inrush_model_ma(now, exponent);
    if (before->power_factor_pm)
        all->phase_before_ma[phase] +=
            (uint32_t)(before->power_mw / MAINS_V / before->power_factor_pm * 1000);
    all->phase_pulse_before_ma[phase] += dd_inrush_model_ma(before, exponent);
}

static dd_burden burden_of(const dd_plan *plan, const dd_plan_segment *segment, uint32_t feeder) {
    dd_burden all = {0};
    for (uint32_t i = 0; i < segment->pole_n; i++) {
        const dd_pole *pole = &plan->poles[segment->poles[i]];
        for (uint32_t k = 0; pole->feeder == feeder && k < pole->arm_n; k++)
            add_lamp(&all, plan, pole->arms[k].kind);
    }
    return all;
}

static uint32_t most_of(const uint32_t by_phase[3]) {
    uint32_t most = by_phase[0] > by_phase[1] ? by_phase[0] : by_phase[1];
    return by_phase[2] > most ? by_phase[2] : most;
}

// Whether a breaker of curve C carries the busiest phase, today's with the rules' margin, and,
// wherever in its band its coil trips, lets all gear start at once (facts, A2).
static bool suits(uint8_t rated_a, const dd_plan *plan, const dd_burden *burden) {
    double current_a =
        most_of(burden->phase_mw) / 1000.0 / (MAINS_V * POWER_FACTOR) * plan->rules->breaker_margin;
    uint32_t coil_ma = dd_breaker_least_magnetic_ma(rated_a, 'C');
    return rated_a >= current_a && rated_a * 1000u >= most_of(burden->phase_before_ma) &&
           coil_ma > most_of(burden->phase_pulse_ma) &&
           coil_ma > most_of(burden->phase_pulse_before_ma);
}

// The smallest that suits; IEC 60898-1 ends at 125 A.
static uint32_t breaker_of(const dd_plan *plan, const dd_burden *burden) {
    static const uint8_t ratings[] = {16, 20, 25, 32, 40, 50, 63, 80, 100, 125};
    uint32_t i = 0;
    while (i + 1 < DD_COUNT(ratings) && !suits(ratings[i], plan, burden))
        i++;
    return ratings[i];
}

static void print_stop(dd_sheet *sheet, dd_xy place) {
    fputc(',', sheet->file);
    dd_spot_print(sheet->file, spot_of(sheet->plan, place));
}

// The cable's way from pole to pole, back through those it has passed where a branch ended.
static void print_cable(dd_sheet *sheet, const dd_plan_segment *segment, uint32_t feeder) {
    const dd_pole *poles = sheet->plan->poles;
    uint32_t before = segment->centre;
    fputc('[', sheet->file);
    dd_spot_print(sheet->file, spot_of(sheet->plan, segment->place));
    for (uint32_t i = 0; i < segment->pole_n; i++) {
        uint32_t here = segment->poles[i];
        if (poles[here].feeder != feeder) continue;
        if (here != segment->centre && poles[here].number == 1)
            print_stop(sheet, poles[before].place);
        while (before != poles[here].parent && before != segment->centre) {
            before = poles[before].parent;
            print_stop(sheet, poles[before].place);
        }
        print_stop(sheet, poles[here].place);
        before = here;
    }
    fputc(']', sheet->file);
}

static void print_feeder(dd_sheet *sheet, uint32_t index, uint32_t feeder) {
    const dd_plan *plan = sheet->plan;
    const dd_plan_segment *segment = &plan->segments[index];
    dd_burden burden = burden_of(plan, segment, feeder);
    dd_label label = feeder_label(plan, index, feeder);
    open_feature(sheet, &label, "LineString");
    print_cable(sheet, segment, feeder);
    open_properties(sheet, "StreetlightFeeder");
    print_reference(sheet, "refStreetlightControlCabinet", cabinet_label(plan, index));
    fprintf(sheet->file, ",\"numStreetlight\":%u,\"ratedCurrent\":%u", burden.lamps,
            breaker_of(plan, &burden));
    close_feature(sheet);
}

static const char *category_of(const dd_plan *plan, const dd_pole *pole) {
    if (pole->arm_n == 2) return "centralIsland";
    return plan->rules->roads[pole->road].class == DD_ROAD_INTERNAL ? "park" : "road";
}

static void print_arm(dd_sheet *sheet, const dd_pole *pole, uint32_t arm_index, uint32_t phase) {
    const dd_plan *plan = sheet->plan;
    const dd_arm *arm = &pole->arms[arm_index];
    const dd_luminaire_model *model = &plan->models[arm->kind];
    dd_spot_print(sheet->file, spot_of(plan, arm->place));
    open_properties(sheet, "Streetlight");
    fprintf(sheet->file,
            ",\"status\":\"ok\",\"locationCategory\":\"%s\",\"controllingMethod\":\"%s\","
            "\"refStreetlightModel\":",
            category_of(plan, pole), model->node ? "individual" : "group");
    dd_quoted_print(sheet->file, model->name);
    fprintf(sheet->file, ",\"powerRating\":%.10g,\"lanternHeight\":%.1f", model->power_mw / 1e3,
            arm->height_m);
    print_reference(sheet, "refStreetlightGroup", segment_label(plan, pole->segment));
    print_reference(sheet, "refStreetlightControlCabinet", cabinet_label(plan, pole->segment));
    print_reference(sheet, "circuit", feeder_label(plan, pole->segment, pole->feeder));
    fprintf(sheet->file, ",\"streetPoleNum\":\"%u\",\"phase\":\"L%u\",\"cableLength\":%.1f",
            pole->number, phase + 1, pole->cable_m);
    print_reference(sheet, "refRoad", road_label(plan, pole->road));
    fprintf(sheet->file, ",\"roadLine\":%u,\"chainage\":%.1f", plan->lines[arm->line].index,
            arm->chainage_m);
    close_feature(sheet);
}

// A segment's luminaires; its phases take turns along each cable. Returns the last number given.
static uint32_t print_lamps(dd_sheet *sheet, const dd_plan_segment *segment, uint32_t number) {
    uint32_t turn = 0;
    for (uint32_t i = 0; i < segment->pole_n; i++) {
        const dd_pole *pole = &sheet->plan->poles[segment->poles[i]];
        if (pole->number == 1) turn = 0;
        for (uint32_t k = 0; k < pole->arm_n; k++) {
            dd_label label = label_of(sheet->plan, pole->arms[k].id, "L-%04u", ++number);
            open_feature(sheet, &label, "Point");
            print_arm(sheet, pole, k, turn++ % 3);
        }
    }
    return number;
}

static void print_head(dd_sheet *sheet) {
    const dd_plan *plan = sheet->plan;
    fputs("{\"type\":\"FeatureCollection\",\"name\":", sheet->file);
    dd_quoted_print(sheet->file, plan->rules->name);
    fprintf(sheet->file,
            ",\n\"attribution\":\"%s\",\"licence\":\"%s\",\n\"origin\":", plan->attribution,
            plan->licence);
    dd_spot_print(sheet->file, plan->rules->centre);
    fprintf(sheet->file, ",\"utcOffset\":%g,\"bbox\":[%.6f,%.6f,%.6f,%.6f],\n\"features\":[\n",
            plan->rules->utc_offset_h, plan->least.lon / 1e6, plan->least.lat / 1e6,
            plan->most.lon / 1e6, plan->most.lat / 1e6);
}

static void print_model(dd_sheet *sheet, const dd_luminaire_model *model) {
    fprintf(sheet->file,
            "%s{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"type\":"
            "\"StreetlightModel\",",
            sheet->features++ ? ",\n" : "");
    dd_city_model_print(sheet->file, model);
    close_feature(sheet);
}

bool dd_plan_format(const dd_plan *plan, dd_text *text, dd_error *error) {
    *text = (dd_text){0};
    dd_sheet sheet = {.plan = plan, .file = open_memstream(&text->bytes, &text->size)};
    if (!sheet.file) return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
    print_head(&sheet);
    for (uint32_t i = DD_LUMINAIRE_KINDS; i < plan->model_n; i++)
        print_model(&sheet, &plan->models[i]);
    for (uint32_t i = 0; i < plan->rules->ward_n; i++)
        print_ward(&sheet, &plan->rules->wards[i]);
    for (uint32_t i = 0; i < plan->rules->road_n; i++)
        print_road(&sheet, i);
    for (uint32_t i = 0; i < plan->segment_n; i++)
        print_segment(&sheet, i);
    for (uint32_t i = 0; i < plan->segment_n; i++)
        print_cabinet(&sheet, i);
    for (uint32_t i = 0; i < plan->segment_n; i++)
        for (uint32_t k = 0; k < plan->segments[i].feeder_n; k++)
            print_feeder(&sheet, i, k);
    for (uint32_t i = 0, number = 0; i < plan->segment_n; i++)
        number = print_lamps(&sheet, &plan->segments[i], number);
    fputs("\n]}\n", sheet.file);
    return fclose(sheet.file) == 0 ||
           dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
}
