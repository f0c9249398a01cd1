-- City On: an August afternoon. A thunderstorm has made it as dark as evening, and at 14:10 the centre
-- orders the whole city on, for an hour: 6,800 lamps, one command a controller.
--
-- What it teaches. Each controller tells all of its lamps at once by multicast and then asks each
-- whether it has heard; most shine within seconds. What limits a city that is switched on at once is
-- not the air but the copper: 6,800 drivers that start together must trip no breaker.
-- `--set switched=true` plays it with feeders that are dead by day: contactors close one by one, and
-- the nodes have to start and join before they can be told anything.
scenario {
    name = "City On",
    about = "The whole city is ordered on at once: 99 % in two minutes, and no breaker trips.",
    city = "bentre",
    start = "2020-08-03 14:00",
    stop = "15:30",
}
local switched = param("switched", false)
set { ["backhaul.outages"] = 0, ["cabinet.switched"] = switched and 1 or 0 }

-- `--set happens=false` plays the same without the order; then the criteria are not met.
local happens = param("happens", true)

local tripped = 0
on("breaker", function(it) if it.reason ~= "closed" and it.reason ~= "opened" then tripped = tripped + 1 end end)

at("14:10", function() if happens then lamps():override(100, hours(1)) end end)

within {
    name = "99 % of the lamps within 120 s", from = "14:10", limit = minutes(2),
    check = function() return figure("lamps.lit") >= 99 end,
}
expect { name = "and all of them", at = "14:30", measure = "lamps.lit", at_least = 99.9, unit = "%" }
expect { name = "no breaker trips", measure = function() return tripped + alarms_raised("circuitBreakerTripped") end, equals = 0 }
expect { name = "who obeyed is known", at = "14:30", measure = "commands.done", at_least = 99 }
expect { name = "the centre holds what is true", at = "14:40", measure = "centre.right", at_least = 99.5 }
expect { name = "it ends by itself", at = "15:15", measure = "lamps.lit", at_most = 0.1 }
