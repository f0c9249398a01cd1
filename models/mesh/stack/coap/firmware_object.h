// A node's firmware by CoAP, after OMA LwM2M's object 5, Firmware Update (1.1, E.6), with what
// group delivery asks for besides. Payloads but for an image's octets are CBOR, in the shape
// {object: {resource: value}}.
//
//   request    method and path    payload
//   offer      PUT /fw            an image's header (models/controller/core/image.h)
//   block      PUT /fw            64 octets of the image, with Block1 (RFC 7959) and, so that it is
//                                 known of which image, Request-Tag (RFC 9175, 3.2); to one node or
//                                 to all
//   status     GET /5/0
//   apply      POST /5/0/2        5/0/2 Update
//   confirm    POST /fw/confirm
//   revert     POST /fw/revert
//
// /fw stands for 5/0/0 Package: with the longer path, a block would not fit a secured frame. Each
// request to one node is answered by how its firmware stands then:
//
//   {5: {3 state, 5 update result, 7 package version, 26241 tag of its image, 26242 blocks that it
//   lacks of that, 26243 the first of these (as application/missing-blocks of RFC 9177, 4.4)}}
//
// the last three, of the range for private use, only while there are any. What is not known here is
// read over.
#pragma once

#include "models/controller/core/message.h"
#include "models/mesh/stack/coap/coap.h"

enum { DD_FIRMWARE_BODY_MAX = 72 }; // octets of the longest payload

// Whether a message's path is one of these.
bool dd_firmware_named(const dd_coap *message);

// A request of the controller (dd_node_is_firmware), and back. Writing sets code, path, options and
// payload, which lies in `body`; the other fields stay. Reading returns 0 or the error to answer
// with; `lamp` and `token` of the request stay as they are.
void dd_firmware_write_request(dd_coap *message, uint8_t body[static DD_FIRMWARE_BODY_MAX],
                               const dd_node_request *request);
uint8_t dd_firmware_read_request(dd_node_request *request, const dd_coap *message);

// The answer, and back; false for what is none.
void dd_firmware_write_status(dd_coap *message, uint8_t body[static DD_FIRMWARE_BODY_MAX],
                              const dd_firmware_status *status);
bool dd_firmware_read_status(dd_firmware_status *status, const dd_coap *message);
