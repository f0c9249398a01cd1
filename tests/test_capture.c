// The capture writer, judged by Wireshark's own programs.
#define _GNU_SOURCE
#include "engine/output/capture.h"
#include "models/mesh/air/tap.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAMP, ROAD };
enum { FRAME_SENT };

static const char *const types[] = {"lamp", "road", NULL};
static const dd_record_kind kinds[] = {{"frame_sent",
                                        "A frame was sent.",
                                        DD_TRUTH,
                                        0,
                                        false,
                                        {{"start", DD_FIELD_TIME, NULL, NULL},
                                         {"road", DD_FIELD_ENTITY, NULL, NULL},
                                         {"packet", DD_FIELD_BYTES, NULL, NULL},
                                         {"remark", DD_FIELD_BYTES, NULL, NULL}}}};
static const dd_record_schema schema = {kinds, DD_COUNT(kinds), NULL, 0};

typedef struct fixture {
    dd_entities entities;
    dd_calendar calendar;
    dd_engine *engine;
    dd_capture *capture;
    uint32_t lamp, north, south;
    char folder[64], path[96];
} fixture;

static void set_up(fixture *it) {
    dd_error error = {0};
    *it = (fixture){.calendar = {0, 25200}, .folder = "/tmp/dd_capture_XXXXXX"};
    cr_assert(dd_unix_parse("2020-08-03 17:00", 25200, &it->calendar.start_unix_s));
    cr_assert(dd_entities_init(&it->entities, types, 4, &error));
    it->lamp = dd_entities_add(&it->entities, LAMP, "L-0001");
    it->north = dd_entities_add(&it->entities, ROAD, "S-001");
    it->south = dd_entities_add(&it->entities, ROAD, "Đồng Khởi");
    dd_engine_def def = {.schema = &schema,
                         .calendar = &it->calendar,
                         .entities = &it->entities,
                         .segment_n = 1,
                         .hub_reserve = 1 << 20,
                         .segment_reserve = 1 << 20};
    cr_assert(it->engine = dd_engine_open(&def, &error), "%s", error.text);
    cr_assert(mkdtemp(it->folder));
    snprintf(it->path, sizeof it->path, "%s/air.pcapng", it->folder);
    dd_capture_def capture = {.path = it->path,
                              .kind = FRAME_SENT,
                              .link_type = DD_TAP_LINK_TYPE,
                              .latest = DD_TAP_LATEST,
                              .program = "domdom test"};
    cr_assert(it->capture = dd_capture_open(&capture, it->engine, &error), "%s", error.text);
}

static void tear_down(fixture *it) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", it->folder);
    cr_assert(system(command) == 0);
    dd_engine_close(it->engine);
    dd_entities_fini(&it->entities);
}

static void close_whole(fixture *it) {
    dd_error error = {0};
    cr_assert(dd_capture_close(it->capture, &error), "%s", error.text);
}

// A data frame from 2 to 1 in PAN 0xCAFE, with its FCS.
static const uint8_t psdu[] = {0x61, 0x88, 7, 0xFE, 0xCA, 1, 0, 2, 0, 0x11, 0x22, 0x33, 0x42, 0x2F};

static void frame(fixture *it, uint32_t road, dd_time start, dd_time lasts, const dd_tap *tap,
                  const char *remark) {
    uint8_t octets[DD_TAP_MAX];
    size_t n = dd_tap_write(octets, tap);
    dd_domain *outside = &it->engine->domains[DD_OUTSIDE_DOMAIN];
    dd_engine_advance(it->engine, start + lasts);
    int64_t packet = dd_record_bytes(outside, FRAME_SENT, octets, n);
    int64_t comment = dd_record_bytes(outside, FRAME_SENT, remark, strlen(remark));
    dd_engine_note(it->engine, FRAME_SENT, it->lamp, 0, start, road, packet, comment);
}

static const dd_tap good = {.phy = {.channel = 15, .bit_rate = 250000},
                            .measured = true,
                            .level_cdbm = -8325,
                            .quality = 101,
                            .psdu = psdu,
                            .n = sizeof psdu};

// What a program prints on the file.
static const char *ask(const fixture *it, const char *program) {
    static char answer[65536];
    char command[1024];
    snprintf(command, sizeof command, program, it->path);
    FILE *pipe = popen(command, "r");
    answer[fread(answer, 1, sizeof answer - 1, pipe)] = 0;
    cr_assert_eq(pclose(pipe), 0, "%s", command);
    return answer;
}

#define TSHARK(fields) "tshark -r %s -T fields -E separator='|' " fields " 2>/dev/null"

Test(capture, tshark_reads_what_was_written) {
    fixture it;
    set_up(&it);
    frame(&it, it.north, 5 * DD_MINUTE + 1, DD_MILLISECOND, &good, "");
    dd_tap sun = good;
    sun.phy = (dd_tap_phy){
        .channel = 7, .page = 9, .bit_rate = 150000, .sun = true, .sun_band = 9, .sun_mode = 2};
    sun.measured = false;
    frame(&it, it.south, 300 * DD_SECOND + 1999999999, DD_MILLISECOND, &sun,
          "L-0002 lost it: a collision with L-0003");
    dd_stream_flush(&it.engine->stream);
    close_whole(&it);
    cr_expect_str_eq(ask(&it, TSHARK("-e frame.number -e frame.time_epoch -e frame.interface_name"
                                     " -e frame.comment -e wpan-tap.rss -e wpan-tap.lqi"
                                     " -e wpan-tap.ch_num -e wpan-tap.ch_page"
                                     " -e wpan-tap.bit_rate -e wpan.fcs_ok")),
                     "1|1596449100.000000001|S-001||-83.25|101|15|0|250000|1\n"
                     "2|1596449101.999999999|Đồng Khởi|L-0002 lost it: a collision with L-0003"
                     "|||7|9|150000|1\n");
    cr_expect_str_eq(ask(&it, TSHARK("-Y wpan-tap.sun_type -e wpan-tap.sun_band"
                                     " -e wpan-tap.sun_type -e wpan-tap.mode.fsk_b"
                                     " -e wpan.src16 -e wpan.dst16 -e wpan.dst_pan")),
                     "9|1|2|0x0002|0x0001|0xcafe\n");
    cr_expect_str_eq(
        ask(&it, TSHARK("-Y '_ws.malformed || _ws.expert.severity >= 0x200000' -e frame.number")),
        "");
    const char *info = ask(&it, "capinfos %s 2>/dev/null");
    cr_expect(strstr(info, "nanoseconds (9)") && strstr(info, "Strict time order:   True") &&
                  strstr(info, "Number of interfaces in file: 2") &&
                  strstr(info, "Capture application: domdom test"),
              "%s", info);
    tear_down(&it);
}

// A long frame's record comes after that of a short one that began later; interfaces are named
// before their packets all the same.
Test(capture, packets_stand_in_the_order_of_their_starts) {
    fixture it;
    set_up(&it);
    enum { N = 20000 }; // more than the buffer holds
    for (int i = 0; i < N; i++) {
        dd_time start = i * 10 * DD_MILLISECOND;
        frame(&it, it.south, start + DD_MILLISECOND, DD_MILLISECOND, &good, "");
        frame(&it, it.north, start, 4 * DD_MILLISECOND, &good, "");
        if (i % 100 == 0) dd_stream_flush(&it.engine->stream);
        if (i % 1000 == 0) dd_capture_write(it.capture);
    }
    dd_stream_flush(&it.engine->stream);
    close_whole(&it);
    const char *info = ask(&it, "capinfos -M %s 2>/dev/null");
    cr_expect(strstr(info, "Strict time order:   True") &&
                  strstr(info, "Number of packets:   40000"),
              "%s", info);
    tear_down(&it);
}

Test(capture, a_capture_without_packets_is_one) {
    fixture it;
    set_up(&it);
    close_whole(&it);
    cr_expect_str_eq(ask(&it, TSHARK("-e frame.number")), "");
    tear_down(&it);
}

Test(capture, a_killed_run_leaves_whole_packets) {
    fixture it;
    set_up(&it);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 30000; i++) {
            frame(&it, it.north, i * DD_SECOND, DD_MILLISECOND, &good, "a comment on it");
            if (i % 100 == 0) dd_stream_flush(&it.engine->stream);
        }
        raise(SIGKILL);
    }
    int status;
    cr_assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    char text[512];
    snprintf(text, sizeof text, "%s", ask(&it, TSHARK("-e frame.number") " | tail -n 1"));
    cr_expect(atoi(text) > 20000, "%s", text);
    dd_capture_close(it.capture, NULL);
    tear_down(&it);
}

Test(capture, a_full_disk_ends_the_writing_not_the_run) {
    fixture it;
    dd_error error = {0};
    set_up(&it);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {1500000, 1500000};
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (int i = 0; i < 30000; i++) {
        frame(&it, it.north, i * DD_SECOND, DD_MILLISECOND, &good, "a comment on it");
        if (i % 100 == 0) dd_stream_flush(&it.engine->stream);
    }
    cr_assert(dd_capture_error(it.capture, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, it.path), "%s", error.text);
    cr_expect_not(dd_capture_error(it.capture, &error), "told twice");
    cr_expect_not(dd_capture_close(it.capture, &error));
    cr_expect(atoi(ask(&it, TSHARK("-e frame.number") " | tail -n 1")) > 5000);
    tear_down(&it);
}

Test(capture, refuses_a_file_that_exists) {
    fixture it;
    dd_error error = {0};
    set_up(&it);
    dd_capture_def def = {.path = it.path, .kind = FRAME_SENT, .program = ""};
    cr_expect_null(dd_capture_open(&def, it.engine, &error));
    cr_expect(error.status == DD_WRONG && strstr(error.text, "exists"), "%s", error.text);
    def.path = "/proc/air.pcapng";
    cr_expect_null(dd_capture_open(&def, it.engine, &error));
    cr_expect_eq(error.status, DD_OUTSIDE, "%s", error.text);
    close_whole(&it);
    tear_down(&it);
}

Test(tap, quality_spans_forty_decibels) {
    cr_expect_eq(dd_tap_quality(-300), 0);
    cr_expect_eq(dd_tap_quality(0), 0);
    cr_expect_eq(dd_tap_quality(2000), 127);
    cr_expect_eq(dd_tap_quality(4000), 255);
    cr_expect_eq(dd_tap_quality(9999), 255);
}
