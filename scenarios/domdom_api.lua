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

---The lighting program that all lamps are commissioned with: a list of switch points, each with
---`at` ("sunset", "sunrise+10m", "23:00") and `level` in percent.
---@param points {at: string, level: number}[]
function program(points) end

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

---How many of its lamps hold an override now.
---@return integer
function Selection:overridden() end

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

-- Acting: operator and instructor

---The centre commands its lamps to hold a level (percent), for a time or until resumed.
---@param level number
---@param lasts? Duration|string
function Selection:override(level, lasts) end

---The centre commands its lamps back to their program.
function Selection:resume() end

---The centre reads its lamps now.
function Selection:read() end

---The centre gives its segments another program, in the form of `program`. Segments get it whole:
---some of the lamps of one are an error.
---@param points {at: string, level: number}[]
function Selection:program(points) end

---An operator acknowledges the alarm with that number; false when no live alarm has it.
---@param number integer
---@return boolean
function acknowledge(number) end

---Does an action given as text, as on the command line: "override road:Đồng_Khởi 50% 1h".
---`domdom help actions` lists them.
---@param text string
function act(text) end

---Makes its members fail. Lamps: "led_open", "driver_dead", "stuck_on", "no_dimming", "node_dead".
---Feeders: "breaker", "phase_l1", "phase_l2", "phase_l3". Segments: "blackout", "line",
---"controller". At lamps, at the controllers of segments, in the middle of roads: "jammer", which
---sends where the mesh does. A jammer's `kind` is "carrier", "wifi", "rfid" or "mesh"; its `power`
---(dBm EIRP), `channel` and `duty` (percent of the time) are as usual for the kind unless given.
---@param fault string
---@param how? {kind?: string, power?: number, channel?: number, duty?: number}
function Selection:fail(fault, how) end

---Repairs a fault of its members, or all that is wrong with them.
---@param fault? string
function Selection:repair(fault) end

---The weather over the whole city from now on: `rain` in mm/h; 0 ends it. Leaves and housings are
---wet at once and dry slowly, and the mesh hears less.
---@param spec {rain: number}
function weather(spec) end

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
