-- Calendars, groups and ramps, as the centre orders them and as lamps do them.
scenario { name = "calendars", city = "bentre", start = "2020-08-07 19:00", stop = "22:00" } -- a Friday
set { ["backhaul.outages"] = 0, ["citizens.per_day"] = 0 }

local function until_dawn(level) return { { at = "sunset", level = level }, { at = "sunrise", level = 0 } } end
program(calendar { programs = { dim = until_dawn(10), full = until_dawn(100) }, rules = { { on = "sat", program = "dim" } }, default = "full" })

local here, there, third = segment("S-05"), segment("S-20"), segment("S-30")
local few = here:lamps():first(10)
local rest = here:lamps():without(few)

local function level(name, at, lamps, from, to)
    expect { name = name, at = at, measure = function() return lamps:level() end, between = { from, to }, unit = "%" }
end

-- The first rule that fits counts; it is Friday's, though it is the weekend's too.
at("19:30", function()
    there:calendar(calendar {
        programs = { low = until_dawn(20), middle = until_dawn(40), high = until_dawn(80) },
        rules = { { on = "fri", program = "middle" }, { on = "fri-sun", program = "high" } },
        default = "low",
    })
end)
level("as commissioned", "19:29", there, 99, 100)
level("by Friday's rule", "19:45", there, 39, 41)
level("nobody else", "19:45", rest, 99, 100)

-- A group has a calendar of its own, and orders of its own.
at("19:30", function() few:group("bridge") end)
at("19:40", function() here:calendar(calendar { programs = { own = until_dawn(60) }, default = "own" }, "bridge") end)
level("the group's program", "19:55", few, 59, 61)
level("not that of the others", "19:55", rest, 99, 100)
at("20:00", function() segments():override(20, "30m", { group = "bridge", to = "10m" }) end)
level("half way down", "20:05", few, 35, 45)
level("all the way", "20:12", few, 19, 21)
level("the others stay", "20:12", rest, 99, 100)
level("back at once", "20:31", few, 59, 61)
at("20:40", function() here:ungroup("bridge") end)
level("no group, no program of its own", "20:55", few, 99, 100)

-- By text the same.
at("21:00", function() act("group lamp:" .. few:ids()[1] .. " one") end)
at("21:10", function() act("override segment:S-05 0% 10m group=one") end)
expect { name = "one lamp of the group", at = "21:15", measure = function() return here:lamps():dark() end, equals = 1 }
at("21:10", function() act("calendar segment:S-30 low:sunset=5,sunrise=0;high:sunset=30,sunrise=0;low@fri,last;high") end)
level("the first Friday is not the last", "21:25", third, 29, 31)

-- What cannot be is an error, and changes nothing.
at("21:30", function()
    local function wrong(why, f, ...)
        local good, text = pcall(f, ...)
        assert(not good and tostring(text):find(why, 1, true), tostring(text))
    end
    wrong("whole segments", few.program, few, until_dawn(50))
    wrong("no segment of these lamps has such a group", here.calendar, here, calendar { programs = { all = until_dawn(50) }, default = "all" }, "nobody")
    wrong("no segment of these lamps has such a group", here.override, here, 50, "1m", { group = "nobody" })
    wrong("is no day", calendar, { programs = { all = until_dawn(50) }, rules = { { on = "fryday", program = "all" } } })
    wrong("needs on and program", calendar, { programs = {}, rules = { { on = "fri" } } })
    wrong("name without blanks", few.group, few, "two words")
    for i = 1, 7 do few:group("g" .. i) end
    wrong("8 groups, as many as it can", few.group, few, "g8")
end)

expect { name = "every command ends well", measure = "commands.done", equals = 100 }
expect { name = "schedules are as they were given", measure = function() return alarms_raised("scheduleMismatch") end, equals = 0 }
