// What `domdom mesh` tells of a run, on run files made by hand.
#define _GNU_SOURCE
#include "toy_city.h"

#include "engine/output/run_file.h"
#include "engine/output/text_table.h"
#include "lua/mesh_figures.h"
#include "lua/mesh_report.h"
#include "models/mesh/air/mesh_record.h"

#include <math.h>
#include <sqlite3.h>
#include <unistd.h>

typedef struct fixture {
    toy *city;
    dd_run_file *file;
    char folder[64], path[96];
} fixture;

static fixture set_up(void) {
    fixture it = {.folder = "/tmp/dd_history_XXXXXX"};
    toy_def def = toy_default();
    def.segment_n = 2;
    def.lamp_n = 5;
    dd_error error = {DD_OK, ""};
    it.city = toy_open(&def);
    cr_assert(mkdtemp(it.folder) != NULL);
    snprintf(it.path, sizeof it.path, "%s/run.sqlite", it.folder);
    it.file = dd_run_file_open(it.path, it.city->world->engine, &error);
    cr_assert(it.file != NULL, "%s", error.text);
    dd_run_file_meta(it.file, "scenario", "By hand");
    return it;
}

static void close_run(fixture *it, dd_time end) {
    dd_error error = {DD_OK, ""};
    dd_engine_advance(it->city->world->engine, end);
    dd_stream_flush(&it->city->world->engine->stream);
    cr_assert(dd_run_file_close(it->file, false, &error), "%s", error.text);
}

static void tear_down(fixture *it) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", it->folder);
    cr_assert(system(command) == 0);
    toy_close(it->city);
}

// The domain of a segment, at a moment.
static dd_domain *at(fixture *it, uint32_t segment, dd_time t) {
    dd_domain *domain = &it->city->world->engine->domains[DD_FIRST_SEGMENT_DOMAIN + segment - 1];
    domain->now = t;
    return domain;
}

static uint32_t node(const fixture *it, uint32_t segment, uint16_t number) {
    return dd_mesh_node_entity(it->city->world, segment, number);
}

// Segment 1: 1 and 2 under the controller, 3 under 1, 4 under 3; 5 never gets in. Segment 2: 1
// under the controller.
static void tell_start(fixture *it) {
    dd_mesh_tell_parent(at(it, 1, 0), node(it, 1, 1), node(it, 1, 0), 128, 384, 1);
    dd_mesh_tell_parent(at(it, 1, 0), node(it, 1, 2), node(it, 1, 0), 160, 416, 1);
    dd_mesh_tell_parent(at(it, 1, 0), node(it, 1, 3), node(it, 1, 1), 128, 640, 2);
    dd_mesh_tell_parent(at(it, 1, 0), node(it, 1, 4), node(it, 1, 3), 192, 1024, 3);
    dd_mesh_tell_parent(at(it, 2, 0), node(it, 2, 1), node(it, 2, 0), 128, 384, 1);
    dd_mesh_tell_join(at(it, 1, 0), node(it, 1, 4), true, 7 * DD_SECOND);
}

// At 30 s 3 changes over to 2, at 40 s 4 has no parent any more.
static void tell_minute(fixture *it) {
    for (int i = 1; i <= 20; i++)
        dd_mesh_tell_message(at(it, 1, i * DD_SECOND), node(it, 1, 4), i % 2, DD_MESH_DELIVERED, 3,
                             i * DD_MILLISECOND, NULL);
    dd_mesh_tell_parent(at(it, 1, 30 * DD_SECOND), node(it, 1, 3), node(it, 1, 2), 128, 672, 2);
    dd_mesh_loss loss = {node(it, 1, 3), node(it, 1, 2), DD_LOSS_COLLISION, node(it, 2, 1)};
    dd_mesh_tell_message(at(it, 1, 35 * DD_SECOND), node(it, 1, 3), true, DD_MESH_NO_ACK, 0,
                         80 * DD_MILLISECOND, &loss);
    dd_mesh_tell_parent(at(it, 1, 40 * DD_SECOND), node(it, 1, 4), 0, 0, 0xFFFF, 0);
    dd_mesh_tell_join(at(it, 1, 40 * DD_SECOND), node(it, 1, 4), false, 0);
    dd_mesh_loss alone = {.sender = node(it, 1, 0)};
    dd_mesh_tell_message(at(it, 1, 45 * DD_SECOND), node(it, 1, 4), false, DD_MESH_NO_ROUTE, 0, 0,
                         &alone);
    dd_mesh_tell_message(at(it, 2, 45 * DD_SECOND), node(it, 2, 1), true, DD_MESH_DELIVERED, 1,
                         2 * DD_MILLISECOND, NULL);
    dd_mesh_tell_join(at(it, 1, 50 * DD_SECOND), node(it, 1, 4), true, 9 * DD_SECOND);
}

// On the air: 36 s in the first hour, 72 s in the second.
static void tell_hours(fixture *it) {
    for (int hour = 1; hour <= 2; hour++) {
        dd_mesh_airtime air = {.frames = 100 * (uint64_t)hour,
                               .air = (hour == 1 ? 36 : 108) * DD_SECOND,
                               .retries = 3 * (uint64_t)hour,
                               .channel_busy = 5};
        dd_domain *domain = at(it, 1, hour * DD_HOUR);
        dd_mesh_tell_air(domain, node(it, 1, 1), &air);
        dd_mesh_tell_link(domain, node(it, 1, 4), node(it, 1, 3), 100 * (uint64_t)hour,
                          90 * (uint64_t)hour, -9050);
        dd_mesh_tell_link(domain, node(it, 1, 1), node(it, 1, 0), 100 * (uint64_t)hour,
                          99 * (uint64_t)hour, -7000);
        dd_mesh_tell_refused(domain, node(it, 1, 1), DD_REFUSED_CHECKSUM, node(it, 1, 3));
    }
    dd_mesh_tell_link(at(it, 2, 2 * DD_HOUR), node(it, 2, 1), node(it, 2, 0), 5, 0, -9900);
    dd_mesh_tell_repair(at(it, 1, 2 * DD_HOUR), node(it, 1, 3), DD_REPAIR_LOOP, 240);
    dd_mesh_tell_repair(at(it, 1, 2 * DD_HOUR), node(it, 1, 0), DD_REPAIR_GLOBAL, 241);
}

static fixture make_run(void) {
    fixture it = set_up();
    tell_start(&it);
    tell_minute(&it);
    tell_hours(&it);
    close_run(&it, 2 * DD_HOUR);
    return it;
}

static dd_history read_run(const fixture *it, const char *segment, const char *moment) {
    dd_history history;
    dd_error error = {DD_OK, ""};
    cr_assert(dd_history_read(&history, it->folder, segment, moment, &error), "%s", error.text);
    return history;
}

Test(mesh_history, routes_are_those_of_the_moment) {
    fixture it = make_run();
    dd_history now = read_run(&it, "S-1-0", NULL), then = read_run(&it, "S-1-0", "10s");
    const dd_history_node *a = now.nodes, *b = then.nodes;
    uint32_t three = node(&it, 1, 3), four = node(&it, 1, 4), five = node(&it, 1, 5);
    cr_expect(eq(u32, a[three].parent, node(&it, 1, 2)));
    cr_expect(eq(u32, b[three].parent, node(&it, 1, 1)));
    cr_expect(eq(u32, a[three].hops, 2));
    cr_expect(eq(u32, a[three].rank, 672));
    cr_expect(eq(u32, a[four].hops, 0));
    cr_expect(eq(u32, b[four].hops, 3));
    cr_expect(ieee_ulp_eq(dbl, b[four].etx, 1.5, 4));
    cr_expect(eq(u32, a[five].hops, 0));
    cr_expect(eq(u32, a[three].changes, 1));
    cr_expect(eq(u32, a[four].changes, 0));
    cr_expect(eq(sz, now.segment_n, 1));
    cr_expect(eq(sz, now.message_n, 22));
    dd_history_fini(&now);
    dd_history_fini(&then);
    tear_down(&it);
}

Test(mesh_history, messages_count_by_the_hops_of_their_moment) {
    fixture it = make_run();
    dd_history history = read_run(&it, NULL, NULL);
    dd_mesh_delivery hops[DD_HISTORY_HOPS], segments[2], total = dd_mesh_total(&history);
    dd_mesh_by_hops(&history, hops);
    dd_mesh_by_segment(&history, segments);
    cr_expect(eq(u64, hops[3].messages, 20));
    cr_expect(eq(u64, hops[3].delivered, 20));
    cr_expect(ieee_ulp_eq(dbl, hops[3].median_ms, 10, 4));
    cr_expect(ieee_ulp_eq(dbl, hops[3].p95_ms, 19, 4));
    cr_expect(eq(u64, hops[2].messages, 1));
    cr_expect(eq(u64, hops[2].delivered, 0));
    cr_expect(isnan(hops[2].median_ms));
    cr_expect(eq(u64, hops[0].messages, 1));
    cr_expect(eq(u64, hops[1].messages, 1));
    cr_expect(eq(u64, segments[0].messages, 22));
    cr_expect(eq(u64, segments[1].messages, 1));
    cr_expect(eq(u64, total.messages, 23));
    cr_expect(eq(u64, total.delivered, 21));
    dd_history_fini(&history);
    tear_down(&it);
}

Test(mesh_history, counters_are_of_the_whole_run) {
    fixture it = make_run();
    dd_history history = read_run(&it, NULL, NULL);
    const dd_history_node *one = &history.nodes[node(&it, 1, 1)];
    cr_expect(eq(u64, one->frames, 200));
    cr_expect(eq(u64, one->retries, 6));
    cr_expect(eq(u64, one->busy, 5));
    cr_expect(epsilon_eq(dbl, one->duty, 0.015, 1e-9), "108 s of 7200");
    cr_expect(epsilon_eq(dbl, one->duty_most, 0.02, 1e-9), "72 s of 3600");
    const dd_history_link *links[4];
    cr_assert(eq(sz, dd_mesh_worst_links(&history, links, 4), 2), "five attempts say too little");
    cr_expect(eq(u32, links[0]->sender, node(&it, 1, 4)));
    cr_expect(eq(u64, links[0]->attempts, 200));
    cr_expect(ieee_ulp_eq(dbl, links[0]->level_dbm, -90.5, 4));
    uint32_t busiest[2];
    cr_expect(eq(sz, dd_mesh_busiest(&history, busiest, 2), 1));
    cr_expect(eq(u32, busiest[0], node(&it, 1, 1)));
    dd_mesh_join_figures joins = dd_mesh_joins(&history);
    cr_expect(eq(u32, joins.joins, 2));
    cr_expect(eq(u32, joins.again, 1));
    cr_expect(eq(u32, joins.leaves, 1));
    cr_expect(ieee_ulp_eq(dbl, joins.median_s, 7, 4));
    cr_expect(ieee_ulp_eq(dbl, joins.most_s, 9, 4));
    dd_mesh_losses losses = dd_mesh_count_losses(&history);
    cr_expect(eq(u64, losses.n[DD_MESH_NO_ACK][DD_LOSS_COLLISION], 1));
    cr_expect(eq(u64, losses.n[DD_MESH_NO_ROUTE][DD_LOSS_NONE], 1));
    cr_expect(eq(u64, history.refused[DD_REFUSED_CHECKSUM], 2));
    cr_expect(eq(u64, history.repairs[DD_REPAIR_GLOBAL], 1));
    dd_history_fini(&history);
    tear_down(&it);
}

static char *print(const dd_history *history, bool lost) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    dd_mesh_report_print(history, &(dd_mesh_report_def){.lost = lost, .worst = 5}, out);
    fclose(out);
    return text;
}

static void expect_lines(const char *text, const char *const *lines) {
    for (; *lines; lines++)
        cr_expect(strstr(text, *lines) != NULL, "no line\n%s\nin\n%s", *lines, text);
}

Test(mesh_history, a_segments_report_has_its_tree_and_its_losses) {
    fixture it = make_run();
    dd_history history = read_run(&it, "S-1-0", "10s");
    char *text = print(&history, true);
    static const char *const lines[] = {
        "By hand, 2020-08-03 17:00:00 to 2020-08-03 19:00:00; routes as of 2020-08-03 17:00:10\n",
        "joined: 2, of them 1 again; left: 1; from start to place: median 7.0 s",
        "route         ETX  rank  hops  below\n"
        "S-1-0                              4\n"
        "  L-1-1      1.00   384     1      2\n"
        "    L-1-3    1.00   640     2      1\n"
        "      L-1-4  1.50  1024     3      0\n"
        "  L-1-2      1.25   416     1      0\n",
        "without a way to the controller: L-1-5\n",
        "2020-08-03 17:00:50.000  L-1-4  joined again            9.0 s\n",
        "     3      1        20   100.00 %  10.0 ms  19.0 ms\n",
        "no way      1         1     0.00 %        -        -\n",
        "       1  no_ack    a collision\n",
        "2020-08-03 17:00:35.000  L-1-3  up    no_ack    L-1-3  L-1-2  a collision with L-2-1\n",
        "2020-08-03 17:00:45.000  L-1-4  down  no_route  S-1-0  -      no way to it is known "
        "there\n",
        "L-1-4  L-1-3       200           180  90.0 %  -90.5 dBm\n",
        NULL,
    };
    expect_lines(text, lines);
    free(text);
    dd_history_fini(&history);
    tear_down(&it);
}

Test(mesh_history, the_citys_report_has_a_row_a_segment) {
    fixture it = make_run();
    dd_history history = read_run(&it, NULL, NULL);
    char *text = print(&history, false);
    static const char *const lines[] = {
        "S-1-0        5          3   1.3     2        22    90.91 %   10 ms  19 ms        1      2"
        "  2.00 %\n",
        "S-2-0        5          1   1.0     1         1   100.00 %    2 ms   2 ms        0      0"
        "  0.00 %\n",
        "loops: 1, global repairs: 1\n",
        NULL,
    };
    expect_lines(text, lines);
    cr_expect(strstr(text, "lost messages") == NULL && strstr(text, "routes\n") == NULL);
    json_t *document = dd_mesh_report_json(&history, &(dd_mesh_report_def){true, 5});
    json_error_t why;
    json_t *wanted = json_pack_ex(&why, 0, "[{s:s, s:s, s:i}, {s:s, s:s, s:i}]", "outcome",
                                  "no_route", "reason", "none", "messages", 1, "outcome", "no_ack",
                                  "reason", "collision", "messages", 1);
    cr_expect(json_equal(json_object_get(document, "losses"), wanted));
    cr_expect(eq(sz, json_array_size(json_object_get(document, "lost")), 2));
    cr_expect(eq(sz, json_array_size(json_object_get(document, "segments")), 2));
    json_decref(wanted);
    json_decref(document);
    free(text);
    dd_history_fini(&history);
    tear_down(&it);
}

static void expect_refused(const char *folder, const char *segment, const char *moment,
                           const char *message) {
    dd_history history;
    dd_error error = {DD_OK, ""};
    cr_assert_not(dd_history_read(&history, folder, segment, moment, &error));
    cr_expect(eq(int, error.status, DD_WRONG));
    cr_expect(strstr(error.text, message) != NULL, "%s", error.text);
}

Test(mesh_history, what_cannot_be_read_is_said) {
    fixture it = make_run();
    sqlite3 *db;
    expect_refused("/tmp", NULL, NULL, "/tmp: holds no run.sqlite; name the folder of a run");
    expect_refused(it.folder, "S-1-9", NULL, "no segment 'S-1-9', did you mean 'S-1-0'");
    expect_refused(it.folder, NULL, "3h", "--at '3h' lies after the run's end");
    expect_refused(it.folder, NULL, "3x", "--at '3x' is neither a duration");
    cr_assert(sqlite3_open(it.path, &db) == SQLITE_OK);
    sqlite3_exec(db, "UPDATE meta SET value = '1' WHERE key = 'schema'", NULL, NULL, NULL);
    sqlite3_close(db);
    expect_refused(it.folder, NULL, NULL, "left by another version of domdom (schema 1;");
    FILE *file = fopen(it.path, "w");
    fputs("this is no database, but a text of some length that SQLite must look at; and more of it "
          "until it is longer than a header",
          file);
    fclose(file);
    expect_refused(it.folder, NULL, NULL, "is no run file");
    tear_down(&it);
}

Test(mesh_history, a_run_without_a_mesh_says_so) {
    fixture it = set_up();
    close_run(&it, DD_HOUR);
    expect_refused(it.folder, NULL, NULL, "tells nothing of a mesh");
    tear_down(&it);
}

Test(text_table, columns_are_as_wide_as_they_must_be) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    dd_text_table table = {.heads = {"road", "m", "say"}, .align = "lrl"};
    dd_text_table_print(&table, out); // nothing
    dd_text_table_add(&table, "%s\t%d\t%s", "Đồng Khởi", 7, "x");
    dd_text_table_add(&table, "%s\t%d\t%s", "A", 1234, "");
    dd_text_table_print(&table, out);
    dd_text_table_print(&table, out); // nothing again
    fclose(out);
    cr_expect(eq(str, text,
                 "road          m  say\n"
                 "Đồng Khởi     7  x\n"
                 "A          1234\n"));
    free(text);
}
