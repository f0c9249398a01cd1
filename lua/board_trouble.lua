local dd, own = ...
local ns_of, plan, check_in_run = own.ns_of, own.plan, own.check_in_run
local check_fields, only, shown = own.check_fields, own.only, own.shown
local Selection = dd.selection_methods

--# Boards: what befalls them

local trouble_fields = { times = "number", every = "any", lasts = "any" }

-- Checks what was given, and fills in what is usual: times, and two spans in nanoseconds.
local function trouble_of(selection, spec, what, usual)
    only(selection, "segment", what)
    spec = spec or {}
    check_fields(spec, trouble_fields, what)
    local times = spec.times or usual.times
    if times ~= math.floor(times) or times < 1 or times > 1000 then
        error(what .. ": times is a whole number from 1 to 1,000, not " .. shown(times), 3)
    end
    local every = ns_of(spec.every or usual.every, what .. "'s every")
    local lasts = ns_of(spec.lasts or usual.lasts, what .. "'s lasts")
    if lasts <= 0 or every < 2 * lasts then
        error(what .. ": it lasts longer than 0, and every is at least twice as long", 3)
    end
    return math.tointeger(times), every, lasts
end

-- Plans `times` troubles, half of `every` to one and a half of it apart, by the run's luck.
local function strike(times, every, lasts, what, begin, finish)
    local ns = dd.now()
    for _ = 1, times do
        ns = ns + every // 2 + math.random(0, every)
        check_in_run(ns + lasts, what)
        plan(ns, begin)
        plan(ns + lasts, finish)
    end
end

---Its board's supply fails, and comes back after `lasts` (2 s): so many `times` (3), `every` so long
---(5 minutes) on average, by the run's luck. `attach` was given how to switch it, or the board is
---emulated.
---@param spec? {times?: integer, every?: Duration|string, lasts?: Duration|string}
function Selection:brown_out(spec)
    local times, every, lasts = trouble_of(self, spec, "brown_out", { times = 3, every = "5m", lasts = "2s" })
    strike(times, every, lasts, "brown_out", function() self:power_board(false) end,
        function() self:power_board(true) end)
end

---Its board's cable comes loose, and is put back after `lasts` (10 s): so many `times` (3), `every` so
---long (5 minutes) on average, by the run's luck.
---@param spec? {times?: integer, every?: Duration|string, lasts?: Duration|string}
function Selection:loose_cable(spec)
    local times, every, lasts = trouble_of(self, spec, "loose_cable", { times = 3, every = "5m", lasts = "10s" })
    strike(times, every, lasts, "loose_cable", function() self:unplug() end, function() self:plug() end)
end

local present = { greeted = true, in_step = true, late = true }
local loop_fields = { times = "number", every = "any" }

---Its board starts anew again and again: so many `times` (5), each `every` (20 s) after the one
---before. Where it is just not there, that time is left out.
---@param spec? {times?: integer, every?: Duration|string}
function Selection:reset_loop(spec)
    check_fields(spec or {}, loop_fields, "reset_loop")
    local usual = { times = 5, every = "20s", lasts = "1ms" }
    local times, every = trouble_of(self, spec, "reset_loop", usual)
    local function reset()
        local board = self:board()
        if board and present[board.state] then self:reset_board() end
    end
    for i = 1, times do
        local ns = dd.now() + i * every
        check_in_run(ns, "reset_loop")
        plan(ns, reset)
    end
end
