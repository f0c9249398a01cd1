// The words for what becomes of boards, which records, reports and JSON share. Each list is
// NULL-terminated.
#pragma once

extern const char *const dd_board_state_names[];   // dd_board_state, hil/board/board.h
extern const char *const dd_board_verdict_names[]; // dd_board_verdict, hil/board/board.h
extern const char *const dd_board_seat_names[];    // dd_seat_holder, models/controller/seat.h
extern const char *const dd_divergence_names[];    // dd_divergence_kind, hil/shadow/shadow.h
