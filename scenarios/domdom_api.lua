---@meta
-- The scenario language of Đom Đóm, for the Lua language server. Made by `domdom api --annotations`.

-- Durations and moments

---@class Duration
---A length of time, made by `seconds(5)`, `minutes(5)`, `hours(5)` or written "1h30m". Durations
---can be added, subtracted, compared, and multiplied and divided by numbers.
---@operator add(Duration): Duration
---@operator sub(Duration): Duration
---@operator mul(number): Duration
---@operator div(number): Duration
local Duration = {}

---A duration of `n` seconds, from 0 on.
---@param n number
---@return Duration
function seconds(n) end

---A duration of `n` minutes, from 0 on.
---@param n number
---@return Duration
function minutes(n) end

---A duration of `n` hours, from 0 on.
---@param n number
---@return Duration
function hours(n) end

---The duration as a number of seconds.
---@return number
function Duration:seconds() end

---The duration as a number of minutes.
---@return number
function Duration:minutes() end

---The duration as a number of hours.
---@return number
function Duration:hours() end

---The time that has passed since the scenario's start.
---@return Duration
function elapsed() end

---Civil time now, or at a moment: "2020-08-03 21:10:00".
---@param moment? string|Duration
---@return string
function civil(moment) end

-- Setting up

---Says what is played. Every scenario begins with it.
---Fields: `city` ("bentre", or the path of a city file), `start` and `stop` (civil times;
---`stop` may be "06:30": the first after the start), `name`, `about`, `seed` (default 1).
---@param spec {city: string, start: string, stop: string, name?: string, about?: string, seed?: integer}
function scenario(spec) end

---Changes settings, before the first use of a lamp, road or segment: `set{ ["mesh.fade_db"] = 4 }`.
---`domdom help settings` lists them.
---@param values table<string, number>
function set(values) end

---A parameter of this scenario: its default, or what the command line gave (`--set name=value`).
---@generic T: number|string|boolean
---@param name string
---@param default T
---@return T
function param(name, default) end

---The channels and PAN ids of segments, by their ids, before the first use of a lamp, road or
---segment: `radios{ ["S-01"] = { channel = 15, pan = 0x1a2b } }`. What is not given is computed, so
---that neighbours differ. Two segments that hear each other cannot have one PAN id. A `key` of 32
---hexadecimal digits is the network's, for frames secured by `mesh.security`; else it is drawn.
---@param given table<string, {channel?: integer, pan?: integer, key?: string}>
function radios(given) end

---Adds a luminaire to the catalogue, or changes one, before the first use of a lamp, road or segment:
---`luminaire{ name = "LED-street-90", power_w = 90, flux_lm = 11700, control = "dali_linear" }`. What
---is not given is as with the one that it is `like`, or with what it was, or with an LED street
---luminaire. `domdom help settings` lists the figures.
---@param spec {name: string, like?: string, power_w?: number, flux_lm?: number, technology?: string, control?: string, node?: boolean, [string]: number|string|boolean}
function luminaire(spec) end

---The lighting program that all lamps are commissioned with: a list of switch points, each with
---`at` ("sunset", "sunrise+10m", "23:00") and `level` in percent; or a calendar.
---@param points {at: string, level: number}[]|Calendar
function program(points) end

---@class Calendar
---Which program lamps follow in which night.
---@field text string as actions write it

---A calendar: up to four `programs` by name, each a list of switch points as for `program` (an empty
---one is dark), up to twelve `rules`, of which the first that fits a night counts, and the program
---that is the `default` of all other nights. A rule's `on` lists what must all be so: a date
---("2021-02-11", each year "09-02", each month "15") or a range ("2021-02-11..2021-02-17",
---"12-24..01-02"), weekdays ("sat sun", "mon-fri"), and which of them in their month ("last fri", "1st
---3rd mon"). A night belongs to its evening's day. Give it to `program`, or to segments.
---@param spec {programs: table<string, {at: string, level: number}[]>, rules?: {on: string, program: string}[], default?: string}
---@return Calendar
function calendar(spec) end

-- Time: what happens when

---Calls `f` at a moment. One that has passed, or lies after the stop, is an error.
---@param moment string|Duration
---@param f fun()
function at(moment, f) end

---Calls `f` when a duration has passed.
---@param duration Duration|string
---@param f fun()
function after(duration, f) end

---Calls `f` again and again, each `period` (a millisecond or more), the first time when one has
---passed. It stops when `f` returns false.
---@param period Duration|string
---@param f fun(): boolean?
function every(period, f) end

---Starts a process: a function that may `wait`. It begins at once (at the start of the run, when
---called from the scenario's top).
---@param f fun()
function process(f) end

---Starts an operator's process: as `process`, but what it and all that it plans can ask is what the
---centre, the office and the crews have told, and what it can do is an operator's. Whatever would
---tell it what is true, or is the instructor's to do, is an error. `f` gets the `desk`.
---@param f fun(desk: Desk)
function operator(f) end

---Inside a process: waits for a duration.
---@param duration Duration|string
function wait(duration) end

---Inside a process: waits until a moment; one that has passed does not wait.
---@param moment string|Duration
function wait_until(moment) end

---@class Record
---Something that happened: `kind`, `entity` (an id), `entity_type`, `time` (a Duration since the
---start), and the fields of its kind (`domdom help records` lists kinds and fields), moments among
---them in seconds since the start.
---@field kind string
---@field entity string
---@field entity_type string
---@field time Duration

---Calls `f` with every record of a kind, or of those whose fields match, at the next full 100 ms
---of simulated time after it happened. It stops when `f` returns false.
---@param kind string
---@param match table|fun(record: Record): boolean?
---@param f? fun(record: Record): boolean?
---@overload fun(kind: string, f: fun(record: Record): boolean?)
function on(kind, match, f) end

---Inside a process: waits for a record of a kind whose fields match, at most `limit` long. Returns
---the record, or nil when the time is over.
---@param kind string
---@param match? table
---@param limit? Duration|string
---@return Record?
function wait_for(kind, match, limit) end

---Writes a note into the run's records, and to the terminal: its arguments, with blanks between.
---@param ... any
function note(...) end

-- Choosing lamps and what belongs to them

---@class Selection
---Some lamps, or one segment, feeder, road or ward. Two selections can be compared with `==`;
---`#s` is the number of members.
---@operator len: integer
local Selection = {}

---The lamps of a road, segment, feeder, ward, luminaire kind or road class; without a filter, all
---lamps of the city. Fields may be combined. Roads and wards go by name or id.
---@param filter? {id?: string, road?: string, segment?: string, feeder?: string, ward?: string, kind?: string, class?: string}
---@return Selection
function lamps(filter) end

---The lamp with that id.
---@param id string
---@return Selection
function lamp(id) end

---The segment (one controller with its lamps) with that id.
---@param id string
---@return Selection
function segment(id) end

---The feeder with that id.
---@param id string
---@return Selection
function feeder(id) end

---The road with that name or id.
---@param name string
---@return Selection
function road(name) end

---The ward or commune with that name or id.
---@param name string
---@return Selection
function ward(name) end

---The city itself; what fails of it is the centre's own line: `city():fail("outage")`.
---@return Selection
function city() end

---The telecom operator of that name: "fixed" has the fibre lines, "mobile-a" and "mobile-b" the
---mobile ones. All of its lines are down at once: `carrier("mobile-a"):fail("outage")`.
---@param name string
---@return Selection
function carrier(name) end

---All segments of the city.
---@return Selection
function segments() end

---All feeders of the city.
---@return Selection
function feeders() end

---All roads of the city.
---@return Selection
function roads() end

---How many members it has.
---@return integer
function Selection:count() end

---The lamps that belong to it: of a segment, feeder, road or ward.
---@return Selection
function Selection:lamps() end

---The segments that its lamps belong to.
---@return Selection
function Selection:segments() end

---The feeders that its lamps hang on.
---@return Selection
function Selection:feeders() end

---The roads that its lamps stand on.
---@return Selection
function Selection:roads() end

---Its first `n` members; asking for more than it has is an error.
---@param n integer
---@return Selection
function Selection:first(n) end

---`n` of its members, drawn by the run's luck; asking for more than it has is an error.
---@param n integer
---@return Selection
function Selection:pick(n) end

---Its members that are not members of the other, which must be of the same type: the lamps that are
---not a feeder's are `lamps():without(feeder("F-001"):lamps())`.
---@param other Selection
---@return Selection
function Selection:without(other) end

---The number of its pole along its feeder's cable, from 1 at the cabinet. Of one lamp.
---@return integer
function Selection:pole() end

---The lamps on its poles from number `first` (of 1) to number `last` (of all). Of one feeder.
---@param first? integer
---@param last? integer
---@return Selection
function Selection:poles(first, last) end

---The lamps on its pole and on all poles beyond, away from the cabinet: what goes dark when the
---cable is cut before it. Of one lamp.
---@return Selection
function Selection:outward() end

---The ids of its members.
---@return string[]
function Selection:ids() end

---Calls `f` with each member as a selection of one.
---@param f fun(member: Selection)
function Selection:each(f) end

-- What is true

---How many of its lamps give light now.
---@return integer
function Selection:lit() end

---How many of its lamps are dark now.
---@return integer
function Selection:dark() end

---The share of its lamps that give light now, percent.
---@return number
function Selection:lit_share() end

---The mean light of its lamps now, percent of full.
---@return number
function Selection:level() end

---The power its lamps take now, watts.
---@return number
function Selection:power() end

---The energy its lamps have taken so far, kilowatt-hours.
---@return number
function Selection:energy() end

---Mean horizontal illuminance on its roads now, in lux: an engineering estimate from where the
---lamps stand, what they give now, and how a luminaire of their kind spreads it (`domdom light`
---tells the same of a city as built).
---@return number
function Selection:illuminance() end

---Mean luminance of its roads now, in cd/m2: illuminance times setting road.q0.
---@return number
function Selection:luminance() end

---Uniformity of luminance on its roads now, 0 to 1: overall (least by mean) and longitudinal (least
---by most along the worst lane), means over the stretches between neighbouring luminaires; then the
---overall one of the worst stretch.
---@return number, number, number
function Selection:uniformity() end

---The class of EN 13201 that the means on its roads meet now ("ME1" is the best, "none" is below
---ME6), and the one that the first road of them should have.
---@return string, string
function Selection:lighting_class() end

---Percent of the length of its roads that has what its road's class should have now.
---@return number
function Selection:well_lit() end

---The share of its lamps with a route to their controller now, percent.
---@return number
function Selection:reachable() end

---The lamps that its lamps send to first on the way to their controllers, now: their parents in the
---mesh. A lamp that sends to its controller at once has none.
---@return Selection
function Selection:parents() end

---The lamps whose parent in the mesh is one of its lamps now.
---@return Selection
function Selection:children() end

---The voltage at its lamps now, volts: the mean of those that have any, or 0.
---@return number
function Selection:voltage() end

---The current that its lamps take now, amperes: the sum of what their nodes measure. With a phase,
---"L1", "L2" or "L3": what the meter in the cabinet measures, of one feeder.
---@param phase? "L1"|"L2"|"L3"
---@return number
function Selection:current(phase) end

---The name of its lamps' luminaires, as they hang there now; nil when they differ.
---@return string?
function Selection:model() end

---What its feeders' meters say, kilowatt-hours since they were made.
---@return number
function Selection:meter_kwh() end

---@class Reading
---@field level number percent of light that the node commands
---@field power number watts
---@field voltage number volts
---@field current number amperes
---@field energy number watt-hours, counted modulo 65536
---@field silent boolean the gear does not answer on its bus
---@field open boolean the light source is an open circuit
---@field short boolean the light source is shorted
---@field derated boolean the gear reduces its output for its temperature
---@field hot boolean the gear is too hot
---@field relay boolean the voltage behind the relay is not as commanded
---@field cycling boolean it has started again and again

---What its node would read out now, whether anybody asks or not. Of one lamp.
---@return Reading
function Selection:reading() end

---@class CabinetReading
---@field voltage_l1 number volts at the meter's terminals; voltage_l2 and voltage_l3 likewise
---@field current_l1 number amperes; current_l2 and current_l3 likewise
---@field power number watts, as its meter says
---@field meter number kilowatt-hours, as its meter says
---@field leakage number amperes of residual current
---@field contactor boolean its feedback contact is closed
---@field tripped boolean its breaker has tripped
---@field override boolean its hand switch is not on automatic

---What the controller in the cabinet can see of it now. Of one feeder.
---@return CabinetReading
function Selection:cabinet() end

---@class Sky
---@field illuminance number lux on open ground
---@field elevation number degrees of the sun over the horizon
---@field temperature number °C in the shade
---@field rain number mm/h
---@field clouds number percent
---@field tide number metres over mean sea level
---@field flood? number metres over mean sea level of water in low streets, when there can be any

---How it is outside now.
---@return Sky
function sky() end

---How many of its lamps hold an override now.
---@return integer
function Selection:overridden() end

---What one lamp's gear says of itself by DALI (D4i: DiiA parts 251 to 253): its ratings, energy,
---voltage, power factor, temperature, failures and counters, by name. What it does not know is nil;
---nil altogether when it does not answer.
---
---    local gear = lamp"L-0001":gear()
---    print(gear.mains_voltage, gear.gear_temperature, gear.source_time / 3600)
---@return table<string, number|string>?
function Selection:gear() end

---A figure of the whole city by name, such as "mesh.delivered".
---@param name string
---@return number value
---@return string unit
function figure(name) end

-- What the centre believes

---The share of its lamps that the centre has read within the last `since`, percent.
---@param since Duration|string
---@return number
function Selection:heard(since) end

---Whether the centre has an active alarm on one of its members, of a kind ("supplyLoss") or any.
---An alarm of a feeder is not one of its lamps.
---@param kind? string
---@return boolean
function Selection:alarm(kind) end

---Alarms whose condition stands now: how many, of a kind or all.
---@param kind? string
---@return integer
function alarms_active(kind) end

---Alarms raised since the start: how many, of a kind or all.
---@param kind? string
---@return integer
function alarms_raised(kind) end

-- The desk: what an operator sees

---@class Desk
---What an operator of the centre sees, as plain tables: what the centre, the office and the crews have
---told, never what is true. Filters are tables of fields that must be equal.

---@class DeskAlarm
---@field number integer by which it is acknowledged and shelved
---@field what string its kind; `domdom help alarms` lists them
---@field entity string the id of what it is on
---@field entity_type string
---@field priority integer 1 high, 2 medium, 3 low
---@field value integer of its kind
---@field raised Duration when, since the start
---@field acknowledged boolean
---@field returned boolean its condition has gone away
---@field suppressed boolean its incident is known without it
---@field incident? integer that it belongs to
---@field shelved boolean
---@field shelved_until? Duration
---@field reason? string why it is on the shelf

---The alarms that are live: not both acknowledged and returned.
---@param match? table
---@return DeskAlarm[]
function desk.alarms(match) end

---The alarms that call for somebody: they stand, nobody has acknowledged or shelved them, and no
---incident explains them.
---@return DeskAlarm[]
function desk.calling() end

---@class DeskCommand
---@field number integer
---@field entity string the id of the segment that it went to
---@field entity_type "segment"
---@field what "read"|"override"|"resume"|"calendar"|"group"
---@field sent Duration when, since the start
---@field level? number percent, of an override

---The commands that are under way; how each ends is a record, `command_outcome`.
---@param match? table
---@return DeskCommand[]
function desk.commands(match) end

---@class DeskIncident
---@field number integer
---@field entity string the id of what it names
---@field entity_type string
---@field cause string as the centre, a crew or an operator holds it
---@field reason string why
---@field confidence integer percent, of the cause
---@field settled boolean an operator or a crew has said the cause
---@field state string "opened", "changed", "over" or "closed"
---@field priority integer 1 high, 2 medium, 3 low
---@field dark integer lamps that the centre holds to be dark for it
---@field standing integer of its alarms that have not returned
---@field alarms integer that belonged to it ever
---@field reports integer citizens' reports that belong to it
---@field by_hand boolean an operator has opened it
---@field opened Duration when, since the start
---@field over? Duration since when it is over

---The incidents that are not closed.
---@param match? table
---@return DeskIncident[]
function desk.incidents(match) end

---The incident of a number, closed or not; nil: there is none.
---@param number integer
---@return DeskIncident?
function desk.incident(number) end

---@class DeskReport
---@field number integer
---@field entity string the id of the road, or of the lamp, that it names
---@field entity_type string
---@field topic string as the office holds it
---@field filed_as string the group that it was filed in
---@field text string what it says
---@field state "filed"|"with_ward"|"with_centre"
---@field ward? string the id of the ward or commune in which the place is
---@field unit? string the id of the ward or commune that has it
---@field incident? integer that it belongs to
---@field filed Duration when, since the start
---@field due Duration when it must be answered
---@field overdue boolean
---@field me_too integer who have joined it, or filed the same

---The citizens' reports that are not answered.
---@param match? table
---@return DeskReport[]
function desk.reports(match) end

---@class DeskCrew
---@field number integer
---@field entity string its name, "crew-1"
---@field entity_type "crew"
---@field state "off"|"ready"|"driving"|"looking"|"working"|"returning"
---@field on_shift boolean
---@field free boolean on shift, without a ticket or a break
---@field since Duration of what it does now
---@field due? Duration when it will have done so, as far as it can tell
---@field ticket? integer that it is on

---The crews.
---@param match? table
---@return DeskCrew[]
function desk.crews(match) end

---@class DeskTicket
---@field number integer
---@field entity string the id of where to
---@field entity_type string
---@field priority integer 1 high, 2 medium, 3 low
---@field asked Duration when, since the start
---@field incident? integer that it is for
---@field crew? string that goes, or went; nil: it waits for one
---@field arrived? Duration
---@field ended? Duration
---@field result? string what has come of it
---@field fault? string what the crew says it was

---The crews' tickets, those that have ended too.
---@param match? table
---@return DeskTicket[]
function desk.tickets(match) end

---@class DeskLamp
---@field entity string its id
---@field segment string the ids of its segment, feeder and road, by the register
---@field feeder string
---@field road string
---@field pole integer the number of its pole along the feeder's cable
---@field kind string its luminaire, by the register
---@field light "unknown"|"lit"|"off"|"dark"|"burning" what the centre holds it to be
---@field why string the cause of that
---@field incident? integer that it is dark or burning for
---@field heard? Duration when it was last read, since the start; nil: never
---@field level number percent, as last read
---@field power number watts, as last read
---@field overridden boolean it said that it held an override
---@field answered boolean it answered when it was last asked
---@field supplied boolean its feeder was live then, as far as the controller knew

---What the register says of the lamps of a selection of anything, and what the centre holds of them.
---@param selection Selection
---@return DeskLamp[]
function desk.lamps(selection) end

---@class DeskFeeder
---@field entity string its id
---@field segment string whose controller tells of it
---@field heard? Duration when its meter was last read
---@field energy number kilowatt-hours, as its meter said
---@field power number watts, as its meter said

---What the centre was told of a feeder.
---@param feeder Selection
---@return DeskFeeder
function desk.feeder(feeder) end

---@class DeskSegment
---@field entity string its id
---@field lamps integer
---@field installed boolean it has a controller
---@field heard? Duration when its controller was last heard
---@field connected boolean whether a session with its controller is on

---What the centre holds of a segment's controller and line.
---@param segment Selection
---@return DeskSegment
function desk.segment(segment) end

---What a row of the desk, or a record, is about, for acting on it.
---@param row {entity: string, entity_type: string}
---@return Selection
function desk.place(row) end

-- Acting: the operator

---The centre commands its lamps to hold a level (percent), for a time or until resumed. With `to` and
---`back` they fade to it and back from it in that time; with `group` it means that group of their
---segments.
---@param level number
---@param lasts? Duration|string
---@param how? {to?: Duration|string, back?: Duration|string, group?: string}
function Selection:override(level, lasts, how) end

---The centre commands its lamps, or a group of their segments, back to their calendar.
---@param group? string
function Selection:resume(group) end

---The centre reads its lamps, or a group of their segments, now.
---@param group? string
function Selection:read(group) end

---The centre gives its segments, or a group of theirs, a calendar. Segments get it whole: without a
---group some of the lamps of one are an error.
---@param calendar Calendar
---@param group? string
function Selection:calendar(calendar, group) end

---In the segments that they are in, its lamps are a group of that name from now on. An operator's
---overrides and calendars can mean the group.
---@param name string
function Selection:group(name) end

---Segments of its lamps have no group of that name any more.
---@param name string
function Selection:ungroup(name) end

---The centre gives its segments another program, in the form of `program`. Segments get it whole:
---some of the lamps of one are an error.
---@param points {at: string, level: number}[]
function Selection:program(points) end

---An operator acknowledges the alarm with that number; false when no live alarm has it.
---@param number integer
---@return boolean
function acknowledge(number) end

---An operator puts an alarm on the shelf for a while, for a reason: it calls nobody until then. False
---when no live alarm has the number.
---@param number integer
---@param lasts Duration|string
---@param reason string
---@return boolean
function shelve(number, lasts, reason) end

---An operator takes an alarm back from the shelf; false when it is not there.
---@param number integer
---@return boolean
function unshelve(number) end

---An operator opens an incident at a place by hand: one root cause. Causes are unknown, lamp, supply,
---feeder, cable, line, operator, centre_line, controller, mesh, order, firmware, flood, theft and
---nothing. Returns its number.
---@param place Selection
---@param cause string
---@param priority? "high"|"medium"|"low"
---@return integer
function open_incident(place, cause, priority) end

---An alarm belongs to an incident; false when one of them is not there any more.
---@param incident integer
---@param alarm integer
---@return boolean
function link_alarm(incident, alarm) end

---A citizen's report belongs to an incident; false when one of them is not there any more.
---@param incident integer
---@param report integer
---@return boolean
function link_report(incident, report) end

---An operator notes the cause of an incident, whatever the alarms add up to; false when it is closed.
---@param incident integer
---@param cause string
---@return boolean
function note_cause(incident, cause) end

---An operator closes an incident; false when it is closed already.
---@param incident integer
---@return boolean
function close_incident(incident) end

---Hands a citizen's report to a ward or commune, or to the control centre by `city()`; false when it is
---answered or was never filed.
---@param report integer
---@param unit Selection
---@return boolean
function transfer(report, unit) end

---Answers a citizen's report: "done", "duplicate", "not_found", "not_ours" or "planned"; false when it
---is answered or was never filed.
---@param report integer
---@param what string
---@return boolean
function answer(report, what) end

---Sends a crew, or whichever can be there soonest, to a lamp, feeder, segment or road, for an incident.
---Until one can go the ticket waits. Returns the ticket's number; false and why when it cannot be.
---@param place Selection
---@param how? {crew?: string, incident?: integer, priority?: "high"|"medium"|"low"}
---@return integer|false
---@return string? why
function dispatch(place, how) end

---Calls a crew home, so that its ticket ends, or withdraws a ticket that waits, by its number;
---false and why when there is no such thing to do.
---@param whom string|integer
---@return boolean
---@return string? why
function recall(whom) end

---Writes a line into the shift's log: its arguments, with blanks between.
---@param ... any
function log(...) end

---Does an action given as text, as on the command line: "override road:Đồng_Khởi 50% 1h".
---`domdom help actions` lists them.
---@param text string
function act(text) end

-- Acting: technicians in the street

---A crew hangs other luminaires on the poles of its lamps: those of the city file, or of a model,
---each new and with the node that the model has. Their segment's controller knows of them when it is
---commissioned.
---@param model? string
function Selection:refit(model) end

---A technician takes the inventory of its segments anew, of what hangs on the poles now, and starts
---their controllers: new ones, which remember nothing, where there were none or they were dead or
---their flash was worn.
function Selection:commission() end

-- Faults, weather and lightning: the instructor

---Makes its members fail, or what they stand for: a fault of lamps those of a road, one of feeders
---the feeder of a lamp. `domdom help faults` lists them. At once, or `at` a moment; for good, or
---until it has lasted so long, when it is repaired.
---
---A "jammer" sends where the mesh does, at lamps, at the controllers of segments, in the middle of
---roads. Its `kind` is "carrier", "wifi", "rfid" or "mesh"; its `power` (dBm EIRP), `channel` and
---`duty` (percent of the time) are as usual for the kind unless given.
---@param fault string
---@param how? {at?: string|Duration, lasts?: Duration|string, kind?: string, power?: number, channel?: number, duty?: number}
function Selection:fail(fault, how) end

---Repairs a fault of its members, or of what they stand for; or all that is wrong with its members
---themselves.
---@param fault? string
function Selection:repair(fault) end

---From now on a fault strikes by chance, each of those it happens to by itself: `per_1000_h` times in
---1000 hours, and it is repaired after `repair_h` hours on average (never, unless given). Returns a
---function that ends it.
---@param spec {fault: string, per_1000_h: number, repair_h?: number}
---@return fun()
function Selection:hazard(spec) end

---A `share` of its lamps (percent), drawn by the run's luck, is of a bad batch: their lives end in
---that fault so many times (`factor`) sooner. Returns those lamps, for who judges a diagnosis.
---@param spec {share: number, fault: string, factor: number}
---@return Selection
function Selection:batch(spec) end

---Cuts its cable after its pole number `n`: what hangs beyond is dead. Of one feeder.
---@param n integer
function Selection:cut_after(n) end

---Thieves cut the cable before the pole of the lamp `from` and take it as far as `poles` poles
---outward: what hangs from there on is dead until each stretch is laid again. Returns the lamps
---whose stretch is gone: `:repair("cable_cut")` lays it.
---@param spec {from: Selection, poles: integer}
---@return Selection
function steal_cable(spec) end

---Lightning strikes the pole of a lamp, the cabinet of a segment, or the middle of a road, with so
---many kiloamperes (30 is the mean of first strokes).
---@param where Selection
---@param kiloamperes number
function strike(where, kiloamperes) end

---The weather over the whole city from now on, as far as it is said: `rain` in mm/h, `clouds` in
---percent, `temperature` in °C, `water` in metres over mean sea level, which floods low streets;
---what is not said stays as it was. A `storm` is lightning: so many `flashes` to ground by km² and
---hour, as long as it `lasts`. `weather("nature")` gives all of it back to the place's own.
---@param spec "nature"|{rain?: number, clouds?: number, temperature?: number, water?: number, storm?: {flashes: number, lasts: Duration|string}}
function weather(spec) end

---A citizen files a report now, through the app: of what `topic` ("rubbish", "street_selling",
---"advertising", "construction_order", "infrastructure", "security" or "lighting"), `where` (a lamp,
---or the middle of a road or ward), in words (`text`), perhaps in another group (`filed_as`) than
---its topic's. What it tells of is there from now on, until somebody puts it right, unless it is
---`unfounded`; light is as the lamps are. Returns its number.
---@param spec {topic: string, where: Selection, text?: string, filed_as?: string, unfounded?: boolean}
---@return integer
function file_report(spec) end

-- Boards: the instructor's bench

---Puts a real board in the place of its controller, or an emulated one. Of one segment; before the
---run begins, it is there from the first moment. Which board: the `serial` of its USB device (with `vid`,
---`pid` and `interface`, if need be), the `path` of a pseudo-terminal or serial port, or `emulated`
---("lm3s6965evb", "netduinoplus2", "host").
---
---When it is lost, `on_lost` says what happens: "fallback" (the simulated controller takes over, with
---the state of its shadow, else cold), "wait" (nobody is there until it is back) or "fail" (the run
---fails). With `shadow = true` the simulated controller works beside it, and what the two say is
---compared; `shadow = { serial = "..." }` has another board do that.
---
---A run as fast as possible needs a board that offers lock-step; with `--speed 1` it keeps real time
---(unless `lock_step = true`): then an answer or a deadline missed by more than the `tolerance` (5 ms)
---is an overrun, and what is late is counted only, dropped or, after `late_n` times, the end of it:
---`late` = "count", "drop", "lose". It must be found within `find` (10 s) and, in lock-step, answer within
---`answer` (2 s). `supply` is a command that switches its supply, called with `on` or `off`.
---
---`leeway` says how far board and shadow may be apart before it counts, by kind of message ("datagram",
---"line", "contactors", "look", "boot", "leds", "air"): in `time_us`, `clock_ms`, `level_pm`, `power_mw`,
---`voltage_dv`, `energy_wh`; and whether `ids` and `order` count, or the kind is `ignored`. In lock-step
---nothing may differ; in real time about what wires and clocks make of it.
---@param spec {serial?: string, vid?: integer, pid?: integer, interface?: integer, path?: string, emulated?: string|boolean, on_lost?: "fallback"|"wait"|"fail", shadow?: boolean|{serial?: string, path?: string, emulated?: string|boolean}, lock_step?: boolean, late?: "count"|"drop"|"lose", late_n?: integer, tolerance?: Duration|string, find?: Duration|string, answer?: Duration|string, supply?: string, leeway?: table<string, table<string, integer|boolean>>}
function Selection:attach(spec) end

---Takes its board away in good order: the simulated controller goes on.
function Selection:detach() end

---Pulls its board's cable: the twin lets go of the port, and finds it again only when it is put back.
function Selection:unplug() end

---Puts its board's cable back.
function Selection:plug() end

---Switches its board's supply, by the command that `attach` was given.
---@param on boolean
function Selection:power_board(on) end

---Has its board start anew.
function Selection:reset_board() end

---Makes its board's wire bad from now on: chances (0 to 1) by which a frame is dropped, spoilt,
---repeated or cut off, a delay and its jitter in milliseconds of the wall, stalls of `stall_s` seconds
---every `stall_every_s` on average; `wire{}` is a good one again. The same seed spoils the same frames.
---@param spec {drop?: number, corrupt?: number, duplicate?: number, truncate?: number, delay_ms?: number, jitter_ms?: number, stall_every_s?: number, stall_s?: number}
function Selection:wire(spec) end

---@class Board
---@field board string which one was asked for
---@field mode "lock-step"|"real time"
---@field state "absent"|"found"|"greeted"|"in_step"|"late"|"lost"
---@field verdict string why it is not at work: "unplugged", "silent", "no_hello" and the like; or "well"
---@field seat "board"|"shadow"|"cold"|"nobody" who controls the segment now
---@field serial? string as its Hello tells
---@field firmware? string likewise
---@field losses? integer how often it was lost
---@field deadlines integer in real time, so far
---@field overruns integer of these, missed by more than the tolerance
---@field compared integer messages laid beside its shadow's
---@field divergences integer of these, the ones in which the two have parted
---@field first_divergence? string the first of them, in a line

---How it stands with its board. Of one segment; nil when it has none.
---@return Board?
function Selection:board() end

-- Boards: what befalls them

---Its board's supply fails, and comes back after `lasts` (2 s): so many `times` (3), `every` so long
---(5 minutes) on average, by the run's luck. `attach` was given how to switch it, or the board is
---emulated.
---@param spec? {times?: integer, every?: Duration|string, lasts?: Duration|string}
function Selection:brown_out(spec) end

---Its board's cable comes loose, and is put back after `lasts` (10 s): so many `times` (3), `every` so
---long (5 minutes) on average, by the run's luck.
---@param spec? {times?: integer, every?: Duration|string, lasts?: Duration|string}
function Selection:loose_cable(spec) end

---Its board starts anew again and again: so many `times` (5), each `every` (20 s) after the one
---before. Where it is just not there, that time is left out.
---@param spec? {times?: integer, every?: Duration|string}
function Selection:reset_loop(spec) end

-- Firmware

---@class Release
---A firmware release, made by `firmware{...}`.
---@field name string
---@field version integer
local Release = {}

---Declares a firmware release, before the first lamps{}, road() or segment(): for nodes
---(`target = "node"`) or for controllers ("controller"). Devices are made with version 1. Its octets
---are made of its name; `kib` of them (256 at most; 32 unless said). `defect` is what is wrong with
---it though its digest is right: "does_not_start", "mute" (sends nothing), and of nodes
---"wrong_curve" (dims by the other curve), "forgets_overrides" (after a minute),
---"override_never_ends", "midnight_rollover" (dark from midnight to noon). `damaged` is the place
---of an octet that is wrong in the centre's file.
---@param spec {name: string, target: string, version: integer, kib?: integer, defect?: string, damaged?: integer}
---@return Release
function firmware(spec) end

---@class Campaign
---A release on its way to segments, made by `Selection:update`.
---@field number integer
local Campaign = {}

---An operator has the centre bring a release to the segments of the selection, wave after wave. The
---first wave has `canary` segments (1), each further one `wave` percent of all (25). When all of a
---wave has been updated it is watched for `soak` (a day) before the next begins; it may take
---`patience` (three days). When more than `failed` percent (5) of a wave's devices fail, or more
---than `alarms` percent (5) of those updated have new alarms, the campaign halts, and with
---`go_back` (true) what was updated goes back to what it ran before.
---@param release Release|string
---@param how? {canary?: integer, wave?: number, soak?: Duration|string, patience?: Duration|string, failed?: number, alarms?: number, go_back?: boolean}
---@return Campaign
function Selection:update(release, how) end

---@class DeskCampaign
---How a campaign stands, as the centre holds it.
---@field number integer
---@field release string
---@field state string "wave" (it goes on), "halted", "done" or "aborted"
---@field gate string why it halted: "none", "operator", "failed" or "alarms"
---@field wave integer the present one, of
---@field waves integer
---@field devices integer nodes or controllers of its segments
---@field done integer of these, those that run the release
---@field failed integer those that could not be updated, or rolled it back
---@field alarmed integer of those done, lamps with alarms that they did not have before
---@field segments integer
---@field settled integer of these, those that have said how it ended
---@field open integer those that it still has something to say to, be it to go back

---How it stands, as the centre holds it.
---@return DeskCampaign
function Campaign:status() end

---All firmware campaigns so far, by number.
---@return DeskCampaign[]
function desk.campaigns() end

---An operator halts it; with `go_back` what was updated goes back.
---@param go_back? boolean
function Campaign:halt(go_back) end

---An operator lets it go on.
function Campaign:continue() end

---An operator ends it for good; with `go_back` what was updated goes back.
---@param go_back? boolean
function Campaign:abort(go_back) end

---How many of the lamps' nodes, or of the segments' controllers, of the selection truly run a version
---of firmware now.
---@param version integer
---@return integer
function Selection:running(version) end

-- Expectations

---An expectation with a number: what is measured `at` a moment (or at the end) must be `at_least`,
---`at_most` or `equals` a limit, or lie `between` two. `measure` is a function, or the name of a
---figure. What cannot be measured yet fails.
---@param spec {name: string, measure: string|fun(): number, at?: string|Duration, at_least?: number, at_most?: number, equals?: number, between?: number[], unit?: string}
function expect(spec) end

---An expectation about time: from a moment on (or from now), `check` must become true within
---`limit`. It is looked at each second, and must return true or false; the time it took, in seconds,
---is measured.
---@param spec {name: string, from?: string|Duration, limit: Duration|string, check: fun(): boolean}
function within(spec) end

-- Boards: what is expected of them

---An expectation: its board, from the first to the last, says what its shadow says. It fails by the
---number of messages in which they have parted (`board().first_divergence` and the report at the end
---say which); and where nothing was compared, which is no proof of anything.
---@param spec? {name?: string}
function Selection:expect_no_divergence(spec) end
