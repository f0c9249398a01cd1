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
    DD_SETTINGS_CONTROLLER(X)                                                                      \
    DD_SETTINGS_BACKHAUL(X)                                                                        \
    DD_SETTINGS_CENTRE(X)                                                                          \
    DD_SETTINGS_CITIZENS(X)                                                                        \
    DD_SETTINGS_OFFICE(X)                                                                          \
    DD_SETTINGS_CREWS(X)                                                                           \
    DD_SETTINGS_ACCOUNT(X)

#define DD_SETTINGS_ACCOUNT(X)                                                                     \
    X(account_meter_s, "account.meter_s", 900, 60, 86400, "s",                                     \
      "the feeders' energy is recorded this often; meters usually report every 15 min")            \
    X(account_tariff_vnd, "account.tariff_vnd", 1827, 0, 100000, "VND/kWh",                        \
      "price of energy, VAT excluded; facts A2, below 6 kV, 2019; unverified")                     \
    X(account_vat, "account.vat", 10, 0, 100, "%", "VAT on energy; as usual, 8 at times")          \
    X(account_co2_kg, "account.co2_kg", 0.7221, 0, 5, "kg/kWh",                                    \
      "CO2 of the grid's energy; facts A6: Viet Nam's factor of 2021")                             \
    X(account_cost_vnd, "account.cost_vnd", 40e9, 0, 1e15, "VND",                                  \
      "what the project cost; the brief: nearly 40 billion")                                       \
    X(account_maintenance_vnd, "account.maintenance_vnd", 0, 0, 1e8, "VND",                        \
      "maintenance that a new lamp saves a year; unknown, so 0")                                   \
    X(account_discount, "account.discount", 8, 0, 100, "%",                                        \
      "interest a year in the discounted payback; estimate")                                       \
    X(road_q0, "road.q0", 0.07, 0.01, 0.2, "sr-1",                                                 \
      "luminance of the road by its illuminance; CIE's surface R3, facts A5")                      \
    X(road_maintenance, "road.maintenance", 85, 10, 100, "%",                                      \
      "light left by dirt and age, for a city as built; estimate, CIE 154")                        \
    X(road_arm_m, "road.arm_m", 1.5, 0, 5, "m", "from a pole to its lantern; estimate")            \
    X(road_setback_m, "road.setback_m", 0.7, 0, 5, "m", "from the kerb to a pole; estimate")       \
    X(road_trunk_m, "road.trunk_m", 15, 2, 60, "m",                                                \
      "width of a carriageway between kerbs, where its poles leave so much; estimates")            \
    X(road_primary_m, "road.primary_m", 14, 2, 60, "m", "the same of primary roads")               \
    X(road_secondary_m, "road.secondary_m", 10.5, 2, 60, "m", "... of secondary roads")            \
    X(road_tertiary_m, "road.tertiary_m", 8, 2, 60, "m", "... of tertiary roads")                  \
    X(road_street_m, "road.street_m", 6, 2, 60, "m", "... of streets")                             \
    X(road_internal_m, "road.internal_m", 3.5, 1, 60, "m", "... of ways in parks and campuses")

#define DD_SETTINGS_POWER(X)                                                                       \
    X(grid_outages, "grid.outages", 1, 0, 1000, "x",                                               \
      "interruptions of the supply when nature.on = 1: 0 none, 1 as in facts A2, 2 twice as "      \
      "often; sags, low voltage and lost phases with them")                                        \
    X(power_voltage_v, "power.voltage_v", 220, 100, 250, "V",                                      \
      "phase to neutral at the cabinets when nothing disturbs it; facts A2")                       \
    X(power_brownout, "power.brownout", 70, 0, 100, "%",                                           \
      "what a brownout leaves of the voltage; estimate")                                           \
    X(power_cable_mm2, "power.cable_mm2", 16, 1.5, 300, "mm2",                                     \
      "conductors of the feeders' cables, the neutral as the phases; estimate")                    \
    X(power_cable_drop, "power.cable_drop", 5, 0.1, 100, "%",                                      \
      "a feeder whose last lamp would lack more than this has a thicker one; estimate")            \
    X(power_cable_resistivity, "power.cable_resistivity", 22.5, 10, 100, "ohm mm2/km",             \
      "of copper in service, 36 of aluminium; IEC 60364-5-52, annex G")                            \
    X(power_source_ohm, "power.source_ohm", 0.1, 0.001, 10, "ohm",                                 \
      "impedance of transformer and mains before a cabinet, for short circuits; estimate")         \
    X(power_breaker_spread, "power.breaker_spread", 1, 0, 1, "",                                   \
      "1: each breaker trips somewhere in its curve's band, 0: all in the middle; IEC 60898-1")    \
    X(power_breaker_tau_s, "power.breaker_tau_s", 60, 1, 3600, "s",                                \
      "time constant of the breakers' bimetals; estimate: 13 to 23 s at 2.55 In")                  \
    X(power_inrush_exponent, "power.inrush_exponent", 0.55, 0, 2, "1",                             \
      "a breaker passes pulses of width T (10 ms/T)^this higher; estimate: a C16 carries 14 x 65 " \
      "A "                                                                                         \
      "of 250 us")                                                                                 \
    X(power_leakage_ma, "power.leakage_ma", 0.5, 0, 100, "mA",                                     \
      "earth leakage of each driver; estimate, 0.3 to 1")                                          \
    X(power_leakage_wet_ma, "power.leakage_wet_ma", 1, 0, 100, "mA",                               \
      "more of it, of each pole, when all is as wet as can be; estimate")                          \
    X(power_leakage_fault_ma, "power.leakage_fault_ma", 150, 0, 10000, "mA",                       \
      "of a place where the insulation gives way, when dry; estimate")                             \
    X(power_leakage_fault_wet, "power.leakage_fault_wet", 1.5, 0, 100, "x",                        \
      "so much more of that when wet; estimate")                                                   \
    X(power_leakage_flooded_ma, "power.leakage_flooded_ma", 400, 0, 10000, "mA",                   \
      "of terminals under water; estimate")                                                        \
    X(power_leakage_warning_ma, "power.leakage_warning_ma", 150, 0, 10000, "mA",                   \
      "leakage that is told to the controller, 0: none; estimate")                                 \
    X(power_rcd_ma, "power.rcd_ma", 300, 0, 10000, "mA",                                           \
      "leakage at which a feeder's residual current device opens, 0: there is none; IEC 61008-1")  \
    X(power_meter_class, "power.meter_class", 1, 0, 5, "%",                                        \
      "limit of the error of the feeders' meters; IEC 62053-21, class 1")                          \
    X(power_meter_drift, "power.meter_drift", 1, 0, 50, "%/d",                                     \
      "what a drifting meter loses each day, down to half the truth; estimate")                    \
    X(cabinet_stagger_s, "cabinet.stagger_s", 2, 0, 600, "s",                                      \
      "contactors of a cabinet close so long after each other; estimate")                          \
    X(cabinet_switched, "cabinet.switched", 0, 0, 1, "",                                           \
      "1: feeders are live only when lamps are to burn, 0: always, and nodes switch")              \
    X(cabinet_photocell_on_lx, "cabinet.photocell_on_lx", 20, 0.1, 1000, "lx",                     \
      "it says dark when the light falls through this; estimate")                                  \
    X(cabinet_photocell_off_lx, "cabinet.photocell_off_lx", 40, 0.1, 1000, "lx",                   \
      "it says light when the light rises through this; estimate")

#define DD_SETTINGS_SKY(X)                                                                         \
    X(sky_lat, "sky.lat", 10.2415, -90, 90, "deg", "latitude the sun is computed for; facts 0")    \
    X(sky_lon, "sky.lon", 106.3759, -180, 180, "deg",                                              \
      "longitude the sun is computed for; facts 0")                                                \
    X(nature, "nature.on", 0, 0, 1, "",                                                            \
      "1: the place's own weather, water and failures, drawn by the seed; 0: a calm, dry time")    \
    X(sky_rain, "sky.rain", 1, 0, 10, "x",                                                         \
      "rain when nature.on = 1: 0 none, 1 as in facts G2, 2 twice as much on as many days")        \
    X(sky_wash_mm_h, "sky.wash_mm_h", 10, 0.1, 1000, "mm/h",                                       \
      "rain that washes the dirt off lamps; facts A3; estimate")                                   \
    X(sky_storms, "sky.storms", 1, 0, 100, "x",                                                    \
      "lightning when nature.on = 1: 0 none, 1 as in facts G2, 20 ground flashes on a km2 a year") \
    X(sky_spd_kv, "sky.spd_kv", 10, 0.1, 100, "kV",                                                \
      "surge that luminaires are protected against; facts G2: at twice as much half of them fail") \
    X(sky_screened, "sky.screened", 95, 0, 100, "%",                                               \
      "lightning that would have struck a pole but strikes a tree or a house; estimate")           \
    X(sky_surge_loop_m, "sky.surge_loop_m", 0.07, 0, 20, "m",                                      \
      "height of the loop in which a near stroke induces, as Rusck's h; estimate")                 \
    X(sky_surge_ohm, "sky.surge_ohm", 10, 0, 1000, "ohm",                                          \
      "surge along the cable over the current in the struck pole; estimate")                       \
    X(sky_surge_fades_m, "sky.surge_fades_m", 60, 1, 10000, "m",                                   \
      "of cable after which a surge has fallen to 1/e; estimate")                                  \
    X(sky_sea_m, "sky.sea_m", 0, -20, 20, "m",                                                     \
      "added to the tide: a rising sea, a river in flood, or a place that lies high")              \
    X(sky_ground_m, "sky.ground_m", 2, -10, 5000, "m",                                             \
      "ground over mean sea level at cabinets whose groundLevel the city file does not give; "     \
      "estimate")

#define DD_SETTINGS_LIGHT(X)                                                                       \
    X(node_own_w, "node.own_w", 1.5, 0, 20, "W",                                                   \
      "own use of a node; estimate, < 2 W is asked for")                                           \
    X(node_boot_s, "node.boot_s", 4, 0, 600, "s", "from supply to a working node; estimate")       \
    X(node_trial_s, "node.trial_s", 900, 60, 86400, "s",                                           \
      "new firmware that is not confirmed in this time after its start is given up; estimate")     \
    X(node_drift_ppm, "node.drift_ppm", 5, 0, 500, "ppm",                                          \
      "standard deviation of the nodes' clock rates; estimate (TCXO)")                             \
    X(node_clock_error_s, "node.clock_error_s", 0.5, 0, 86400, "s",                                \
      "standard deviation of the nodes' clocks at the start; estimate")                            \
    X(node_orphan_level, "node.orphan_level", 100, 0, 100, "%",                                    \
      "what a driver gives when its node is dead (DALI system failure level); facts A1")           \
    X(node_curve, "node.curve", 0, 0, 2, "",                                                       \
      "dimming curve that the nodes' firmware codes for, 1: logarithmic, 2: linear, 0: that of "   \
      "each one's gear; facts A1")                                                                 \
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

#define DD_SETTINGS_CONTROLLER(X)                                                                  \
    X(controller_ack_timeout_s, "controller.ack_timeout_s", 2, 0.1, 600, "s",                      \
      "CoAP ACK_TIMEOUT; RFC 7252, 4.8")                                                           \
    X(controller_retransmissions, "controller.retransmissions", 4, 0, 10, "",                      \
      "CoAP MAX_RETRANSMIT; RFC 7252, 4.8")                                                        \
    X(controller_missed_rounds, "controller.missed_rounds", 2, 1, 100, "",                         \
      "polls without an answer before communicationFailure; estimate")                             \
    X(controller_low_readings, "controller.low_readings", 2, 1, 100, "",                           \
      "bad readings in a row before an alarm; estimate")                                           \
    X(controller_power_low, "controller.power_low", 50, 1, 99, "%",                                \
      "below this share of what is expected, power is too low; estimate")                          \
    X(controller_voltage_low, "controller.voltage_low", 187, 100, 220, "V",                        \
      "a supply below is out of range; facts A2: -10 %, and 5 % along the cable (estimate)")       \
    X(controller_voltage_high, "controller.voltage_high", 242, 220, 300, "V",                      \
      "a supply above is out of range; facts A2: +5 %, and 5 % for the meter (estimate)")          \
    X(controller_lead_s, "controller.lead_s", 600, 0, 7200, "s",                                   \
      "a switched feeder is live so long before and after its light; estimate, for the mesh")      \
    X(controller_meter_s, "controller.meter_s", 900, 0, 86400, "s",                                \
      "what the feeders' meters say is told this often; 0: never; as energy meters usually do")    \
    X(controller_keepalive_s, "controller.keepalive_s", 60, 1, 86400, "s",                         \
      "a controller with nothing to say says that; a third of centre.silence_s at most; estimate") \
    X(controller_connect_s, "controller.connect_s", 10, 1, 3600, "s",                              \
      "a session asked for is waited for so long; estimate")                                       \
    X(controller_backoff_s, "controller.backoff_s", 5, 1, 3600, "s",                               \
      "a session that was not had is asked for again after so long, which doubles; estimate")      \
    X(controller_backoff_max_s, "controller.backoff_max_s", 60, 1, 86400, "s",                     \
      "... up to this; estimate")                                                                  \
    X(controller_backoff_jitter, "controller.backoff_jitter", 50, 0, 100, "%",                     \
      "share of that wait that is drawn; estimate")                                                \
    X(controller_answer_s, "controller.answer_s", 90, 1, 86400, "s",                               \
      "nothing heard for so long after speaking: the session is lost; estimate")                   \
    X(controller_resend_s, "controller.resend_s", 30, 1, 3600, "s",                                \
      "an unacknowledged word to the centre is sent again after this; estimate")                   \
    X(controller_clock_s, "controller.clock_s", 3600, 60, 1e6, "s",                                \
      "asks the centre for the time this often; estimate")                                         \
    X(controller_clock_stale_s, "controller.clock_stale_s", 86400, 60, 1e8, "s",                   \
      "a clock not set for so long is in doubt; estimate")                                         \
    X(controller_boot_s, "controller.boot_s", 45, 0, 3600, "s", "start of a controller; estimate") \
    X(controller_battery_s, "controller.battery_s", 600, 0, 86400, "s",                            \
      "how long a controller lives without supply; estimate")                                      \
    X(controller_trial_s, "controller.trial_s", 600, 60, 86400, "s",                               \
      "new firmware that the centre has not heard in this time is given up; estimate")             \
    X(controller_block_ms, "controller.block_ms", 500, 10, 60000, "ms",                            \
      "between two blocks of a firmware image that go to all nodes of a mesh; estimate")           \
    X(controller_watchdog_s, "controller.watchdog_s", 60, 0, 3600, "s",                            \
      "a controller that hangs is started anew after this, 0: never; estimate")                    \
    X(controller_drift_ppm, "controller.drift_ppm", 5, 0, 500, "ppm",                              \
      "standard deviation of the controllers' clock rates; estimate")                              \
    X(controller_drift_per_k, "controller.drift_per_k", 0.04, 0, 10, "ppm/K",                      \
      "standard deviation of their change by temperature, from 25 °C; TCXO; estimate")

#define DD_SETTINGS_BACKHAUL(X)                                                                    \
    X(backhaul_outages, "backhaul.outages", 1, 0, 1000, "x",                                       \
      "natural outages: 0 none, 1 as in facts C, 2 twice as often")                                \
    X(backhaul_overhead_b, "backhaul.overhead_b", 90, 0, 1000, "B",                                \
      "what the transport adds to a message: TCP/IP, TLS, acknowledgements; estimate")             \
    X(backhaul_queue_kib, "backhaul.queue_kib", 64, 1, 1e6, "KiB",                                 \
      "what may wait for a line; more is lost; estimate")                                          \
    X(backhaul_mobile_a, "backhaul.mobile_a", 60, 0, 100, "%",                                     \
      "mobile lines of the first of two operators; estimate")                                      \
    X(backhaul_operator_mtbf_h, "backhaul.operator_mtbf_h", 17520, 1, 1e7, "h",                    \
      "mean time between outages of an operator's network; estimate")                              \
    X(backhaul_operator_mttr_min, "backhaul.operator_mttr_min", 180, 1, 1440, "min",               \
      "mean time to repair it; estimate")                                                          \
    X(backhaul_area_mtbf_h, "backhaul.area_mtbf_h", 8760, 1, 1e7, "h",                             \
      "mean time between outages of a ward's telecoms; estimate")                                  \
    X(backhaul_area_mttr_min, "backhaul.area_mttr_min", 120, 1, 1440, "min",                       \
      "mean time to repair them; estimate")

#define DD_SETTINGS_CENTRE(X)                                                                      \
    X(centre_poll_s, "centre.poll_s", 900, 0, 86400, "s",                                          \
      "every lamp is read once in this time, 30 s at least; 0: never")                             \
    X(centre_silence_s, "centre.silence_s", 180, 10, 86400, "s",                                   \
      "a controller unheard for so long is an alarm")                                              \
    X(centre_retry_s, "centre.retry_s", 20, 1, 3600, "s", "an unanswered command is sent again")   \
    X(centre_give_up_s, "centre.give_up_s", 300, 10, 86400, "s",                                   \
      "a command without outcome has failed")                                                      \
    X(centre_line_kbit_s, "centre.line_kbit_s", 100000, 1, 1e8, "kbit/s",                          \
      "rate of the centre's own line, each way; estimate")                                         \
    X(centre_queue_kib, "centre.queue_kib", 1024, 1, 1e6, "KiB",                                   \
      "what may wait for it, each way; more is lost; estimate")                                    \
    X(centre_line_mtbf_h, "centre.line_mtbf_h", 8760, 1, 1e7, "h",                                 \
      "mean time between outages of the centre's own line; estimate")                              \
    X(centre_line_mttr_min, "centre.line_mttr_min", 60, 1, 1440, "min",                            \
      "mean time to repair it; estimate")                                                          \
    X(centre_accept_per_s, "centre.accept_per_s", 20, 0.01, 1e6, "1/s",                            \
      "sessions that the centre can begin; TLS with certificates on a small server; estimate")     \
    X(centre_accept_queue, "centre.accept_queue", 128, 1, 1e6, "",                                 \
      "controllers that may wait for theirs; Linux's listen backlog before 5.4")                   \
    X(centre_close_s, "centre.close_s", 3600, 0, 1e7, "s",                                         \
      "an incident that is over is closed unless it comes back within this; estimate")             \
    X(centre_override_h, "centre.override_h", 12, 0, 10000, "h",                                   \
      "lamps held by an order for so long, and for as long to come, are an alarm; 0: never; "      \
      "estimate: a night")

#define DD_SETTINGS_CITIZENS(X)                                                                    \
    X(citizens_adoption, "citizens.adoption", 100, 0, 1000, "%",                                   \
      "how much the app is used, of a mature one: all reports are so many more or fewer; Bến "   \
      "Tre's "                                                                                     \
      "first two in 102 days: 0.16; facts E, C")                                                   \
    X(citizens_per_day, "citizens.per_day", 12, 0, 10000, "1/d",                                   \
      "reports of what nobody has reported yet, light left out, in fair weather; estimate")        \
    X(citizens_people, "citizens.people", 3000, 1, 1e6, "",                                        \
      "who use the app, a few of them much; estimate")                                             \
    X(citizens_ward_spread, "citizens.ward_spread", 3, 1, 100, "x",                                \
      "the people of one ward report so much more readily than those of another at most; facts E") \
    X(citizens_storm, "citizens.storm", 2.5, 1, 100, "x",                                          \
      "so many more reports during a storm or a flood and for a while after; facts E")             \
    X(citizens_storm_mm_h, "citizens.storm_mm_h", 10, 0.1, 500, "mm/h",                            \
      "rain that makes a storm; estimate: heavy rain")                                             \
    X(citizens_storm_h, "citizens.storm_h", 12, 0, 720, "h",                                       \
      "a storm is reported on for so long after its rain; estimate")                               \
    X(citizens_notice_h, "citizens.notice_h", 60, 0.01, 10000, "h",                                \
      "mean night hours until somebody reports one dark lamp on a main road; facts E: 1-3 nights") \
    X(citizens_burning, "citizens.burning", 10, 0, 1000, "%",                                      \
      "a lamp that burns by day is reported so readily, of a dark one; estimate")                  \
    X(citizens_flicker, "citizens.flicker", 300, 0, 1000, "%",                                     \
      "a lamp that flickers, the same; estimate")                                                  \
    X(citizens_again, "citizens.again", 50, 0, 100, "%",                                           \
      "a road's lamps are reported so readily when they have been already; estimate")              \
    X(citizens_again_per_day, "citizens.again_per_day", 0.1, 0, 100, "1/d",                        \
      "one matter other than light is reported again, by others; estimate: a sixth are "           \
      "duplicates")                                                                                \
    X(citizens_me_too, "citizens.me_too", 30, 0, 100, "%",                                         \
      "of those join the report that the app shows there, and file none; estimate")                \
    X(citizens_at_once, "citizens.at_once", 60, 0, 100, "%",                                       \
      "file on the spot, after 5 min in the mean; estimate")                                       \
    X(citizens_later_h, "citizens.later_h", 12, 0, 1000, "h",                                      \
      "the others file so long after, mean, hours of the night counting little; estimate")         \
    X(citizens_place_m, "citizens.place_m", 25, 0, 1000, "m",                                      \
      "standard deviation of a report's place, each way; who files later is twice as wrong; "      \
      "facts E")                                                                                   \
    X(citizens_elsewhere, "citizens.elsewhere", 5, 0, 100, "%",                                    \
      "of those who file later give the place where they are then; estimate")                      \
    X(citizens_pole, "citizens.pole", 10, 0, 100, "%",                                             \
      "of reports of a lamp name the number on its pole; estimate")                                \
    X(citizens_false, "citizens.false", 15, 0, 100, "%",                                           \
      "of citizens.per_day that have no cause; facts E: 10-30 %")                                  \
    X(citizens_wrong_kind, "citizens.wrong_kind", 10, 0, 100, "%",                                 \
      "reports filed in a wrong group; facts E")                                                   \
    X(citizens_rates, "citizens.rates", 40, 0, 100, "%",                                           \
      "of those answered say how content they are; estimate")

#define DD_SETTINGS_OFFICE(X)                                                                      \
    X(office_automatic, "office.automatic", 1, 0, 1, "",                                           \
      "1: the urban management office hands reports on and answers those of light by itself, 0: "  \
      "an operator does")                                                                          \
    X(office_staff, "office.staff", 1, 1, 20, "", "who sort reports there; estimate")              \
    X(office_triage_min, "office.triage_min", 20, 0, 10000, "min",                                 \
      "mean working time that one of them takes for a report; estimate")                           \
    X(office_corrects, "office.corrects", 90, 0, 100, "%",                                         \
      "of the reports in a wrong group they put right; estimate")                                  \
    X(office_merge_m, "office.merge_m", 60, 0, 5000, "m",                                          \
      "a report so near to an open one of the same group is taken for the same; estimate")         \
    X(office_round, "office.round", 20, 0, 10000, "",                                              \
      "places that the lighting people look at in one round, by night and by day; estimate")       \
    X(office_rubbish_d, "office.rubbish_d", 3, 1, 250, "d",                                        \
      "working days until a report of rubbish is to be answered; estimates after facts E")         \
    X(office_street_selling_d, "office.street_selling_d", 3, 1, 250, "d", "... of street selling") \
    X(office_advertising_d, "office.advertising_d", 5, 1, 250, "d", "... of advertising")          \
    X(office_construction_d, "office.construction_order_d", 10, 1, 250, "d",                       \
      "... of construction order")                                                                 \
    X(office_infrastructure_d, "office.infrastructure_d", 10, 1, 250, "d",                         \
      "... of infrastructure")                                                                     \
    X(office_security_d, "office.security_d", 3, 1, 250, "d", "... of security and traffic")       \
    X(office_lighting_d, "office.lighting_d", 7, 1, 250, "d",                                      \
      "... of lighting; facts E: Huế's are due after 9 to 12 days")                                \
    X(ward_capacity, "ward.capacity", 2, 1, 100, "",                                               \
      "matters that a ward or commune works on at once; estimate")                                 \
    X(ward_work_h, "ward.work_h", 8, 0, 1000, "h",                                                 \
      "mean working time for one; infrastructure takes three times that, selling a quarter; "      \
      "estimate")                                                                                  \
    X(ward_planned, "ward.planned", 5, 0, 100, "%",                                                \
      "of them are answered 'planned' and left for later; estimate")

#define DD_SETTINGS_CREWS(X)                                                                       \
    X(centre_dispatch, "centre.dispatch", 0, 0, 1, "",                                             \
      "1: the centre sends crews to its incidents by itself, 0: only who operates it does")        \
    X(centre_dispatch_min, "centre.dispatch_min", 10, 0, 10000, "min",                             \
      "an incident must have stood so long before the centre sends a crew; estimate")              \
    X(centre_again_min, "centre.again_min", 120, 1, 100000, "min",                                 \
      "one that stands so long after a visit is visited again; estimate")                          \
    X(crew_day_n, "crew.day_n", 2, 0, 8, "", "crews on the day shift; estimate")                   \
    X(crew_night_n, "crew.night_n", 1, 0, 8, "",                                                   \
      "crews on standby at home by night, 8 with the others at most; estimate")                    \
    X(crew_day_from_h, "crew.day_from_h", 7, 0, 24, "h",                                           \
      "the day shift begins, clock time; estimate")                                                \
    X(crew_day_until_h, "crew.day_until_h", 17, 0, 24, "h", "the day shift ends; estimate")        \
    X(crew_break_h, "crew.break_h", 11.5, 0, 24, "h",                                              \
      "the day shift's break begins: only what is urgent is begun; estimate")                      \
    X(crew_break_min, "crew.break_min", 60, 0, 600, "min", "how long it lasts; estimate")          \
    X(crew_set_out_min, "crew.set_out_min", 5, 0, 600, "min",                                      \
      "from being sent to leaving the depot; estimate")                                            \
    X(crew_standby_min, "crew.standby_min", 25, 0, 600, "min",                                     \
      "the same on standby at home; estimate")                                                     \
    X(crew_night_priority, "crew.night_priority", 2, 0, 3, "",                                     \
      "standby goes out for this priority or a higher one: 1 high, 2 medium, 3 low; estimate")     \
    X(crew_depot_lon, "crew.depot_lon", 0, -180, 180, "deg",                                       \
      "where the depot is; with both 0: in the middle of the city's lamps")                        \
    X(crew_depot_lat, "crew.depot_lat", 0, -90, 90, "deg", "the same, latitude")                   \
    X(crew_primary_kmh, "crew.primary_kmh", 38, 1, 120, "km/h",                                    \
      "speed of a lorry on primary roads, junctions included; estimates")                          \
    X(crew_secondary_kmh, "crew.secondary_kmh", 34, 1, 120, "km/h", "the same on secondary roads") \
    X(crew_tertiary_kmh, "crew.tertiary_kmh", 28, 1, 120, "km/h", "... on tertiary roads")         \
    X(crew_street_kmh, "crew.street_kmh", 20, 1, 120, "km/h", "... on streets")                    \
    X(crew_service_kmh, "crew.service_kmh", 10, 1, 120, "km/h",                                    \
      "... in yards and campuses, and where the map shows no street")                              \
    X(crew_rush, "crew.rush", 70, 1, 100, "%",                                                     \
      "of these that rush hours leave, half as much of the loss in the hours beside them; "        \
      "estimate")                                                                                  \
    X(crew_dark, "crew.dark", 85, 1, 100, "%",                                                     \
      "of these on a road half of whose lamps are dark at night; estimate")                        \
    X(crew_flooded, "crew.flooded", 35, 1, 100, "%", "of these through water; estimate")           \
    X(crew_spread, "crew.spread", 0.5, 0, 2, "1",                                                  \
      "spread of times of looking and of repair, standard deviation of their logarithm; estimate") \
    X(crew_wrong, "crew.wrong", 1, 0, 20, "x",                                                     \
      "wrong diagnoses: 0 none, 1 as in the table of remedies, 2 twice as many")                   \
    X(crew_gives_up, "crew.gives_up", 40, 0, 100, "%",                                             \
      "of wrong diagnoses those that find nothing, not something else; estimate")                  \
    X(crew_tests, "crew.tests", 85, 0, 100, "%",                                                   \
      "of repairs after which the crew looks whether all is well; estimate")                       \
    X(crew_stock, "crew.stock", 1, 0, 100, "x", "spares at the depot, of what is usual; estimate") \
    X(crew_resupply_d, "crew.resupply_d", 7, 1, 1000, "d",                                         \
      "the supplier brings what is missing this often; estimate")

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

double dd_setting_get(const dd_settings *settings, const dd_setting_info *info);

// The information on a name, or NULL.
const dd_setting_info *dd_setting_find(const char *name);
