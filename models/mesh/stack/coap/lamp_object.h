// What a lamp offers by CoAP, after the objects of OMA LwM2M and uCIFI (registry of the Open Mobile
// Alliance): 3416 outdoor lamp controller, 3418 electrical monitor, 3 device. Payloads are CBOR, in
// the shape {object: {resource: value}} for the one instance (0) that there is, ids as integers.
//
//   request                   method and path       payload
//   read                      GET /3416/0
//   read, and the clock set   PUT /3/0/13           milliseconds (3/13 current time)
//   override                  POST /3416/0          3416: 1 command, 49 default fade time, 51
//   manual
//                                                   override end time, 52 manual override fade
//   resume                    POST /3416/0          3416: 51 manual override end time: 0
//   calendar                  PUT /calendar         {0: id, 1: programs, 2: rules, 3: default}
//   links                     GET /.well-known/core (RFC 6690)
//   report, by a lamp         POST /dp              a reading (LwM2M 1.1, 6.4.4: Send)
//
//   a reading    3416: 2 command in action, 6 lamp failure reason (1 open circuit, 2 short circuit,
//                3 both), 9 relay failure, 11 cycling failure, 12 control gear communication
//                failure, 13 scheduler id (of its calendar), 22 control gear thermal derating, 25
//                control gear thermal shutdown, 54 manual override active; 3418: 1 supply voltage,
//                2 supply current, 4 active power, 6 cumulated active energy
//
// Values are integers, so that they are exact and short: levels in 1/1000 where the registry has
// 1/100, tenths of a volt, milliamperes, milliwatts, watt-hours modulo 65536, times in Unix
// milliseconds. What is not so (no override, no calendar, no failure, no current) is left out.
// Override and resume may set the clock, too (3: 13); a calendar, which may take long, does not. An
// override fades in by 52 and out by 49. Resources that are not known here are read over.
//
// A calendar's programs are arrays of [reference, level, offset]; its rules [program, weekdays,
// weeks, from, to] with dates as 20200902, as 902 each year, as 2 each month, 0 for none. What is
// empty is left out.
//
// A request to all may mean some only: 32769 (of the registry's range for vendors): 0, or 4 in a
// calendar, has a bit for each lamp, the lowest of the first octet for lamp 1.
#pragma once

#include "models/controller/core/message.h"
#include "models/mesh/stack/coap/coap.h"

enum { DD_LAMP_BODY_MAX = 768 }; // octets of the longest payload, a full calendar

typedef enum dd_lamp_resource {
    DD_LAMP_UNKNOWN,
    DD_LAMP_CONTROLLER, // /3416/0
    DD_LAMP_TIME,       // /3/0/13
    DD_LAMP_CALENDAR,   // /calendar
    DD_LAMP_LINKS,      // /.well-known/core
    DD_LAMP_SEND,       // /dp, at the controller
} dd_lamp_resource;

dd_lamp_resource dd_lamp_resource_of(const dd_coap *message);

// The links of /.well-known/core, and their length.
extern const char dd_lamp_links[];
extern const uint16_t dd_lamp_links_n;

// A request of the controller, and back (a calendar's clock is left out). Writing sets code, path,
// content format and payload, which lies in `body`; the other fields stay. Reading returns 0 or the
// error to answer with; `lamp` and `token` of the request stay as they are, its retries become 0. A
// calendar is read into `calendar`, to which the request points then; a request to others becomes
// DD_NODE_NOTHING.
void dd_lamp_write_request(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                           const dd_node_request *request);
uint8_t dd_lamp_read_request(dd_node_request *request, dd_light_calendar *calendar,
                             const dd_coap *message);

// A lamp's reading in answer to a request, and back. Writing sets the payload and its format; the
// code is for the server to choose. Reading is false for what is no reading.
void dd_lamp_write_reading(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                           const dd_reading *reading);
bool dd_lamp_read_reading(dd_reading *reading, const dd_coap *message, uint16_t lamp);

// The request that pushes a reading to the controller; one that came is read as any reading.
void dd_lamp_write_report(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                          const dd_reading *reading);
