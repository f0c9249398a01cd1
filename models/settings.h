// The figures a run works with, each with its unit, range and source; changeable from a scenario
// (`set{ ["mesh.fade_db"] = 4 }`) and from the command line (`--set mesh.fade_db=4`).
#pragma once

#include "engine/time.h"

// X(field, "name", default, least, most, "unit", "what it is; source")
#define DD_SETTINGS(X)                                                                             \
    DD_SETTINGS_SKY(X)                                                                             \
    DD_SETTINGS_LIGHT(X)                                                                           \
    DD_SETTINGS_POWER(X)                                                                           \
    DD_SETTINGS_MESH(X)                                                                            \
    DD_SETTINGS_CENTRE(X)                                                                          \
    DD_SETTINGS_ACCOUNT(X)

#define DD_SETTINGS_ACCOUNT(X)                                                                     \
    X(account_tariff_vnd, "account.tariff_vnd", 1827, 0, 100000, "VND/kWh",                        \
      "price of energy, VAT excluded; facts A2, below 6 kV, 2019; unverified")

#define DD_SETTINGS_POWER(X)                                                                       \
    X(grid_outages, "grid.outages", 1, 0, 1000, "x",                                               \
      "interruptions of the supply when nature.on = 1: 0 none, 1 as in facts A2, 2 twice as "      \
      "often")

#define DD_SETTINGS_SKY(X)                                                                         \
    X(sky_lat, "sky.lat", 10.2415, -90, 90, "deg", "latitude the sun is computed for; facts 0")    \
    X(sky_lon, "sky.lon", 106.3759, -180, 180, "deg",                                              \
      "longitude the sun is computed for; facts 0")                                                \
    X(nature, "nature.on", 0, 0, 1, "",                                                            \
      "1: the place's own weather, water and failures, drawn by the seed; 0: a calm, dry time")

#define DD_SETTINGS_LIGHT(X)                                                                       \
    X(node_own_w, "node.own_w", 1.5, 0, 20, "W",                                                   \
      "own use of a node; estimate, < 2 W is asked for")                                           \
    X(node_boot_s, "node.boot_s", 4, 0, 600, "s", "from supply to a working node; estimate")       \
    X(node_drift_ppm, "node.drift_ppm", 5, 0, 500, "ppm",                                          \
      "standard deviation of the nodes' clock rates; estimate (TCXO)")                             \
    X(node_clock_error_s, "node.clock_error_s", 0.5, 0, 86400, "s",                                \
      "standard deviation of the nodes' clocks at the start; estimate")                            \
    X(node_orphan_level, "node.orphan_level", 100, 0, 100, "%",                                    \
      "what a driver gives when its node is dead (DALI system failure level); facts A1")           \
    X(node_curve, "node.curve", 1, 1, 2, "",                                                       \
      "dimming curve that the nodes' firmware codes for, 1: logarithmic, 2: linear; facts A1")     \
    X(node_aux_fed, "node.aux_fed", 0, 0, 1, "",                                                   \
      "1: nodes live on their driver's auxiliary supply and die with it; facts A4")                \
    X(node_meter_class, "node.meter_class", 2, 0, 20, "%",                                         \
      "accuracy class of the nodes' meters; facts A2, ANSI C136.52")                               \
    X(node_photocell, "node.photocell", 0, 0, 1, "",                                               \
      "1: every node has a photocell, which says when its program holds; 0: none")                 \
    X(node_photocell_on_lx, "node.photocell_on_lx", 35, 1, 10000, "lx",                            \
      "it switches on when the light falls through this; facts A5")                                \
    X(node_photocell_off_lx, "node.photocell_off_lx", 18, 1, 10000, "lx",                          \
      "it switches off when the light rises through this; facts A5")                               \
    X(light_before, "light.before", 0, 0, 1, "",                                                   \
      "1: the run begins with the lamps of before 2020, without nodes and controllers")            \
    X(light_failures, "light.failures", 1, 0, 1000, "x",                                           \
      "failures of luminaires by age and chance, when nature.on = 1: 1 as in facts A3")            \
    X(light_age_h, "light.age_h", 1000, 0, 60000, "h",                                             \
      "mean hours that LED luminaires have burned at the start, evenly spread from 0 to twice as " \
      "many; estimate: installed from February to August 2020")                                    \
    X(light_ambient_c, "light.ambient_c", 26, -40, 60, "°C",                                       \
      "mean of the nights, which wears gear out: 10 degrees more halve its life; facts A3; "       \
      "estimate for the delta")

#define DD_SETTINGS_MESH(X)                                                                        \
    X(mesh_off, "mesh.off", 0, 0, 1, "",                                                           \
      "1: all radios stay off: nodes follow their programs, nobody reaches them; for long runs")   \
    X(mesh_preset, "mesh.preset", 1, 1, 3, "",                                                     \
      "1: 2.4 GHz 250 kb/s, 2: 920 MHz 50 kb/s, 3: 920 MHz 150 kb/s; facts B1, B2")                \
    X(mesh_tx_change_db, "mesh.tx_change_db", 0, -60, 20, "dB",                                    \
      "added to the preset's transmit power")                                                      \
    X(mesh_sight_m, "mesh.sight_m", 300, 10, 2000, "m",                                            \
      "line of sight along a road ends here: leaves, traffic, poles; estimate after facts B3")     \
    X(mesh_reach_m, "mesh.reach_m", 0, 0, 2000, "m",                                               \
      "hidden pairs farther apart are noise; 0: as far as a typical one lies above the cut")       \
    X(mesh_cut_db, "mesh.cut_db", -10, -40, 20, "dB",                                              \
      "over the noise floor: whoever is heard below is noise; -12 dB add 0.3 dB to it")            \
    X(mesh_couple_db, "mesh.couple_db", -12, -200, 200, "dB",                                      \
      "over the noise floor: segments that hear each other below are noise to each other")         \
    X(mesh_activity, "mesh.activity", 0.01, 0, 100, "%",                                           \
      "share of the time that a station sends, for that noise; estimate, 20 frames in 15 min")     \
    X(mesh_leaves_seen_m, "mesh.leaves_seen_m", 2, 0, 100, "m",                                    \
      "mean metres of leaves on 100 m in sight; estimate: crowns beside lanterns over the road")   \
    X(mesh_leaves_hidden_m, "mesh.leaves_hidden_m", 10, 0, 100, "m",                               \
      "mean metres of leaves on 100 m of a hidden path; estimate: two rows of trees a block")      \
    X(mesh_channel, "mesh.channel", -1, -1, 26, "",                                                \
      "channel of all segments without one of their own; -1: computed, so that neighbours differ") \
    X(mesh_adjacent_db, "mesh.adjacent_db", 20, 0, 120, "dB",                                      \
      "rejection of the next channel; facts B1: 18 to 35, the standard asks for 0")                \
    X(mesh_alternate_db, "mesh.alternate_db", 40, 0, 120, "dB",                                    \
      "rejection of the next but one; 802.15.4 asks for 30; estimate")                             \
    X(mesh_remote_db, "mesh.remote_db", 55, 0, 120, "dB",                                          \
      "rejection of channels farther away; estimate")                                              \
    X(mesh_fade_slot_s, "mesh.fade_slot_s", 10, 0.1, 3600, "s",                                    \
      "how often a pair draws a new fade; estimate: traffic and leaves")                           \
    X(mesh_rain_wet_mm_h, "mesh.rain_wet_mm_h", 20, 0.1, 200, "mm/h",                              \
      "rain in which leaves and housings are as wet as can be; estimate")                          \
    X(mesh_rain_housings_db, "mesh.rain_housings_db", 1, 0, 20, "dB",                              \
      "lost by a pair to its wet housings; estimate: a film of water, half a dB each")             \
    X(mesh_rain_leaves_db, "mesh.rain_leaves_db", 1.5, 0, 30, "dB",                                \
      "lost to wet leaves, mean over pairs; estimate: a quarter more than dry")                    \
    X(mesh_dry_s, "mesh.dry_s", 1800, 1, 86400, "s",                                               \
      "how long the wettest takes to dry; estimate")                                               \
    X(mesh_bend_deg, "mesh.bend_deg", 30, 0, 90, "deg",                                            \
      "line of sight along a road ends at such a bend")                                            \
    X(mesh_fade_db, "mesh.fade_db", 2, 0, 20, "dB", "standard deviation of slow fading; estimate") \
    X(mesh_max_be, "mesh.max_be", 5, 3, 8, "", "macMaxBe; IEEE 802.15.4-2020, 8.4.3")              \
    X(mesh_backoffs, "mesh.backoffs", 4, 0, 5, "",                                                 \
      "macMaxCsmaBackoffs; IEEE 802.15.4-2020, 8.4.3")                                             \
    X(mesh_retries, "mesh.retries", 3, 0, 7, "", "macMaxFrameRetries; facts B1")                   \
    X(mesh_cca_mode, "mesh.cca_mode", 3, 1, 3, "",                                                 \
      "clear channel by 1: energy, 2: carrier, 3: either; IEEE 802.15.4-2020, 10.2.8")             \
    X(mesh_cca_db, "mesh.cca_db", 10, -20, 60, "dB",                                               \
      "threshold of energy over sensitivity; IEEE 802.15.4-2020, 10.2.8: at most 10")              \
    X(mesh_capture_db, "mesh.capture_db", 10, 0, 60, "dB",                                         \
      "a frame so much stronger takes a receiver over; estimate")                                  \
    X(mesh_margin_db, "mesh.margin_db", 10, 0, 40, "dB",                                           \
      "what a network that has run for long wants a link to have to spare; estimate")              \
    X(mesh_cold_start, "mesh.cold_start", 0, 0, 1, "",                                             \
      "1: the network begins without routes, as after a power cut")                                \
    X(mesh_security, "mesh.security", 0, 0, 1, "",                                                 \
      "1: frames are encrypted and authenticated, ENC-MIC-32; IEEE 802.15.4-2020, 9")              \
    X(rpl_interval_min, "rpl.interval_min", 12, 3, 20, "",                                         \
      "Trickle's shortest interval is 2 to this ms; facts B4, RPL Lite")                           \
    X(rpl_doublings, "rpl.doublings", 8, 0, 20, "",                                                \
      "Trickle's longest: doubled so often; facts B4")                                             \
    X(rpl_redundancy, "rpl.redundancy", 10, 0, 255, "",                                            \
      "so many DIOs heard make one's own needless, 0: never; RFC 6550, 17")                        \
    X(rpl_probe_s, "rpl.probe_s", 90, 10, 86400, "s",                                              \
      "links are measured this often at most; facts B4, RPL Lite")                                 \
    X(rpl_lifetime_s, "rpl.lifetime_s", 1800, 60, 65535, "s",                                      \
      "a route not renewed ends; facts B4, RPL Lite")                                              \
    X(node_report_s, "node.report_s", 0, 0, 86400, "s",                                            \
      "every lamp pushes a reading this often by itself; 0: it is only polled")                    \
    X(mesh_los_a, "mesh.los_a", 2.12, 1, 8, "1",                                                   \
      "in sight: loss is 10 a lg(m) + b + 10 c lg(GHz) dB; ITU-R P.1411-10, facts B3")             \
    X(mesh_los_b, "mesh.los_b", 29.2, -50, 150, "dB", "in sight: b")                               \
    X(mesh_los_c, "mesh.los_c", 2.11, 0, 8, "1", "in sight: c")                                    \
    X(mesh_los_sigma_db, "mesh.los_sigma_db", 5.06, 0, 30, "dB",                                   \
      "in sight: shadowing, once a pair")                                                          \
    X(mesh_nlos_a, "mesh.nlos_a", 3.01, 1, 8, "1", "not in sight: a")                              \
    X(mesh_nlos_b, "mesh.nlos_b", 18.8, -50, 150, "dB", "not in sight: b")                         \
    X(mesh_nlos_c, "mesh.nlos_c", 2.07, 0, 8, "1", "not in sight: c")                              \
    X(mesh_nlos_sigma_db, "mesh.nlos_sigma_db", 3.07, 0, 30, "dB", "not in sight: shadowing")

#define DD_SETTINGS_CENTRE(X)                                                                      \
    X(controller_ack_timeout_s, "controller.ack_timeout_s", 2, 0.1, 600, "s",                      \
      "CoAP ACK_TIMEOUT; RFC 7252, 4.8")                                                           \
    X(controller_retransmissions, "controller.retransmissions", 4, 0, 10, "",                      \
      "CoAP MAX_RETRANSMIT; RFC 7252, 4.8")                                                        \
    X(controller_missed_rounds, "controller.missed_rounds", 2, 1, 100, "",                         \
      "polls without an answer before communicationFailure; estimate")                             \
    X(controller_low_readings, "controller.low_readings", 2, 1, 100, "",                           \
      "readings too low before lampFailure; estimate")                                             \
    X(controller_power_low, "controller.power_low", 50, 1, 99, "%",                                \
      "below this share of what is expected, power is too low; estimate")                          \
    X(controller_resend_s, "controller.resend_s", 30, 1, 3600, "s",                                \
      "an unacknowledged word to the centre is sent again after this; estimate")                   \
    X(controller_clock_s, "controller.clock_s", 3600, 60, 1e6, "s",                                \
      "asks the centre for the time this often; estimate")                                         \
    X(controller_boot_s, "controller.boot_s", 45, 0, 3600, "s", "start of a controller; estimate") \
    X(controller_battery_s, "controller.battery_s", 600, 0, 86400, "s",                            \
      "how long a controller lives without supply; estimate")                                      \
    X(controller_drift_ppm, "controller.drift_ppm", 5, 0, 500, "ppm",                              \
      "standard deviation of the controllers' clock rates; estimate")                              \
    X(backhaul_outages, "backhaul.outages", 1, 0, 1000, "x",                                       \
      "natural outages: 0 none, 1 as in facts C, 2 twice as often")                                \
    X(centre_poll_s, "centre.poll_s", 900, 30, 86400, "s", "every lamp is read once in this time") \
    X(centre_silence_s, "centre.silence_s", 180, 10, 86400, "s",                                   \
      "a controller unheard for so long is an alarm")                                              \
    X(centre_retry_s, "centre.retry_s", 20, 1, 3600, "s", "an unanswered command is sent again")   \
    X(centre_give_up_s, "centre.give_up_s", 300, 10, 86400, "s",                                   \
      "a command without outcome has failed")                                                      \
    X(citizens_per_day, "citizens.per_day", 12, 0, 10000, "1/d",                                   \
      "reports of all kinds but dark lamps, whole city; estimate, a mature app")                   \
    X(citizens_notice_h, "citizens.notice_h", 60, 0.01, 10000, "h",                                \
      "mean night hours until somebody reports one dark lamp on a main road; facts E: 1-3 nights") \
    X(citizens_place_m, "citizens.place_m", 25, 0, 1000, "m",                                      \
      "error of a report's place; facts E")                                                        \
    X(citizens_false, "citizens.false", 15, 0, 100, "%",                                           \
      "reports without a cause; facts E: 10-30 %")                                                 \
    X(citizens_wrong_kind, "citizens.wrong_kind", 10, 0, 100, "%",                                 \
      "reports filed in a wrong group; facts E")                                                   \
    X(office_triage_min, "office.triage_min", 20, 0, 10000, "min",                                 \
      "mean time until the urban management office hands a report on; estimate")

typedef struct dd_settings {
#define DD_SETTING_FIELD(field, name, value, least, most, unit, what) double field;
    DD_SETTINGS(DD_SETTING_FIELD)
#undef DD_SETTING_FIELD
} dd_settings;

typedef struct dd_setting_info {
    const char *name;
    double value, least, most; // the default and its range
    const char *unit, *what;
    size_t offset; // in dd_settings
} dd_setting_info;

extern const dd_setting_info dd_setting_table[];
extern const size_t dd_setting_count;

// Every setting at its default.
dd_settings dd_settings_default(void);

// A setting in seconds as simulated time, cut to whole milliseconds.
static inline dd_time dd_seconds(double seconds) {
    return (dd_time)(seconds * 1000) * DD_MILLISECOND;
}

// Whether a value lies from `least` to `most`; the error names the range with its unit.
bool dd_setting_in_range(const char *name, double value, double least, double most,
                         const char *unit, dd_error *error);

// Whether it may have that value: within its range, and whole where it counts something.
bool dd_setting_check(const dd_setting_info *info, double value, dd_error *error);

// Gives it a value that has been checked.
void dd_setting_put(dd_settings *settings, const dd_setting_info *info, double value);

// The information on a name, or NULL.
const dd_setting_info *dd_setting_find(const char *name);
