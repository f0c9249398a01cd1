// The plain numbers of the messages of wire.proto and of the structures that stand for them, which
// have the same names: for both codecs, protobuf-c's here and nanopb's on a board. Included by
// these only.
#pragma once

// X(field): the plain numbers of each structure.
#define READING_FIELDS(X)                                                                          \
    X(lamp)                                                                                        \
    X(level_pm)                                                                                    \
    X(power_mw)                                                                                    \
    X(voltage_dv)                                                                                  \
    X(energy_wh)                                                                                   \
    X(calendar_id)                                                                                 \
    X(flags)                                                                                       \
    X(gear)                                                                                        \
    X(current_ma)

#define METER_FIELDS(X)                                                                            \
    X(energy_wh)                                                                                   \
    X(power_w)

#define WORD_FIELDS(X)                                                                             \
    X(kind)                                                                                        \
    X(happening)                                                                                   \
    X(over)                                                                                        \
    X(lamp)                                                                                        \
    X(boots)                                                                                       \
    X(sequence)                                                                                    \
    X(number)                                                                                      \
    X(after)                                                                                       \
    X(value)                                                                                       \
    X(done_n)                                                                                      \
    X(failed_n)                                                                                    \
    X(clock_ms)                                                                                    \
    X(log)

#define UPDATE_FIELDS(X)                                                                           \
    X(target)                                                                                      \
    X(phase)                                                                                       \
    X(result)                                                                                      \
    X(reverts)                                                                                     \
    X(version)                                                                                     \
    X(running)                                                                                     \
    X(block)                                                                                       \
    X(block_n)

#define GROUP_FIELDS(X)                                                                            \
    X(id)                                                                                          \
    X(calendar)                                                                                    \
    X(lamps)

#define STATE_FIELDS(X)                                                                            \
    X(poll_period_s)                                                                               \
    X(due_n)

#define ORDER_FIELDS(X)                                                                            \
    X(kind)                                                                                        \
    X(level_pm)                                                                                    \
    X(number)                                                                                      \
    X(period_s)                                                                                    \
    X(sequence)                                                                                    \
    X(group)                                                                                       \
    X(expires_ms)                                                                                  \
    X(clock_ms)                                                                                    \
    X(heard_ms)

#define COPY(field) to->field = from->field;
#define SAME(field) &&to->field == from->field // a number that does not fit comes out as another
