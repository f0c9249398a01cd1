local dd, own, house = ...
local ns_of, moment_of, plan = own.ns_of, own.moment_of, own.plan
local check_fields, check_function = own.check_fields, own.check_function
local expectations = {}

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

local function check_judge(what)
    if dd.at_desk() then error(what .. ": to judge is not the operator's; write it outside its process", 3) end
end

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
    check_judge("expect")
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
    check_judge("within")
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
