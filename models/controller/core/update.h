// Firmware from the centre. An image is offered by its header and fetched: the controller asks for
// a few blocks at a time, from the first that it lacks on (as CoAP's Block2 of RFC 7959, several in
// one request as in RFC 9177), so that an outage or a restart costs no more than those under way.
// It is believed when its digest is right. One for nodes is then given to them: spread.h. The
// controller's own waits for the order to start it; it starts on trial: the boot loader goes back
// to the image before at the next restart, unless the centre has heard it in between. States and
// results are those of LwM2M's object 5.
#pragma once

#include "models/controller/core/core.h"

// Takes up what the store holds of an update that was under way.
void dd_core_update_init(dd_core *core);

// It has started: after a trial that failed it says so.
void dd_core_update_start(dd_core *core);

// Orders of kinds DD_ORDER_UPDATE and DD_ORDER_BLOCK.
void dd_core_update_order(dd_core *core, const dd_order *order);
void dd_core_update_block(dd_core *core, const dd_order *order);

// The centre was heard: what was asked for while the line was down is asked for again.
void dd_core_update_line_is_up(dd_core *core);

// The centre has heard it, and answered: a trial is passed.
void dd_core_update_welcomed(dd_core *core);

void dd_core_update_work(dd_core *core);
int64_t dd_core_update_deadline_ms(const dd_core *core);

// --- For the boot loader ---

// The controller's own image that lies in the store, whole and verified. False: there is none.
bool dd_core_update_staged(const dd_store *store, dd_image *image);

// --- For spread.c ---

// The update goes on to a phase: kept, and told to the centre.
void dd_core_update_enter(dd_core *core, dd_update_phase phase, dd_firmware_result result);

// Tells the centre how it stands.
void dd_core_update_tell(dd_core *core);

// Octets of the image's payload. False: the store has failed.
bool dd_core_update_read(const dd_core *core, uint32_t at, uint8_t *octets, uint32_t n);
