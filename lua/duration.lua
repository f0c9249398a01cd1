-- The comments that begin with three dashes are LuaLS annotations; the editor's completion file and
-- the reference page are both made of them (`domdom api`).
local dd, own = ...

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

own.duration_of_ns, own.ns_of, own.moment_of = duration_of_ns, ns_of, moment_of
