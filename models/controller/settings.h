// What a controller is commissioned with, field by field, where a message of it has fields of the
// same names: X(field) for those of dd_core_def, of its site, and of dd_coap_client_def.
#pragma once

#define DD_CORE_SETTINGS(X)                                                                        \
    X(lamp_n)                                                                                      \
    X(boots)                                                                                       \
    X(reason)                                                                                      \
    X(feeder_n)                                                                                    \
    X(switched)                                                                                    \
    X(clock_ms)                                                                                    \
    X(random_seed)                                                                                 \
    X(poll_period_s)                                                                               \
    X(poll_phase_s)                                                                                \
    X(patience_s)                                                                                  \
    X(missed_rounds)                                                                               \
    X(low_readings)                                                                                \
    X(power_low_pct)                                                                               \
    X(voltage_low_dv)                                                                              \
    X(voltage_high_dv)                                                                             \
    X(stagger_s)                                                                                   \
    X(lead_s)                                                                                      \
    X(meter_period_s)                                                                              \
    X(connect_s)                                                                                   \
    X(backoff_s)                                                                                   \
    X(backoff_max_s)                                                                               \
    X(backoff_jitter_pct)                                                                          \
    X(answer_s)                                                                                    \
    X(keepalive_s)                                                                                 \
    X(resend_s)                                                                                    \
    X(clock_period_s)                                                                              \
    X(clock_stale_s)                                                                               \
    X(firmware)                                                                                    \
    X(trial)                                                                                       \
    X(trial_s)                                                                                     \
    X(node_trial_s)                                                                                \
    X(block_ms)
#define DD_SITE_SETTINGS(X)                                                                        \
    X(lat_e6)                                                                                      \
    X(lon_e6)                                                                                      \
    X(utc_offset_s)
#define DD_COAP_SETTINGS(X)                                                                        \
    X(ack_timeout_ms)                                                                              \
    X(max_retransmit)                                                                              \
    X(first_id)
