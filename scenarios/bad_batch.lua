-- Bad Batch: ten days of October 2020. Of the 120 W luminaires of one maker three in ten have a flaw:
-- strings of their LEDs short, long before their time.
--
-- What it teaches. One lamp that takes too little power is a repair; hundreds of one kind within days,
-- on all roads alike, are a batch: count alarms by kind of luminaire before you send crews. Nearly all
-- of them still burn, dimmer than they should, so that no citizen complains; the nodes' readings find
-- them, and a survey by eye does not.
scenario {
    name = "Bad Batch",
    about = "Three lamps in ten of one kind lose strings of LEDs within days; found by their power.",
    city = "bentre",
    start = "2020-10-05 12:00",
    stop = "2020-10-15 12:00",
}

-- Days, so each lamp is read twice a night and the mesh minds its routes less often than it may.
set {
    ["backhaul.outages"] = 0, ["citizens.per_day"] = 0, ["centre.poll_s"] = 21600, ["account.meter_s"] = 86400,
    ["rpl.interval_min"] = 20, ["rpl.doublings"] = 4, ["rpl.lifetime_s"] = 65535, ["rpl.probe_s"] = 86400,
    ["controller.clock_s"] = 86400,
}

-- `--set happens=false` plays the same days with sound lamps; then the criteria are not met.
local happens = param("happens", true)
local kind = "LED-street-120"
local suspects = lamps { kind = kind }
local others = lamps():without(suspects)

local bad
process(function()
    if happens then bad = suspects:batch { share = 30, fault = "led_short", factor = 2000 } end
end)

-- The truth, for the debrief.
local failed = 0
on("fault", { fault = "led_short", state = "failed" }, function(record)
    failed = failed + 1
end)

local function alarms_on(some)
    local n = 0
    some:each(function(it) if it:alarm("lampPowerTooLow") then n = n + 1 end end)
    return n
end
local function share(some) return 100 * alarms_on(some) / #some end
every("72h", function()
    note(string.format("day %d: %d strings have failed; power too low at %.1f %% of %s, %.2f %% of all others",
        elapsed():hours() // 24, failed, share(suspects), kind, share(others)))
end)

expect { name = "they fail day after day", at = "2020-10-15 05:00", measure = function() return failed end, at_least = 50 }
expect { name = "found by their power", at = "2020-10-15 05:00", measure = function() return 100 * alarms_on(suspects) / failed end, at_least = 90, unit = "%" }
expect { name = "among other kinds nothing", at = "2020-10-15 05:00", measure = function() return alarms_on(others) end, equals = 0 }
expect { name = "all of them in the batch", at = "2020-10-15 05:00", measure = function() return bad and alarms_on(suspects:without(bad)) or -1 end, equals = 0 }
expect { name = "and yet they burn", at = "2020-10-15 05:00", measure = function() return suspects:dark() end, equals = 0, unit = "lamps" }
expect { name = "dimmer than the rest", at = "2020-10-15 05:00", measure = function() return lamps():without(suspects):level() - suspects:level() end, between = { 0.5, 15 }, unit = "%" }
