-- National Day: the night of 2 September 2020. The city has a calendar: on that night lamps burn at
-- 80 % after 23:00, on any other at 60 %. In the afternoon the operator makes the lamps of Đồng Khởi
-- street a group and gives them a calendar of their own, full light all night. At 18:30, before
-- anything has happened, a controller of that street dies, and it stays dead: its lamps keep the
-- festival, since each holds the calendar itself. At 21:00 a whole street fades down for the fireworks
-- and up again.
--
-- What it teaches. A calendar is given in time, read back, and lies in every lamp: nobody needs a line,
-- a controller or an operator at midnight. An override that fades and
-- ends by itself leaves nothing to be forgotten.
scenario {
    name = "National Day",
    about = "Calendars, a group with its own, a fade for the fireworks, and a controller that is gone.",
    city = "bentre",
    start = "2020-09-02 15:00",
    stop = "06:30",
}
set { ["backhaul.outages"] = 0 }

-- `--set happens=false` plays the same with an ordinary calendar and an operator who does nothing.
local happens = param("happens", true)

local usual = { { at = "sunset", level = 100 }, { at = "23:00", level = 60 }, { at = "sunrise", level = 0 } }
local bright = { { at = "sunset", level = 100 }, { at = "23:00", level = 80 }, { at = "sunrise", level = 0 } }
local all_night = { { at = "sunset", level = 100 }, { at = "sunrise", level = 0 } }

program(calendar {
    programs = { usual = usual, festive = bright },
    rules = happens and { { on = "09-02", program = "festive" } } or {},
    default = "usual",
})
local parade = calendar {
    programs = { usual = usual, festive = all_night },
    rules = { { on = "09-02", program = "festive" } },
    default = "usual",
}

local street = road("Đồng Khởi")
local lost = street:segments():first(1)
local riverside = road("Nguyễn Đình Chiểu")
local others = lamps():without(street:lamps())
local left = lamps { segment = lost:ids()[1], road = "Đồng Khởi" }

process(function()
    wait_until("15:30")
    if not happens then return end
    street:lamps():group("parade")
    street:segments():calendar(parade, "parade")
    note("Đồng Khởi street gets a calendar of its own")
    wait_until("18:30")
    lost:fail("controller")
    note(tostring(lost) .. " has lost its controller")
    wait_until("21:00")
    riverside:override(20, minutes(20), { to = minutes(2), back = minutes(4) })
end)

expect { name = "the calendar is read back from all controllers", at = "16:30", measure = function() return alarms_active("scheduleMismatch") end, equals = 0 }
expect { name = "full light at 20:00", at = "20:00", measure = "lamps.level", at_least = 99, unit = "%" }
expect { name = "half way down after a minute", at = "21:01", measure = function() return riverside:level() end, between = { 50, 70 }, unit = "%" }
expect { name = "dim for the fireworks", at = "21:10", measure = function() return riverside:level() end, between = { 19, 21 }, unit = "%" }
expect { name = "half way back two minutes after its end", at = "21:22", measure = function() return riverside:level() end, between = { 45, 75 }, unit = "%" }
expect { name = "full light again", at = "21:25", measure = function() return riverside:level() end, at_least = 99, unit = "%" }
expect { name = "the city is brighter than usual after 23:00", at = "23:30", measure = function() return others:level() end, between = { 78, 81 }, unit = "%" }
expect { name = "the street of the parade is not dimmed", at = "02:00", measure = function() return street:lamps():level() end, at_least = 99, unit = "%" }
expect { name = "nor are those without a controller", at = "02:00", measure = function() return left:level() end, at_least = 99, unit = "%" }
expect { name = "all dark after sunrise", at = "06:15", measure = "lamps.lit", at_most = 0, unit = "%" }
