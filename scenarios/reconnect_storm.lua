-- Reconnect Storm: at 19:00 the centre's own line breaks, and for two hours all 71 controllers call
-- in vain. At 21:00 it is back, and all of them at once: each wants a session, with the log of two
-- hours in hand, from a server that can begin one in a second over a line of a megabit.
--
-- What it teaches. Nobody on the street sees any of it: lamps follow their programs, feeders their
-- controllers. What makes a storm is impatience: a controller that gives up before its turn leaves
-- the server to work for nothing, and asks again. So controllers wait longer each time, and each a
-- little differently. `--set backoff=5 --set jitter=0` plays a city of impatient ones in step: the
-- server is busy with those who have gone, and an hour later most are still out. Whatever happens,
-- nothing is lost.
scenario {
    name = "Reconnect Storm",
    about = "The centre's line breaks for two hours; then all controllers come back at once.",
    city = "bentre",
    start = "2020-08-12 18:30",
    stop = "22:00",
}

-- `--set happens=false` plays the same with a line that holds; then the criteria are not met.
local happens = param("happens", true)

set {
    ["backhaul.outages"] = 0,
    ["centre.accept_per_s"] = 1,
    ["centre.accept_queue"] = 32,
    ["centre.line_kbit_s"] = 1000,
    ["controller.backoff_max_s"] = param("backoff", 60),
    ["controller.backoff_jitter"] = param("jitter", 50),
}

local lost = 0 -- words that controllers could not keep
on("log_gap", function(gap) lost = lost + gap.lost end)

local back          -- when the last session was had, after the line's return
local begun, wasted -- sessions before it, and turns of those who had gone
process(function()
    wait_until("19:00")
    if happens then city():fail("outage") end
    wait_until("20:59")
    note(figure("controllers.waiting") .. " words wait in " .. #segments() .. " controllers")
    wait_until("21:00")
    begun, wasted = figure("sessions.accepted"), figure("sessions.stale")
    city():repair()
    while figure("backhaul.sessions") < 100 do wait(seconds(1)) end
    back = elapsed()
    note("all are back; " .. figure("sessions.stale") - wasted .. " had gone when their turn came")
end)

local function useful() -- of the server's turns since the line's return
    local met, missed = figure("sessions.accepted") - begun, figure("sessions.stale") - wasted
    return 100 * met / (met + missed)
end

-- While the line is away.
expect { name = "the centre is alone", at = "20:00", measure = "backhaul.sessions", at_most = 0, unit = "%" }
expect { name = "and says so, once a controller", at = "20:00", measure = function() return alarms_active("controllerUnreachable") end, equals = 71, unit = "alarms" }
expect { name = "not a lamp is dark for it", at = "20:59", measure = "lamps.lit", at_least = 99.9 }
expect { name = "the logs fill", at = "20:59", measure = "controllers.waiting", at_least = 4000 }

-- When it is back.
within {
    name = "every controller is back", from = "21:00", limit = minutes(5),
    check = function() return back ~= nil end,
}
within {
    name = "all that was kept has come", from = "21:00", limit = minutes(10),
    check = function() return figure("controllers.waiting") < 71 end,
}
expect { name = "nothing was lost", measure = function() return lost end, equals = 0, unit = "words" }
expect { name = "most turns of the server are of use", measure = useful, at_least = 50, unit = "%" }
expect { name = "no alarm is left", measure = "alarms.active", equals = 0 }
within {
    name = "the city obeys again within 2 min", from = "21:30", limit = minutes(2),
    check = function() return figure("lamps.level") <= 41 end,
}
at("21:30", function() lamps():override(40, minutes(20)) end)
