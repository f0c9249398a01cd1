#define _DEFAULT_SOURCE
#include "engine/output/summary.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const digest_names[] = {"lights", "alarms"};
static const dd_record_schema schema = {NULL, 0, digest_names, 2};
static const dd_digest digests[] = {{{1, 2}}, {{3, UINT64_MAX}}};
static const dd_criterion criteria[] = {
    {.name = "lit by dusk", .comparison = ">=", .limit = 99.5, .measured = 0.1, .unit = "%"},
    {.name = "no one", .comparison = "<=", .limit = 15, .measured = NAN, .unit = "min"},
    {.name = "dimmed",
     .limit_text = "23:00",
     .measured_text = "23:00:04",
     .unit = "",
     .pass = true},
};

static dd_summary example(void) {
    return (dd_summary){.scenario = "first_night",
                        .verdict = "fail",
                        .seed = 7,
                        .digest = {{10, 11}},
                        .digests = digests,
                        .schema = &schema,
                        .simulated_s = 48600,
                        .wall_s = 8.1,
                        .events = 12345678901,
                        .peak_rss_kib = 90000,
                        .criteria = criteria,
                        .criterion_n = DD_COUNT(criteria)};
}

static char *printed(const dd_summary *summary) {
    char *text = NULL;
    size_t size;
    dd_error error = {0};
    FILE *stream = open_memstream(&text, &size);
    cr_assert(dd_summary_print(summary, stream, &error), "%s", error.text);
    fclose(stream);
    return text;
}

Test(summary, reads_as_promised) {
    dd_summary summary = example();
    json_t *sections = json_pack("{s{sisi}sfs{si}}", "city", "lamps", 6800, "roads", 83,
                                 "energy_kwh", 3210.5, "alarms", "raised", 4);
    summary.sections = sections;
    char *text = printed(&summary);
    static const char expected[] = "{\n"
                                   "  \"scenario\": \"first_night\",\n"
                                   "  \"verdict\": \"fail\",\n"
                                   "  \"digest\": \"000000000000000a000000000000000b\",\n"
                                   "  \"digests\": {\n"
                                   "    \"lights\": \"00000000000000010000000000000002\",\n"
                                   "    \"alarms\": \"0000000000000003ffffffffffffffff\"\n"
                                   "  },\n"
                                   "  \"seed\": 7,\n"
                                   "  \"simulated_s\": 48600.0,\n"
                                   "  \"wall_s\": 8.1,\n"
                                   "  \"speed\": 6000.0,\n"
                                   "  \"events\": 12345678901,\n"
                                   "  \"peak_rss_kib\": 90000,\n"
                                   "  \"criteria\": [\n"
                                   "    {\n"
                                   "      \"name\": \"lit by dusk\",\n"
                                   "      \"comparison\": \">=\",\n"
                                   "      \"limit\": 99.5,\n"
                                   "      \"measured\": 0.1,\n"
                                   "      \"unit\": \"%\",\n"
                                   "      \"pass\": false\n"
                                   "    },\n"
                                   "    {\n"
                                   "      \"name\": \"no one\",\n"
                                   "      \"comparison\": \"<=\",\n"
                                   "      \"limit\": 15.0,\n"
                                   "      \"measured\": null,\n"
                                   "      \"unit\": \"min\",\n"
                                   "      \"pass\": false\n"
                                   "    },\n"
                                   "    {\n"
                                   "      \"name\": \"dimmed\",\n"
                                   "      \"limit\": \"23:00\",\n"
                                   "      \"measured\": \"23:00:04\",\n"
                                   "      \"unit\": \"\",\n"
                                   "      \"pass\": true\n"
                                   "    }\n"
                                   "  ],\n"
                                   "  \"city\": {\n"
                                   "    \"lamps\": 6800,\n"
                                   "    \"roads\": 83\n"
                                   "  },\n"
                                   "  \"energy_kwh\": 3210.5,\n"
                                   "  \"alarms\": {\n"
                                   "    \"raised\": 4\n"
                                   "  }\n"
                                   "}\n";
    cr_expect_str_eq(text, expected);
    free(text);
    json_decref(sections);
}

Test(summary, the_file_is_what_is_printed) {
    char base[] = "/tmp/dd_summary_XXXXXX";
    dd_summary summary = example();
    dd_folder folder;
    dd_error error = {0};
    summary.error = "tests/x.lua:3: stopped";
    cr_assert(mkdtemp(base) && dd_folder_open(&folder, base, false, &error));
    cr_assert(dd_summary_write(&summary, &folder, &error), "%s", error.text);
    char *path = dd_folder_file(&folder, "summary.json");
    char *text = printed(&summary);
    json_t *printed_json = json_loads(text, 0, NULL), *written = json_load_file(path, 0, NULL);
    cr_expect(json_equal(printed_json, written));
    cr_expect_str_eq(json_string_value(json_object_get(written, "error")), summary.error);
    json_decref(written);
    json_decref(printed_json);
    free(text);
    cr_expect(remove(path) == 0 && remove(base) == 0);
    free(path);
    dd_folder_fini(&folder);
}

Test(summary, survives_broken_text_and_a_full_disk) {
    dd_summary summary = example();
    dd_error error = {0};
    summary.scenario = "\xff\xfe";
    char *text = printed(&summary);
    cr_expect(strstr(text, "not UTF-8"));
    free(text);
    FILE *full = fopen("/dev/full", "w");
    cr_expect_not(dd_summary_print(&summary, full, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    fclose(full);
}

Test(summary, figures_for_people) {
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "< 0 s"},        {15, "< 15 s"},         {0.1, "< 0.1 s"},
                 {6800, "< 6800 s"},  {1.23456, "< 1.235 s"}, {1234567.5, "< 1234567.5 s"},
                 {2e-5, "< 2e-05 s"}, {-0.25, "< -0.25 s"},   {1e300, "< 1e+300 s"}};
    char text[DD_FIGURE_SIZE];
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        dd_criterion criterion = {.comparison = "<", .limit = cases[i].value, .unit = "s"};
        dd_criterion_limit(&criterion, text);
        cr_expect_str_eq(text, cases[i].text);
    }
    dd_criterion_measured(&criteria[0], text);
    cr_expect_str_eq(text, "0.1 %");
    dd_criterion_measured(&criteria[1], text);
    cr_expect_str_eq(text, "nothing");
    dd_criterion_limit(&criteria[2], text);
    cr_expect_str_eq(text, "23:00");
}

Test(summary, knows_its_memory) {
    uint64_t before = dd_peak_rss_kib();
    cr_assert_gt(before, 0);
    char *large = malloc(64 << 20);
    memset(large, 1, 64 << 20);
    cr_expect_geq(dd_peak_rss_kib() + 4096, before + (64 << 10));
    free(large);
}
