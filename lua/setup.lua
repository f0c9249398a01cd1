local dd, own = ...
local check_fields, check_points, shown = own.check_fields, own.check_points, own.shown

--# Setting up

local scenario_fields = {
    name = "string", about = "string", city = "string", start = "string", stop = "string", seed = "number",
}

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

---The lighting program that all lamps are commissioned with: a list of switch points, each with
---`at` ("sunset", "sunrise+10m", "23:00") and `level` in percent; or a calendar.
---@param points {at: string, level: number}[]|Calendar
function program(points)
    if own.is_calendar(points) then
        dd.program(points.text)
    else
        check_points(points, "program")
        dd.program(points)
    end
end

---@class Calendar
---Which program lamps follow in which night.
---@field text string as actions write it

local Calendar = {}
Calendar.__index = Calendar
Calendar.__tostring = function(it) return it.text end

local function is_calendar(value) return type(value) == "table" and getmetatable(value) == Calendar end

-- A name as a part of a calendar's text.
local function check_name(name, what)
    if type(name) ~= "string" or not name:find("^[^%s:;@,]+$") then
        error(what .. " needs a name without blanks and :;@, not " .. shown(name), 4)
    end
    return name
end

-- "normal:sunset=100,sunrise=0"
local function program_text(name, points)
    check_name(name, "a calendar's program")
    if type(points) == "table" and #points == 0 then return name .. ":off" end
    check_points(points, "program")
    local words = {}
    for i, point in ipairs(points) do words[i] = string.format("%s=%g", point.at, point.level) end
    return name .. ":" .. table.concat(words, ",")
end

-- "tet@2021-02-11..2021-02-17"
local function rule_text(i, rule)
    check_fields(rule, { on = "string", program = "string" }, "a calendar's rule " .. i)
    if not rule.on or not rule.program then error("a calendar's rule " .. i .. " needs on and program", 4) end
    return check_name(rule.program, "a calendar's rule " .. i) .. "@" .. (rule.on:gsub("%s+", ","))
end

---A calendar: up to four `programs` by name, each a list of switch points as for `program` (an empty
---one is dark), up to twelve `rules`, of which the first that fits a night counts, and the program
---that is the `default` of all other nights. A rule's `on` lists what must all be so: a date
---("2021-02-11", each year "09-02", each month "15") or a range ("2021-02-11..2021-02-17",
---"12-24..01-02"), weekdays ("sat sun", "mon-fri"), and which of them in their month ("last fri", "1st
---3rd mon"). A night belongs to its evening's day. Give it to `program`, or to segments.
---@param spec {programs: table<string, {at: string, level: number}[]>, rules?: {on: string, program: string}[], default?: string}
---@return Calendar
function calendar(spec)
    check_fields(spec, { programs = "table", rules = "table", default = "string" }, "calendar")
    local parts, names = {}, {}
    for name in pairs(spec.programs or {}) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do parts[#parts + 1] = program_text(name, spec.programs[name]) end
    for i, rule in ipairs(spec.rules or {}) do parts[#parts + 1] = rule_text(i, rule) end
    if spec.default then parts[#parts + 1] = check_name(spec.default, "a calendar's default") end
    local text = table.concat(parts, ";")
    dd.check_calendar(text)
    return setmetatable({ text = text }, Calendar)
end

own.is_calendar = is_calendar
