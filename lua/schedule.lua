-- Everything that a scenario plans is kept here, in Lua's own heap: an agenda of instants, processes as
-- coroutines, observers.
local dd, own, house = ...
local duration_of_ns, ns_of, moment_of = own.duration_of_ns, own.ns_of, own.moment_of
local check_function = own.check_function
local agenda, observers = {}, {}
local planned = 0 -- instants ever planned: those of one moment come in the order of planning

--# Time: what happens when

-- The agenda is a binary heap by (moment, order of planning).
local function earlier(a, b)
    if a.ns ~= b.ns then return a.ns < b.ns end
    return a.order < b.order
end

local function plan(ns, run)
    planned = planned + 1
    local i = #agenda + 1
    agenda[i] = { ns = ns, order = planned, run = run, at_desk = dd.at_desk() }
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

-- What lies after the stop would silently never happen.
local function check_in_run(ns, what)
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
            kind = wanted.kind, match = wanted.match, once = wanted, at_desk = dd.at_desk(),
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

---Starts an operator's process: as `process`, but what it and all that it plans can ask is what the
---centre, the office and the crews have told, and what it can do is an operator's. Whatever would
---tell it what is true, or is the instructor's to do, is an error. `f` gets the `desk`.
---@param f fun(desk: Desk)
function operator(f)
    check_function(f, "operator")
    local before = dd.at_desk(true)
    process(function() f(desk) end)
    dd.at_desk(before)
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
    observers[#observers + 1] = { kind = kind, match = match, call = f, at_desk = dd.at_desk() }
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

-- What the house calls: the next instant, the instant itself, records to observe.

local function matches(observer, record)
    if observer.kind ~= record.kind then return false end
    for field, value in pairs(observer.match or {}) do
        if record[field] ~= value then return false end
    end
    return true
end

function house.next() return agenda[1] and agenda[1].ns end

function house.act()
    local now = dd.now()
    while agenda[1] and agenda[1].ns <= now do
        local it = take_first()
        dd.at_desk(it.at_desk)
        it.run()
    end
    dd.at_desk(false)
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
        dd.at_desk(observer.at_desk)
        if called then answer = observer.call(record) end
        if not over and not (called and (observer.once or answer == false)) then kept[#kept + 1] = observer end
    end
    for _, new in ipairs(observers) do kept[#kept + 1] = new end
    observers = kept
    dd.at_desk(false)
end

own.plan, own.check_in_run = plan, check_in_run
