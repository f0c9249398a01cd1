-- The scenario language. The comments that begin with three dashes are LuaLS annotations; the
-- editor's completion file and the reference page are both made of them (`domdom api`).
--
-- `dd` holds the primitives of lua/primitives.c. Everything that a scenario plans is kept here, in
-- Lua's own heap: an agenda of instants, processes as coroutines, observers, expectations.
local dd = ...
local agenda, observers, expectations = {}, {}, {}
local planned = 0 -- instants ever planned: those of one moment come in the order of planning

---------------------------------------------------------------------------------------------------
--# Durations and moments

---@class Duration
---A length of time, made by `seconds(5)`, `minutes(5)`, `hours(5)` or written "1h30m". Durations
---can be added, subtracted, compared, and multiplied and divided by numbers.
---@operator add(Duration): Duration
---@operator sub(Duration): Duration
---@operator mul(number): Duration
---@operator div(number): Duration
local Duration = {}
Duration.__index = Duration
Duration.__name = "duration"

local function duration_of_ns(ns) return setmetatable({ ns = ns }, Duration) end

-- The same of a number that may be anything; longer than a century is a mistake (and three would
-- overflow).
local function duration_of_number(ns, what)
    if not (ns > -36500 * 86400e9 and ns < 36500 * 86400e9) then
        error(what .. " is no duration: it must be a number, and a century at most", 3)
    end
    return duration_of_ns(math.floor(ns + 0.5))
end

local function is_duration(value) return getmetatable(value) == Duration end

-- Nanoseconds of a duration, which may be negative, or of "15m"; or an error that says how to
-- write one.
local function signed_ns_of(value, what)
    if is_duration(value) then return value.ns end
    if type(value) == "string" then
        local ns = dd.duration(value)
        if ns then return ns end
    end
    error(what .. " must be a duration, not " .. tostring(value) ..
        '; write seconds(5), minutes(5), hours(5) or "1h30m"', 3)
end

-- The same of one that lies ahead.
local function ns_of(value, what)
    if is_duration(value) and value.ns < 0 then
        error(what .. " is negative (" .. value.ns / 1e9 .. " s): time does not run backwards", 3)
    end
    return is_duration(value) and value.ns or signed_ns_of(value, what)
end

local function of_unit(unit_ns, name)
    return function(n)
        if type(n) ~= "number" or not (n >= 0) then
            error(name .. "(" .. tostring(n) .. ") is no duration; it takes a number from 0 on", 2)
        end
        return duration_of_number(n * 1.0 * unit_ns, name .. "(" .. n .. ")")
    end
end

---A duration of `n` seconds, from 0 on.
---@param n number
---@return Duration
function seconds(n) end
seconds = of_unit(1000000000, "seconds")

---A duration of `n` minutes, from 0 on.
---@param n number
---@return Duration
function minutes(n) end
minutes = of_unit(60 * 1000000000, "minutes")

---A duration of `n` hours, from 0 on.
---@param n number
---@return Duration
function hours(n) end
hours = of_unit(3600 * 1000000000, "hours")

function Duration.__add(a, b)
    return duration_of_number(signed_ns_of(a, "what is added") + signed_ns_of(b, "what is added"), "this sum")
end
function Duration.__sub(a, b)
    return duration_of_number(
        signed_ns_of(a, "what is subtracted from") - signed_ns_of(b, "what is subtracted"), "this difference")
end
function Duration.__mul(a, b)
    if is_duration(b) then a, b = b, a end
    if type(b) ~= "number" then error("a duration can be multiplied by a number only, not by " .. tostring(b), 2) end
    return duration_of_number(a.ns * 1.0 * b, "this product")
end
function Duration.__div(a, b)
    if type(b) ~= "number" then error("a duration can be divided by a number only, not by " .. tostring(b), 2) end
    return duration_of_number(a.ns / b, "this quotient")
end
function Duration.__eq(a, b) return a.ns == b.ns end
function Duration.__lt(a, b)
    return signed_ns_of(a, "what is compared") < signed_ns_of(b, "what is compared")
end
function Duration.__le(a, b)
    return signed_ns_of(a, "what is compared") <= signed_ns_of(b, "what is compared")
end
function Duration.__tostring(d)
    local s = d.ns / 1e9
    if s < 60 then return string.format("%gs", s) end
    return string.format("%dh%02dm%02ds", s // 3600, s % 3600 // 60, s % 60 // 1)
end

---The duration as a number of seconds.
---@return number
function Duration:seconds() return self.ns / 1e9 end

---The duration as a number of minutes.
---@return number
function Duration:minutes() return self.ns / 6e10 end

---The duration as a number of hours.
---@return number
function Duration:hours() return self.ns / 3.6e12 end

-- Simulated ns of a moment: "21:10", "2020-08-04 06:30", "sunset+15m", or a duration since the start.
local function moment_of(value, what)
    if is_duration(value) then return value.ns end
    if type(value) == "string" then
        local ns, why = dd.moment(value)
        if ns then return ns end
        error(what .. ": " .. why, 3)
    end
    error(what .. " must be a moment, not " .. tostring(value) ..
        '; write "21:10", "2020-08-04 06:30", "sunset+15m" or a duration since the start', 3)
end

---The time that has passed since the scenario's start.
---@return Duration
function elapsed() return duration_of_ns(dd.now()) end

---Civil time now, or at a moment: "2020-08-03 21:10:00".
---@param moment? string|Duration
---@return string
function civil(moment)
    return dd.civil(moment == nil and dd.now() or moment_of(moment, "civil's moment"))
end

---------------------------------------------------------------------------------------------------
--# Setting up

local scenario_fields = {
    name = "string", about = "string", city = "string", start = "string", stop = "string", seed = "number",
}

-- A value as a message shows it: texts in quotes, so that "5" and 5 can be told apart.
local function shown(value)
    return type(value) == "string" and '"' .. value .. '"' or tostring(value)
end

local function check_fields(spec, known, what)
    if type(spec) ~= "table" then error(what .. " takes a table: " .. what .. "{ ... }", 3) end
    for key, value in pairs(spec) do
        local kind = known[key]
        if not kind then
            local near, names = dd.nearest(tostring(key), known), {}
            for name in pairs(known) do names[#names + 1] = name end
            error(what .. " has no field '" .. tostring(key) .. "'" ..
                (near and ", did you mean '" .. near .. "'?" or "; there are " .. table.concat(names, ", ")), 3)
        elseif kind ~= "any" and type(value) ~= kind then
            error(what .. "'s field '" .. key .. "' must be a " .. kind .. ", not " .. shown(value), 3)
        end
    end
end

---Says what is played. Every scenario begins with it.
---Fields: `city` ("bentre", or the path of a city file), `start` and `stop` (civil times;
---`stop` may be "06:30": the first after the start), `name`, `about`, `seed` (default 1).
---@param spec {city: string, start: string, stop: string, name?: string, about?: string, seed?: integer}
function scenario(spec)
    check_fields(spec, scenario_fields, "scenario")
    for _, key in ipairs { "city", "start", "stop" } do
        if not spec[key] then error("scenario{...} needs the field '" .. key .. "'", 2) end
    end
    if spec.seed and (math.type(spec.seed) ~= "integer" or spec.seed < 0) then
        error("scenario's seed must be a whole number from 0 on, not " .. tostring(spec.seed), 2)
    end
    dd.scenario(spec.name, spec.about, spec.city, spec.start, spec.stop, spec.seed)
end

---Changes settings, before the first use of a lamp, road or segment: `set{ ["mesh.fade_db"] = 4 }`.
---`domdom help settings` lists them.
---@param values table<string, number>
function set(values)
    if type(values) ~= "table" then error('set takes a table: set{ ["centre.poll_s"] = 300 }', 2) end
    for name, value in pairs(values) do
        if type(name) ~= "string" or type(value) ~= "number" then
            error("set: " .. tostring(name) .. " = " .. tostring(value) .. ": a setting is a number", 2)
        end
        dd.set(name, value)
    end
end

---A parameter of this scenario: its default, or what the command line gave (`--set name=value`).
---@generic T: number|string|boolean
---@param name string
---@param default T
---@return T
function param(name, default)
    if type(name) ~= "string" or name:find("[^%w_]") then
        error("param's name must be a word of letters, digits and _, not " .. tostring(name), 2)
    end
    local given = dd.param(name)
    if given == nil then return default end
    if type(default) == "string" then return given end
    local value = given
    if type(default) == "number" then value = tonumber(given) end
    if type(default) == "boolean" then
        value = ({ ["true"] = true, ["false"] = false })[given]
    end
    if value == nil then
        error("--set " .. name .. "=" .. given .. ": must be a " .. type(default), 2)
    end
    return value
end

---The channels and PAN ids of segments, by their ids, before the first use of a lamp, road or
---segment: `radios{ ["S-01"] = { channel = 15, pan = 0x1a2b } }`. What is not given is computed, so
---that neighbours differ. Two segments that hear each other cannot have one PAN id. A `key` of 32
---hexadecimal digits is the network's, for frames secured by `mesh.security`; else it is drawn.
---@param given table<string, {channel?: integer, pan?: integer, key?: string}>
function radios(given)
    if type(given) ~= "table" then error('radios takes a table: radios{ ["S-01"] = { channel = 15 } }', 2) end
    for id, radio in pairs(given) do
        if type(id) ~= "string" then error("radios: " .. tostring(id) .. " is no segment's id", 2) end
        check_fields(radio, { channel = "number", pan = "number", key = "string" }, "radios' " .. id)
        for field, value in pairs(radio) do
            if field ~= "key" and math.type(value) ~= "integer" then
                error("radios' " .. id .. ": " .. field .. " must be a whole number, not " .. value, 2)
            end
        end
        dd.radio(id, radio.channel, radio.pan, radio.key)
    end
end

---Adds a luminaire to the catalogue, or changes one, before the first use of a lamp, road or segment:
---`luminaire{ name = "LED-street-90", power_w = 90, flux_lm = 11700, control = "dali_linear" }`. What
---is not given is as with the one that it is `like`, or with what it was, or with an LED street
---luminaire. `domdom help settings` lists the figures.
---@param spec {name: string, like?: string, power_w?: number, flux_lm?: number, technology?: string, control?: string, node?: boolean, [string]: number|string|boolean}
function luminaire(spec)
    if type(spec) ~= "table" or type(spec.name) ~= "string" then
        error('luminaire needs a name: luminaire{ name = "LED-street-90", power_w = 90 }', 2)
    end
    for key in pairs(spec) do
        if key ~= "name" and key ~= "like" then dd.check_luminaire(tostring(key)) end
    end
    dd.luminaire(spec.name, spec.like, spec)
end

local function check_points(points, what)
    if type(points) ~= "table" or #points == 0 then
        error(what .. " takes a list: " .. what ..
            '{ {at = "sunset", level = 100}, {at = "sunrise", level = 0} }', 3)
    end
    for i, point in ipairs(points) do
        check_fields(point, { at = "string", level = "number" }, what .. "'s point " .. i)
        if not point.at or not point.level then error(what .. "'s point " .. i .. " needs at and level", 3) end
    end
end

---The lighting program that all lamps are commissioned with: a list of switch points, each with
---`at` ("sunset", "sunrise+10m", "23:00") and `level` in percent.
---@param points {at: string, level: number}[]
function program(points)
    check_points(points, "program")
    dd.program(points)
end

---------------------------------------------------------------------------------------------------
--# Choosing lamps and what belongs to them

---@class Selection
---Some lamps, or one segment, feeder, road or ward. Two selections can be compared with `==`;
---`#s` is the number of members.
---@operator len: integer
local Selection = dd.selection_methods

setmetatable(Selection, {
    __index = function(_, key)
        if type(key) == "number" then
            error("a selection is no list; write s:first(n), s:pick(n), s:ids() or s:each(f)", 2)
        end
        local near = dd.nearest(tostring(key), Selection)
        error("a selection has no '" .. tostring(key) .. "'" ..
            (near and ", did you mean '" .. near .. "'?" or "; 'domdom api' lists what it has"), 2)
    end,
})

local filter_fields = {
    id = "string", road = "string", segment = "string", feeder = "string", ward = "string",
    kind = "string", class = "string",
}

---The lamps of a road, segment, feeder, ward, luminaire kind or road class; without a filter, all
---lamps of the city. Fields may be combined. Roads and wards go by name or id.
---@param filter? {id?: string, road?: string, segment?: string, feeder?: string, ward?: string, kind?: string, class?: string}
---@return Selection
function lamps(filter)
    filter = filter or {}
    check_fields(filter, filter_fields, "lamps")
    return dd.lamps(filter.id, filter.road, filter.segment, filter.feeder, filter.ward, filter.kind, filter.class)
end

local function single(type_name)
    return function(name)
        if type(name) ~= "string" then
            error(type_name .. " takes a name in quotes, not " .. tostring(name), 2)
        end
        return dd.entity(type_name, name)
    end
end

---The lamp with that id.
---@param id string
---@return Selection
function lamp(id) end
lamp = single("lamp")

---The segment (one controller with its lamps) with that id.
---@param id string
---@return Selection
function segment(id) end
segment = single("segment")

---The feeder with that id.
---@param id string
---@return Selection
function feeder(id) end
feeder = single("feeder")

---The road with that name or id.
---@param name string
---@return Selection
function road(name) end
road = single("road")

---The ward or commune with that name or id.
---@param name string
---@return Selection
function ward(name) end
ward = single("ward")

---All segments of the city.
---@return Selection
function segments() return dd.all("segment") end

---All feeders of the city.
---@return Selection
function feeders() return dd.all("feeder") end

---All roads of the city.
---@return Selection
function roads() return dd.all("road") end

---How many members it has.
---@return integer
function Selection:count() return #self end

---The lamps that belong to it: of a segment, feeder, road or ward.
---@return Selection
function Selection:lamps() return dd.lamps_of(self) end

---The segments that its lamps belong to.
---@return Selection
function Selection:segments() return dd.related(self, "segment") end

---The feeders that its lamps hang on.
---@return Selection
function Selection:feeders() return dd.related(self, "feeder") end

---The roads that its lamps stand on.
---@return Selection
function Selection:roads() return dd.related(self, "road") end

local function check_count(n, what, most)
    if type(n) ~= "number" or not (n >= 0) or n ~= math.floor(n) then
        error(what .. " takes a whole number from 0 on, not " .. shown(n), 3)
    end
    if n > most then error(what .. "(" .. n .. "): there are only " .. most .. " members", 3) end
    return n
end

---Its first `n` members; asking for more than it has is an error.
---@param n integer
---@return Selection
function Selection:first(n) return dd.slice(self, 1, check_count(n, "first", #self)) end

---`n` of its members, drawn by the run's luck; asking for more than it has is an error.
---@param n integer
---@return Selection
function Selection:pick(n)
    local order = {}
    check_count(n, "pick", #self)
    for i = 1, #self do order[i] = i end
    for i = 1, n do
        local j = math.random(i, #self)
        order[i], order[j] = order[j], order[i]
    end
    return dd.chosen(self, order, n)
end

---Its members that are not members of the other, which must be of the same type: the lamps that are
---not a feeder's are `lamps():without(feeder("F-001"):lamps())`.
---@param other Selection
---@return Selection
function Selection:without(other) return dd.without(self, other) end

-- The only member of a selection of one type; or an error.
local function only(selection, type_name, what)
    if #selection ~= 1 or dd.type(selection) ~= type_name then
        error(what .. " is asked of one " .. type_name .. ", not of " .. tostring(selection), 3)
    end
end

---The number of its pole along its feeder's cable, from 1 at the cabinet. Of one lamp.
---@return integer
function Selection:pole()
    only(self, "lamp", "pole")
    return dd.pole(self)
end

---The lamps on its poles from number `first` (of 1) to number `last` (of all). Of one feeder.
---@param first? integer
---@param last? integer
---@return Selection
function Selection:poles(first, last)
    only(self, "feeder", "poles")
    return dd.poles(self, first or 1, last or math.maxinteger)
end

---The lamps on its pole and on all poles beyond, away from the cabinet: what goes dark when the
---cable is cut before it. Of one lamp.
---@return Selection
function Selection:outward()
    only(self, "lamp", "outward")
    return dd.poles(dd.related(self, "feeder"), dd.pole(self), math.maxinteger)
end

---The ids of its members.
---@return string[]
function Selection:ids() return dd.ids(self) end

---Calls `f` with each member as a selection of one.
---@param f fun(member: Selection)
function Selection:each(f)
    for i = 1, #self do f(dd.slice(self, i, i)) end
end

---------------------------------------------------------------------------------------------------
--# What is true

---How many of its lamps give light now.
---@return integer
function Selection:lit() return dd.measure(self, "lit") end

---How many of its lamps are dark now.
---@return integer
function Selection:dark() return dd.measure(self, "dark") end

---The share of its lamps that give light now, percent.
---@return number
function Selection:lit_share() return dd.measure(self, "lit_share") end

---The mean light of its lamps now, percent of full.
---@return number
function Selection:level() return dd.measure(self, "level") end

---The power its lamps take now, watts.
---@return number
function Selection:power() return dd.measure(self, "power_w") end

---The energy its lamps have taken so far, kilowatt-hours.
---@return number
function Selection:energy() return dd.measure(self, "energy_kwh") end

-- The light on its roads now. A road without two luminaires to measure between has none.
local function light_on(selection) return dd.road_light(dd.related(selection, "road")) end

---Mean horizontal illuminance on its roads now, in lux: an engineering estimate from where the
---lamps stand, what they give now, and how a luminaire of their kind spreads it (`domdom light`
---tells the same of a city as built).
---@return number
function Selection:illuminance() return light_on(self).e_av end

---Mean luminance of its roads now, in cd/m2: illuminance times setting road.q0.
---@return number
function Selection:luminance() return light_on(self).l_av end

---Uniformity of luminance on its roads now, 0 to 1: overall (least by mean) and longitudinal (least
---by most along the worst lane), means over the stretches between neighbouring luminaires; then the
---overall one of the worst stretch.
---@return number, number, number
function Selection:uniformity()
    local light = light_on(self)
    return light.u0, light.ul, light.u0_least
end

---The class of EN 13201 that the means on its roads meet now ("ME1" is the best, "none" is below
---ME6), and the one that the first road of them should have.
---@return string, string
function Selection:lighting_class()
    local light = light_on(self)
    return light.met, light.wanted
end

---Percent of the length of its roads that has what its road's class should have now.
---@return number
function Selection:well_lit() return light_on(self).share end

---The share of its lamps with a route to their controller now, percent.
---@return number
function Selection:reachable() return dd.measure(self, "reachable") end

---The lamps that its lamps send to first on the way to their controllers, now: their parents in the
---mesh. A lamp that sends to its controller at once has none.
---@return Selection
function Selection:parents() return dd.parents(dd.lamps_of(self)) end

---The lamps whose parent in the mesh is one of its lamps now.
---@return Selection
function Selection:children() return dd.children(dd.lamps_of(self)) end

---The voltage at its lamps now, volts: the mean of those that have any, or 0.
---@return number
function Selection:voltage() return dd.voltage(self) end

---The current that its lamps take now, amperes: the sum of what their nodes measure. With a phase,
---"L1", "L2" or "L3": what the meter in the cabinet measures, of one feeder.
---@param phase? "L1"|"L2"|"L3"
---@return number
function Selection:current(phase)
    if phase == nil then return dd.current(self) end
    only(self, "feeder", "the current of a phase")
    local amperes = type(phase) == "string" and rawget(dd.cabinet(self), "current_" .. phase:lower())
    if not amperes then error('a phase is "L1", "L2" or "L3", not ' .. shown(phase), 2) end
    return amperes
end

---The name of its lamps' luminaires, as they hang there now; nil when they differ.
---@return string?
function Selection:model() return dd.model(self) end

---What its feeders' meters say, kilowatt-hours since they were made.
---@return number
function Selection:meter_kwh()
    local sum = 0
    dd.related(self, "feeder"):each(function(it) sum = sum + dd.cabinet(it).meter end)
    return sum
end

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
function Selection:reading()
    only(self, "lamp", "reading")
    return dd.reading(self)
end

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
function Selection:cabinet()
    only(self, "feeder", "cabinet")
    return dd.cabinet(self)
end

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
function sky() return dd.sky() end

---How many of its lamps hold an override now.
---@return integer
function Selection:overridden() return dd.measure(self, "overridden") end

---What one lamp's gear says of itself by DALI (D4i: DiiA parts 251 to 253): its ratings, energy,
---voltage, power factor, temperature, failures and counters, by name. What it does not know is nil;
---nil altogether when it does not answer.
---
---    local gear = lamp"L-0001":gear()
---    print(gear.mains_voltage, gear.gear_temperature, gear.source_time / 3600)
---@return table<string, number|string>?
function Selection:gear() return dd.gear(self) end

---A figure of the whole city by name, such as "mesh.delivered".
---@param name string
---@return number value
---@return string unit
function figure(name) return dd.figure(name) end

---------------------------------------------------------------------------------------------------
--# What the centre believes

---The share of its lamps that the centre has read within the last `since`, percent.
---@param since Duration|string
---@return number
function Selection:heard(since) return dd.heard(self, ns_of(since, "heard's time")) end

---Whether the centre has an active alarm on one of its members, of a kind ("supplyLoss") or any.
---An alarm of a feeder is not one of its lamps.
---@param kind? string
---@return boolean
function Selection:alarm(kind) return dd.alarm_on(self, kind) end

---Alarms whose condition stands now: how many, of a kind or all.
---@param kind? string
---@return integer
function alarms_active(kind) return (dd.alarms(kind)) end

---Alarms raised since the start: how many, of a kind or all.
---@param kind? string
---@return integer
function alarms_raised(kind)
    local _, raised = dd.alarms(kind)
    return raised
end

---------------------------------------------------------------------------------------------------
--# Acting: operator and instructor

---The centre commands its lamps to hold a level (percent), for a time or until resumed.
---@param level number
---@param lasts? Duration|string
function Selection:override(level, lasts)
    if type(level) ~= "number" or not (level >= 0 and level <= 100) then
        error("override's level must be 0 to 100 percent, not " .. tostring(level), 2)
    end
    if level > 0 and level < 1 then
        error("override's level is in percent: " .. level .. " would be almost dark; write " .. 100 * level .. "?", 2)
    end
    dd.command("override", dd.lamps_of(self), level, lasts and ns_of(lasts, "override's duration") or 0)
end

---The centre commands its lamps back to their program.
function Selection:resume() dd.command("resume", dd.lamps_of(self), 0, 0) end

---The centre reads its lamps now.
function Selection:read() dd.command("read", dd.lamps_of(self), 0, 0) end

---The centre gives its segments another program, in the form of `program`. Segments get it whole:
---some of the lamps of one are an error.
---@param points {at: string, level: number}[]
function Selection:program(points)
    check_points(points, "program")
    dd.command_program(dd.lamps_of(self), points)
end

---An operator acknowledges the alarm with that number; false when no live alarm has it.
---@param number integer
---@return boolean
function acknowledge(number) return dd.acknowledge(number) end

---Does an action given as text, as on the command line: "override road:Đồng_Khởi 50% 1h".
---`domdom help actions` lists them.
---@param text string
function act(text) dd.act(text) end

---A crew hangs other luminaires on the poles of its lamps: those of the city file, or of a model,
---each new and with the node that the model has. Their segment's controller knows of them when it is
---commissioned.
---@param model? string
function Selection:refit(model) dd.refit(self, model) end

---A technician takes the inventory of its segments anew, of what hangs on the poles now, and starts
---their controllers, new ones where there were none.
function Selection:commission() dd.commission(self) end

---------------------------------------------------------------------------------------------------
--# Faults, weather and lightning: the instructor

local plan, check_in_run -- of the agenda, which follows

local fail_fields = {
    at = "any", lasts = "any", kind = "string", power = "number", channel = "number", duty = "number",
}

---Makes its members fail, or what they stand for: a fault of lamps those of a road, one of feeders
---the feeder of a lamp. `domdom help faults` lists them. At once, or `at` a moment; for good, or
---until it has lasted so long, when it is repaired.
---
---A "jammer" sends where the mesh does, at lamps, at the controllers of segments, in the middle of
---roads. Its `kind` is "carrier", "wifi", "rfid" or "mesh"; its `power` (dBm EIRP), `channel` and
---`duty` (percent of the time) are as usual for the kind unless given.
---@param fault string
---@param how? {at?: string|Duration, lasts?: Duration|string, kind?: string, power?: number, channel?: number, duty?: number}
function Selection:fail(fault, how)
    how = how or {}
    check_fields(how, fail_fields, "fail")
    if fault ~= "jammer" and (how.kind or how.power or how.channel or how.duty) then
        error("only a jammer has kind, power, channel and duty: fail(\"jammer\", { kind = \"wifi\" })", 2)
    end
    if fault ~= nil then dd.check_fault(fault) end
    local lasts = how.lasts and ns_of(how.lasts, "fail's duration")
    local function fail()
        dd.fault(self, fault, true, how.kind, how.power, how.channel, how.duty)
        if lasts then plan(dd.now() + lasts, function() dd.fault(self, fault, false) end) end
    end
    if not how.at then return fail() end
    local ns = moment_of(how.at, "fail's moment")
    if ns < dd.now() then error("fail: " .. civil(how.at) .. " has passed already", 2) end
    check_in_run(ns, "fail")
    plan(ns, fail)
end

---Repairs a fault of its members, or of what they stand for; or all that is wrong with its members
---themselves.
---@param fault? string
function Selection:repair(fault) dd.fault(self, fault, false) end

---From now on a fault strikes by chance, each of those it happens to by itself: `per_1000_h` times in
---1000 hours, and it is repaired after `repair_h` hours on average (never, unless given). Returns a
---function that ends it.
---@param spec {fault: string, per_1000_h: number, repair_h?: number}
---@return fun()
function Selection:hazard(spec)
    check_fields(spec, { fault = "string", per_1000_h = "number", repair_h = "number" }, "hazard")
    if not spec.fault or not spec.per_1000_h then
        error("hazard needs its fault and its rate: hazard{ fault = \"led_open\", per_1000_h = 0.2 }", 2)
    end
    local number = dd.hazard(self, spec.fault, spec.per_1000_h, spec.repair_h or 0)
    return function() dd.end_hazard(number) end
end

---A `share` of its lamps (percent), drawn by the run's luck, is of a bad batch: their lives end in
---that fault so many times (`factor`) sooner. Returns those lamps, for who judges a diagnosis.
---@param spec {share: number, fault: string, factor: number}
---@return Selection
function Selection:batch(spec)
    check_fields(spec, { share = "number", fault = "string", factor = "number" }, "batch")
    if not spec.share or not spec.fault or not spec.factor then
        error("batch needs share, fault and factor: batch{ share = 30, fault = \"overheating\", factor = 500 }", 2)
    end
    return dd.batch(dd.lamps_of(self), spec.share, spec.fault, spec.factor)
end

---Cuts its cable after its pole number `n`: what hangs beyond is dead. Of one feeder.
---@param n integer
function Selection:cut_after(n)
    only(self, "feeder", "cut_after")
    local beyond = dd.poles(self, check_count(n, "cut_after", math.maxinteger) + 1, math.maxinteger)
    if #beyond == 0 then error("cut_after(" .. n .. "): " .. tostring(self) .. " has no pole beyond", 2) end
    dd.fault(dd.slice(beyond, 1, 1), "cable_cut", true)
end

---Thieves cut the cable before the pole of the lamp `from` and take it as far as `poles` poles
---outward: what hangs from there on is dead until each stretch is laid again. Returns the lamps
---whose stretch is gone: `:repair("cable_cut")` lays it.
---@param spec {from: Selection, poles: integer}
---@return Selection
function steal_cable(spec)
    check_fields(spec, { from = "any", poles = "number" }, "steal_cable")
    if not dd.is_selection(spec.from) or not spec.poles then
        error("steal_cable needs a lamp and how many poles: steal_cable{ from = lamp(\"L-0123\"), poles = 3 }", 2)
    end
    only(spec.from, "lamp", "steal_cable")
    local first = dd.pole(spec.from)
    local stretch = dd.poles(dd.related(spec.from, "feeder"), first,
        first + check_count(spec.poles, "steal_cable", 1000) - 1)
    dd.fault(stretch, "cable_cut", true)
    return stretch
end

---Lightning strikes the pole of a lamp, the cabinet of a segment, or the middle of a road, with so
---many kiloamperes (30 is the mean of first strokes).
---@param where Selection
---@param kiloamperes number
function strike(where, kiloamperes)
    if type(kiloamperes) ~= "number" then
        error("strike needs kiloamperes: strike(lamp(\"L-0123\"), 30)", 2)
    end
    dd.strike(where, kiloamperes)
end

local weather_fields = { rain = "number", clouds = "number", temperature = "number", water = "number", storm = "table" }

---The weather over the whole city from now on, as far as it is said: `rain` in mm/h, `clouds` in
---percent, `temperature` in °C, `water` in metres over mean sea level, which floods low streets;
---what is not said stays as it was. A `storm` is lightning: so many `flashes` to ground by km² and
---hour, as long as it `lasts`. `weather("nature")` gives all of it back to the place's own.
---@param spec "nature"|{rain?: number, clouds?: number, temperature?: number, water?: number, storm?: {flashes: number, lasts: Duration|string}}
function weather(spec)
    if spec == "nature" then return dd.weather() end
    check_fields(spec, weather_fields, "weather")
    if next(spec) == nil then error("weather needs something: weather{ rain = 30, clouds = 100 }", 2) end
    local storm = spec.storm or {}
    check_fields(storm, { flashes = "number", lasts = "any" }, "storm")
    if spec.storm and not (storm.flashes and storm.lasts) then
        error('a storm needs flashes and lasts: weather{ storm = { flashes = 5, lasts = "1h" } }', 2)
    end
    dd.weather(spec.rain, spec.clouds, spec.temperature, spec.water, storm.flashes,
        storm.lasts and ns_of(storm.lasts, "a storm's duration"))
end

---------------------------------------------------------------------------------------------------
--# Time: what happens when

-- The agenda is a binary heap by (moment, order of planning).
local function earlier(a, b)
    if a.ns ~= b.ns then return a.ns < b.ns end
    return a.order < b.order
end

function plan(ns, run)
    planned = planned + 1
    local i = #agenda + 1
    agenda[i] = { ns = ns, order = planned, run = run }
    while i > 1 and earlier(agenda[i], agenda[i // 2]) do
        agenda[i], agenda[i // 2] = agenda[i // 2], agenda[i]
        i = i // 2
    end
end

local function take_first()
    local first, last = agenda[1], table.remove(agenda)
    if first ~= last then
        agenda[1] = last
        local i, n = 1, #agenda
        while true do
            local least = i
            if 2 * i <= n and earlier(agenda[2 * i], agenda[least]) then least = 2 * i end
            if 2 * i + 1 <= n and earlier(agenda[2 * i + 1], agenda[least]) then least = 2 * i + 1 end
            if least == i then break end
            agenda[i], agenda[least] = agenda[least], agenda[i]
            i = least
        end
    end
    return first
end

local function check_function(f, what)
    if type(f) ~= "function" then error(what .. " needs a function, not " .. tostring(f), 3) end
end

-- What lies after the stop would silently never happen.
function check_in_run(ns, what)
    if ns > dd.stop() then
        error(what .. ": " .. dd.civil(ns) .. " lies after the scenario's stop, " .. dd.civil(dd.stop()) ..
            " (a clock time that has passed means the next day)", 3)
    end
end

---Calls `f` at a moment. One that has passed, or lies after the stop, is an error.
---@param moment string|Duration
---@param f fun()
function at(moment, f)
    check_function(f, "at")
    local ns = moment_of(moment, "at")
    if ns < dd.now() then error("at: " .. civil(moment) .. " has passed already", 2) end
    check_in_run(ns, "at")
    plan(ns, f)
end

---Calls `f` when a duration has passed.
---@param duration Duration|string
---@param f fun()
function after(duration, f)
    check_function(f, "after")
    plan(dd.now() + ns_of(duration, "after's duration"), f)
end

---Calls `f` again and again, each `period` (a millisecond or more), the first time when one has
---passed. It stops when `f` returns false.
---@param period Duration|string
---@param f fun(): boolean?
function every(period, f)
    check_function(f, "every")
    local ns = ns_of(period, "every's period")
    if ns < 1000000 then error("every's period must be a millisecond or more", 2) end
    local function again()
        if f() ~= false then plan(dd.now() + ns, again) end
    end
    plan(dd.now() + ns, again)
end

local current -- the process that runs now

-- Runs a process to its next wait; an error in it is an error of the scenario.
local function continue(process, ...)
    local before = current
    current = process
    local good, wanted = coroutine.resume(process.thread, ...)
    current = before
    if not good then error(dd.explain(process.thread, wanted), 0) end
    if coroutine.status(process.thread) == "dead" then return end
    if type(wanted) ~= "table" then
        error(dd.explain(process.thread, "a process waits by wait, wait_until or wait_for, not by coroutine.yield"), 0)
    end
    -- Whatever comes first, the moment or the record, wakes it; the other finds it done.
    if wanted.ns then
        plan(wanted.ns, function()
            if wanted.done then return end
            wanted.done = true
            continue(process)
        end)
    end
    if wanted.kind then
        observers[#observers + 1] = {
            kind = wanted.kind, match = wanted.match, once = wanted,
            call = function(record) continue(process, record) end,
        }
    end
end

---Starts a process: a function that may `wait`. It begins at once (at the start of the run, when
---called from the scenario's top).
---@param f fun()
function process(f)
    check_function(f, "process")
    local it = { thread = coroutine.create(f) }
    plan(dd.now(), function() continue(it) end)
end

local function check_waiting(what)
    if not current then error(what .. " works inside process(function() ... end) only", 3) end
end

---Inside a process: waits for a duration.
---@param duration Duration|string
function wait(duration)
    check_waiting("wait")
    coroutine.yield { ns = dd.now() + ns_of(duration, "wait's duration") }
end

---Inside a process: waits until a moment; one that has passed does not wait.
---@param moment string|Duration
function wait_until(moment)
    check_waiting("wait_until")
    local ns = moment_of(moment, "wait_until")
    check_in_run(ns, "wait_until")
    coroutine.yield { ns = math.max(dd.now(), ns) }
end

---@class Record
---Something that happened: `kind`, `entity` (an id), `entity_type`, `time` (a Duration since the
---start), and the fields of its kind (`domdom help records` lists kinds and fields), moments among
---them in seconds since the start.
---@field kind string
---@field entity string
---@field entity_type string
---@field time Duration

-- A filter on records: a table of fields that must be equal.
local function check_filter(match, what)
    if match ~= nil and type(match) ~= "table" then
        error(what .. "'s filter must be a table of fields, not " .. tostring(match), 3)
    end
end

---Calls `f` with every record of a kind, or of those whose fields match, at the next full 100 ms
---of simulated time after it happened. It stops when `f` returns false.
---@param kind string
---@param match table|fun(record: Record): boolean?
---@param f? fun(record: Record): boolean?
---@overload fun(kind: string, f: fun(record: Record): boolean?)
function on(kind, match, f)
    if f == nil then match, f = nil, match end
    check_function(f, "on")
    check_filter(match, "on")
    dd.listen(kind, match)
    observers[#observers + 1] = { kind = kind, match = match, call = f }
end

---Inside a process: waits for a record of a kind whose fields match, at most `limit` long. Returns
---the record, or nil when the time is over.
---@param kind string
---@param match? table
---@param limit? Duration|string
---@return Record?
function wait_for(kind, match, limit)
    check_waiting("wait_for")
    check_filter(match, "wait_for")
    dd.listen(kind, match)
    return coroutine.yield {
        kind = kind, match = match,
        ns = limit and dd.now() + ns_of(limit, "wait_for's limit"),
    }
end

---Writes a note into the run's records, and to the terminal: its arguments, with blanks between.
---@param ... any
function note(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    dd.note(table.concat(words, " "))
end

---------------------------------------------------------------------------------------------------
--# Expectations

local comparisons = {
    at_least = { sign = ">=", holds = function(a, b) return a >= b end },
    at_most = { sign = "<=", holds = function(a, b) return a <= b end },
    equals = { sign = "==", holds = function(a, b) return a == b end },
}
local expect_fields = {
    name = "string", at = "any", measure = "any", at_least = "number", at_most = "number",
    equals = "number", between = "table", unit = "string",
}

local function judge(it)
    local measured = it.measure()
    if type(measured) ~= "number" then
        error(it.place .. "expect '" .. it.name .. "': measure must return a number, not " .. tostring(measured) ..
            (measured == nil and "; is a 'return' missing?" or ""), 0)
    end
    it.judged = true
    local pass = measured == measured and it.holds(measured, it.limit)
    dd.criterion(it.name, it.sign, it.limit, measured, it.unit, pass, it.order, it.limit_text)
end

local function add_expectation(it)
    local other = expectations[it.name]
    if other then
        error("there is an expectation '" .. it.name .. "' already (" .. other.place:sub(1, -3) ..
            "); give this one another name", 3)
    end
    expectations[it.name] = it
    expectations[#expectations + 1] = it
    it.order = #expectations
end

local function check_limit(it, limit)
    if it.sign then
        error("expect '" .. it.name .. "' has two limits; write two expectations, or between = {39, 41}", 4)
    end
    if type(limit) ~= "number" or not (math.abs(limit) <= 1e12) then
        error("expect '" .. it.name .. "' has a limit that is no number: " .. tostring(limit), 4)
    end
    return limit
end

local function set_limit(it, spec)
    for key, comparison in pairs(comparisons) do
        if spec[key] then
            it.limit, it.sign, it.holds = check_limit(it, spec[key]), comparison.sign, comparison.holds
        end
    end
    if spec.between then
        local low, high = spec.between[1], spec.between[2]
        if #spec.between ~= 2 or type(low) ~= "number" or type(high) ~= "number" or not (low <= high) then
            error("expect '" .. it.name .. "': between needs two numbers, the lower first: between = {39, 41}", 3)
        end
        check_limit(it, low)
        check_limit(it, high)
        it.limit, it.sign, it.limit_text = high, "between", string.format("%g to %g", low, high)
        it.holds = function(a) return low <= a and a <= high end
    end
    if not it.sign then
        error("expect '" .. it.name .. "' needs a limit: at_least, at_most, equals or between = {39, 41}", 3)
    end
end

---An expectation with a number: what is measured `at` a moment (or at the end) must be `at_least`,
---`at_most` or `equals` a limit, or lie `between` two. `measure` is a function, or the name of a
---figure. What cannot be measured yet fails.
---@param spec {name: string, measure: string|fun(): number, at?: string|Duration, at_least?: number, at_most?: number, equals?: number, between?: number[], unit?: string}
function expect(spec)
    check_fields(spec, expect_fields, "expect")
    local it = { name = spec.name, measure = spec.measure, unit = spec.unit or "", place = dd.place() }
    if not it.name then error("expect needs a name", 2) end
    set_limit(it, spec)
    if type(it.measure) == "string" then
        local name = it.measure
        it.measure = function() return (dd.figure(name)) end
        it.unit = spec.unit or dd.figure_unit(name)
    end
    check_function(it.measure, "expect '" .. it.name .. "' measure")
    add_expectation(it)
    if spec.at ~= nil then
        it.ns = moment_of(spec.at, "expect's moment")
        if it.ns < dd.now() or it.ns > dd.stop() then
            error("expect '" .. it.name .. "': " .. civil(spec.at) .. " does not lie within the run, which ends at " ..
                dd.civil(dd.stop()), 2)
        end
        plan(it.ns, function() judge(it) end)
    end
end

local within_fields = { name = "string", from = "any", limit = "any", check = "function" }

---An expectation about time: from a moment on (or from now), `check` must become true within
---`limit`. It is looked at each second, and must return true or false; the time it took, in seconds,
---is measured.
---@param spec {name: string, from?: string|Duration, limit: Duration|string, check: fun(): boolean}
function within(spec)
    check_fields(spec, within_fields, "within")
    if not spec.name or not spec.limit or not spec.check then
        error("within needs name, limit and check", 2)
    end
    local from = spec.from ~= nil and moment_of(spec.from, "within's moment") or dd.now()
    local limit = ns_of(spec.limit, "within's limit")
    local it = { name = spec.name, ns = from + limit, place = dd.place() }
    add_expectation(it)
    if from < dd.now() or it.ns > dd.stop() then
        error("within '" .. it.name .. "' would last until " .. dd.civil(it.ns) .. ", but the run ends at " ..
            dd.civil(dd.stop()), 2)
    end
    local function look()
        local took, holds = dd.now() - from, spec.check()
        if type(holds) ~= "boolean" then
            error(it.place .. "within '" .. it.name .. "': check must return true or false, not " ..
                tostring(holds) .. (holds == nil and "; is a 'return' missing?" or "; compare it"), 0)
        elseif holds or took >= limit then
            it.judged = true
            dd.criterion(it.name, "<=", limit / 1e9, holds and took / 1e9 or 0 / 0, "s", holds, it.order)
        else
            plan(math.min(dd.now() + 1000000000, from + limit), look)
        end
    end
    plan(from, look)
end

---------------------------------------------------------------------------------------------------
-- A method that is called with a dot does not get its selection: that is said, whatever comes of it.
for name, method in pairs(Selection) do
    Selection[name] = function(self, ...)
        if not dd.is_selection(self) then
            error("methods are called with a colon: selection:" .. name .. "(...)", 2)
        end
        return method(self, ...)
    end
end

---------------------------------------------------------------------------------------------------
-- What the house calls: the next instant, the instant itself, records to observe, the end.

local function matches(observer, record)
    if observer.kind ~= record.kind then return false end
    for field, value in pairs(observer.match or {}) do
        if record[field] ~= value then return false end
    end
    return true
end

local house = {}

function house.next() return agenda[1] and agenda[1].ns end

function house.act()
    local now = dd.now()
    while agenda[1] and agenda[1].ns <= now do take_first().run() end
end

-- A field that a record's kind does not have is a mistake, not nil.
local Record = {
    __index = function(record, key)
        local near = dd.nearest(tostring(key), record)
        error("a record of " .. rawget(record, "kind") .. " has no field '" .. tostring(key) .. "'" ..
            (near and ", did you mean '" .. near .. "'?" or "; 'domdom help records' lists them"), 2)
    end,
}

function house.observe(record)
    record.time = duration_of_ns(record.time)
    setmetatable(record, Record)
    local kept = {}
    local present = observers
    observers = {}
    for _, observer in ipairs(present) do
        local over = observer.once and observer.once.done
        local called = not over and matches(observer, record)
        if called and observer.once then observer.once.done = true end
        local answer
        if called then answer = observer.call(record) end
        if not over and not (called and (observer.once or answer == false)) then kept[#kept + 1] = observer end
    end
    for _, new in ipairs(observers) do kept[#kept + 1] = new end
    observers = kept
end

-- Judges what has no moment of its own, if the run has reached its end; returns how many
-- expectations were not reached.
function house.finish(whole)
    local unreached = 0
    for _, it in ipairs(expectations) do
        if not it.ns and whole then judge(it)
        elseif not it.judged then unreached = unreached + 1 end
    end
    return unreached
end

return house
