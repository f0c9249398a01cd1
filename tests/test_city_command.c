#define _GNU_SOURCE // mkdtemp
#include "models/city/city_command.h"
#include "models/city/text.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/city-command-XXXXXX", path[64];
static dd_error error;

static void enter(void) {
    const char *root = getenv("DOMDOM_SOURCE");
    if (root) cr_assert_eq(chdir(root), 0);
    setenv("DOMDOM_DATA", ".", 1);
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/city.geojson", folder);
    cr_redirect_stdout();
    cr_redirect_stderr();
}

static void leave(void) {
    remove(path);
    rmdir(folder);
}

TestSuite(city_command, .init = enter, .fini = leave);

static int city(char *a, char *b, char *c, char *d) {
    char *arguments[] = {"city", a, b, c, d, NULL};
    int n = 0;
    while (arguments[n])
        n++;
    return dd_city_command(n, arguments);
}

static void says(FILE *stream, const char *text) {
    char all[20000] = {0};
    fflush(stdout);
    fflush(stderr);
    cr_assert_gt(fread(all, 1, sizeof all - 1, stream), 0);
    cr_expect(strstr(all, text), "\"%s\" is not in: %s", text, all);
}

Test(city_command, check_passes_on_ben_tre) {
    cr_expect_eq(city("check", NULL, NULL, NULL), DD_OK);
    says(cr_get_redirected_stdout(), "70 main + 13 internal");
}

Test(city_command, info_is_json_on_request) {
    json_error_t syntax;
    cr_expect_eq(city("info", "--json", NULL, NULL), DD_OK);
    fflush(stdout);
    json_t *info = json_loadf(cr_get_redirected_stdout(), 0, &syntax);
    cr_assert(info, "%s", syntax.text);
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(info, "luminaires"), "count")),
                 6800);
    json_decref(info);
}

Test(city_command, check_fails_with_status_1) {
    dd_text text;
    cr_assert(dd_text_read("scenarios/bentre/city.geojson", &text, &error));
    char *breaker = strstr(text.bytes, "\"ratedCurrent\":25");
    cr_assert(breaker);
    memcpy(breaker, "\"ratedCurrent\": 1", 17);
    cr_assert(dd_text_write(path, &text, &error));
    dd_text_fini(&text);
    cr_expect_eq(city("check", path, NULL, NULL), DD_FAILED);
    says(cr_get_redirected_stdout(), "FAIL  feeder loads");
}

Test(city_command, build_writes_where_it_is_told) {
    cr_expect_eq(city("build", "--out", path, NULL), DD_OK);
    cr_expect_eq(city("check", path, "--json", NULL), DD_OK);
    says(cr_get_redirected_stdout(), "\"verdict\": \"pass\"");
}

Test(city_command, build_cannot_write_into_nothing) {
    cr_expect_eq(city("build", "--out", "/nowhere/city.geojson", NULL), DD_OUTSIDE);
    says(cr_get_redirected_stderr(), "/nowhere/city.geojson");
}

Test(city_command, an_absent_file_is_status_2) {
    cr_expect_eq(city("check", "/nowhere.geojson", NULL, NULL), DD_WRONG);
    says(cr_get_redirected_stderr(), "/nowhere.geojson: No such file");
}

Test(city_command, suggests_the_nearest_word) {
    cr_expect_eq(city("chek", NULL, NULL, NULL), DD_WRONG);
    says(cr_get_redirected_stderr(), "did you mean check");
}

Test(city_command, suggests_the_nearest_option) {
    cr_expect_eq(city("build", "--rule", path, NULL), DD_WRONG);
    says(cr_get_redirected_stderr(), "did you mean '--rules'");
}

Test(city_command, options_want_their_file) {
    cr_expect_eq(city("build", "--map", NULL, NULL), DD_WRONG);
    says(cr_get_redirected_stderr(), "--map lacks its FILE");
}

Test(city_command, derive_wants_a_folder) {
    cr_expect_eq(city("derive", NULL, NULL, NULL), DD_WRONG);
    says(cr_get_redirected_stderr(), "domdom city derive FOLDER");
}
