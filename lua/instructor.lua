local dd, own = ...
local ns_of, moment_of, plan, check_in_run = own.ns_of, own.moment_of, own.plan, own.check_in_run
local check_fields, check_count, only = own.check_fields, own.check_count, own.only
local check_text, check_place = own.check_text, own.check_place
local Selection = dd.selection_methods

--# Faults, weather and lightning: the instructor

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

local filing_fields = { topic = "string", where = "any", text = "string", filed_as = "string", unfounded = "boolean" }

---A citizen files a report now, through the app: of what `topic` ("rubbish", "street_selling",
---"advertising", "construction_order", "infrastructure", "security" or "lighting"), `where` (a lamp,
---or the middle of a road or ward), in words (`text`), perhaps in another group (`filed_as`) than
---its topic's. What it tells of is there from now on, until somebody puts it right, unless it is
---`unfounded`; light is as the lamps are. Returns its number.
---@param spec {topic: string, where: Selection, text?: string, filed_as?: string, unfounded?: boolean}
---@return integer
function file_report(spec)
    check_fields(spec, filing_fields, "file_report")
    if not spec.topic or not dd.is_selection(spec.where) then
        error('file_report needs topic and where: file_report{ topic = "rubbish", where = road("Đồng Khởi") }', 2)
    end
    local words = { "file", check_place(spec.where, "file_report"), spec.topic }
    if spec.filed_as then words[#words + 1] = "as=" .. spec.filed_as end
    if spec.unfounded then words[#words + 1] = "unfounded" end
    if spec.text then words[#words + 1] = check_text(spec.text, "file_report", "a text") end
    return dd.attempt(table.concat(words, " "))
end
