-- Retrofit 2020: February 2020. The city burns lamps of before, which timers switch; from the 10th on a crew
-- hangs LED luminaires with nodes, a segment a day, and each is commissioned, measured, mended and accepted.
--
-- What it teaches. Old and new stand side by side for weeks, even on one cabinet: what has no node is no
-- fault. Measuring in the evening, at half light, finds what went wrong on the ladder:
--   a dead node                         never answers, and its lamp burns day and night
--   a driver on the other dimming curve is right at full light and far too bright at half
--   a bus that was not plugged in       full light at any level
-- Only readings are needed for it, no walk. What is found is mended next day and measured again; a segment
-- is accepted when nothing is wrong any more. The saving grows with each.
scenario {
    name = "Retrofit 2020",
    about = "The first roads get their LED lamps: hung, commissioned, measured, mended, accepted.",
    city = "bentre",
    start = "2020-02-10 06:00",
    stop = "2020-02-19 07:00",
}
set { ["light.before"] = 1, ["backhaul.outages"] = 0, ["citizens.per_day"] = 0 }
program { { at = "sunset", level = 100 }, { at = "sunrise", level = 0 } }

-- `--set happens=false` hangs the same lamps without a slip; then the criteria are not met.
local happens = param("happens", true)

-- Six segments: those of Đồng Khởi and Hùng Vương streets.
local queue = {}
for _, name in ipairs { "Đồng Khởi", "Hùng Vương" } do
    road(name):segments():each(function(it) if #queue < 6 then queue[#queue + 1] = it end end)
end

-- What the centre knows: what hangs where (the crew tells), and what each lamp has said last.
local node_w = 1.5 -- of a node itself
local nominal, said = {}, {}
on("refit", function(record) nominal[record.entity] = record.nominal end)
on("reading", function(record) said[record.entity] = record end)

-- What went wrong on the ladder; the centre does not know.
local slips, wrong_n = {}, 0
local function slip(place)
    if not happens then return end
    local some = place:pick(3)
    for i, fault in ipairs { "node_dead", "wrong_curve", "bus_open" } do
        local one = some:first(i):without(some:first(i - 1))
        one:fail(fault)
        slips[one:ids()[1]] = fault
        wrong_n = wrong_n + 1
    end
end

-- An evening's measurement at half light: every lamp must answer, and take what half light takes.
-- Returns those that do not.
local function measure(place)
    local wrong = {}
    place:override(50, "40m")
    wait(minutes(2))
    local from = elapsed():seconds()
    place:read()
    wait(minutes(25))
    place:lamps():each(function(one)
        local id = one:ids()[1]
        local reading = said[id]
        local share = reading and reading.time:seconds() >= from and (reading.power - node_w) / nominal[id] or 0
        if share < 0.4 or share > 0.75 then wrong[#wrong + 1] = one end
    end)
    place:resume()
    return wrong
end

local found, mistaken, accepted = 0, 0, 0
local before, after = {}, {} -- power of each segment in the evening, watts

local function retrofit(i, place)
    wait(hours(13) + minutes(30))                       -- 19:30 on the first day: as it was
    before[i] = place:power()
    wait(hours(24 * (i - 1)) + hours(12) + minutes(30)) -- 08:00 on its own day
    local half = place:feeders():first(1):lamps()
    half:refit()
    slip(half)
    wait(hours(7))
    place:commission()                                  -- the other half still burns sodium tonight
    wait(hours(17))
    place:lamps():without(half):refit()
    wait(hours(7))
    place:commission()
    wait(hours(4) + minutes(30))
    local wrong = measure(place)                        -- 19:30, the day after
    for _, one in ipairs(wrong) do
        if slips[one:ids()[1]] then found = found + 1 else mistaken = mistaken + 1 end
    end
    note(tostring(place) .. ": " .. #wrong .. " of " .. #place:lamps() .. " lamps are not as they should be")
    wait(hours(13))
    for _, one in ipairs(wrong) do one:repair() end
    wait(hours(10) + minutes(35))
    if #measure(place) == 0 then accepted = accepted + 1 end
    wait(minutes(5))
    after[i] = place:power()
    note(string.format("%s is accepted: %.1f kW, where it was %.1f kW", tostring(place), after[i] / 1000, before[i] / 1000))
end
for i, place in ipairs(queue) do
    process(function() retrofit(i, place) end)
end

-- The evening before the first crew comes, and the one when the first segment is half and half.
local all = lamps()
local first = queue[1]:lamps()
expect { name = "the old lamps burn", at = "2020-02-10 19:30", measure = "lamps.lit", at_least = 99.5 }
expect { name = "no alarm of what has no node", at = "2020-02-11 07:00", measure = function() return alarms_raised() end, equals = 0 }
expect { name = "old and new burn side by side", at = "2020-02-11 19:30", measure = function() return first:dark() end, equals = 0, unit = "lamps" }
expect {
    name = "and the old ones are not missed", at = "2020-02-11 23:00",
    measure = function()
        local n = 0
        queue[1]:feeders():without(queue[1]:feeders():first(1)):lamps():each(function(it) if it:alarm() then n = n + 1 end end)
        return n
    end, equals = 0,
}

-- Acceptance.
expect { name = "slips on the ladder", measure = function() return wrong_n end, equals = 3 * #queue }
expect { name = "found by measuring", measure = function() return wrong_n > 0 and 100 * found / wrong_n or 0 end, equals = 100, unit = "%" }
expect { name = "nothing else was suspected", measure = function() return mistaken end, equals = 0, unit = "lamps" }
expect { name = "segments accepted", measure = function() return accepted end, equals = #queue }
expect { name = "power saved where it is done", measure = function()
    local was, is = 0, 0
    for i = 1, #queue do was, is = was + (before[i] or 0), is + (after[i] or 0) end
    return 100 * (1 - is / was)
end, between = { 40, 70 }, unit = "%" }
expect { name = "every new lamp dark by day", measure = function()
    local n = 0
    for _, place in ipairs(queue) do n = n + place:lamps():lit() end
    return n
end, equals = 0, unit = "lamps" }
expect { name = "no alarm left", measure = "alarms.active", equals = 0 }
