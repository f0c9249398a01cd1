-- Faults on any selection, at a time, at a rate, together; crews; what can be measured meanwhile.
scenario { name = "faults", city = "bentre", start = "2020-08-03 19:00", stop = "22:00" }
set { ["backhaul.outages"] = 0, ["citizens.per_day"] = 0 }
luminaire { name = "LED-street-90", like = "LED-street-75", power_w = 90, flux_lm = 12000, control = "dali_linear" }

local function number(name, at, measure, equals)
    expect { name = name, at = at, measure = measure, equals = equals }
end
local function count(truth) return truth and 1 or 0 end

-- Whatever is chosen stands for what the fault happens to.
local struck = {}
on("fault", { state = "failed" }, function(record)
    struck[record.fault] = (struck[record.fault] or 0) + 1
end)
local street = road("Đồng Khởi")
at("19:05", function()
    street:fail("meter_drift")
    street:lamps():first(3):fail("door_open")
    ward("An Hội"):fail("no_dimming")
end)
number("a road's feeders", "19:06", function() return struck.meter_drift end, #street:feeders())
number("lamps' segments", "19:06", function() return struck.door_open end, #street:lamps():first(3):segments())
number("a ward's lamps", "19:06", function() return struck.no_dimming end, #ward("An Hội"):lamps())
at("19:06", function()
    lamps():repair()
    feeders():repair()
    segments():repair()
end)

-- At a time, for a time.
local some = segment("S-20"):lamps():first(5)
some:fail("led_open", { at = "19:10", lasts = "10m" })
number("not yet", "19:09", function() return some:dark() end, 0)
number("now", "19:11", function() return some:dark() end, 5)
number("no more", "19:21", function() return some:dark() end, 0)
at("19:09", function()
    assert(not pcall(function() some:fail("led_opne", { at = "20:00" }) end), "a slip is told at once")
    assert(not pcall(function() some:fail("led_open", { at = "18:00" }) end), "what has passed too")
    assert(not pcall(function() some:fail("led_open", { power = 3 }) end), "only jammers have power")
    assert(not pcall(function() segments():strike(30) end))
end)

-- At a rate: of 6800 lamps one in ten an hour, of which half are repaired after another; 5 standard
-- deviations either way.
local struck_before
process(function()
    wait_until("19:30")
    struck_before = struck.led_short or 0
    local stop = lamps():hazard { fault = "led_short", per_1000_h = 100, repair_h = 0.5 }
    wait_until("20:30")
    stop()
end)
expect { name = "struck in an hour", at = "20:30", between = { 520, 820 }, measure = function() return struck.led_short - struck_before end }
local struck_by_then
at("20:30", function() struck_by_then = struck.led_short end)
number("it has ended", "20:59", function() return struck.led_short - struck_by_then end, 0)

-- Cable.
local line = feeder("F-013")
local poles = line:poles()
number("all poles", "19:40", function() return #poles end, #line:lamps())
local cut = line:poles(10, 10):first(1)
at("19:40", function() line:cut_after(9) end)
number("dark from there on", "19:41", function() return cut:outward():lit() end, 0)
number("lit before", "19:41", function() return line:poles(1, 9):dark() end, 0)
number("and none beyond", "19:41", function() return line:poles():dark() - #cut:outward() end, 0)
at("19:42", function() cut:repair("cable_cut") end)
process(function()
    wait_until("19:45")
    local stretch = steal_cable { from = cut, poles = 3 }
    assert(stretch == line:poles(10, 12) and stretch:first(1) == cut)
    line:poles(10, 11):repair("cable_cut")
    wait_until("19:47")
    assert(line:poles(1, 11):dark() == 0 and line:poles(12):lit() == 0, "the last stretch is still gone")
    stretch:repair("cable_cut")
    wait_until("19:48")
    assert(line:lamps():dark() == 0, "laid again")
end)

-- What can be measured.
process(function()
    wait_until("19:50")
    local lamp1 = cut:reading()
    assert(lamp1.power > 20 and lamp1.level == 100, "it burns: " .. lamp1.power .. " W at " .. lamp1.level)
    assert(math.abs(cut:voltage() - lamp1.voltage) < 0.2 and lamp1.voltage > 200)
    assert(line:voltage() < 220 and line:voltage() > 200, "the cable costs voltage")
    local cabinet = line:cabinet()
    local phases = line:current("L1") + line:current("L2") + line:current("L3")
    assert(math.abs(phases - line:current()) < 0.05 * phases, "what goes in comes out: " .. phases .. " A, " .. line:current())
    assert(cabinet.contactor and not cabinet.tripped and not cabinet.override)
    assert(math.abs(cabinet.power / line:power() - 1) < 0.05, "lamps, cable and the meter's error")
    local kwh = line:meter_kwh()
    wait(hours(1))
    assert(math.abs((line:meter_kwh() - kwh) * 1000 / cabinet.power - 1) < 0.05, "its meter counts")
    assert(sky().temperature > 20 and sky().illuminance < 1, "a warm night")
end)

-- Crews.
process(function()
    wait_until("21:00")
    local pole = street:lamps():first(1)
    pole:refit("LED-street-90")
    assert(pole:model() == "LED-street-90")
    wait(minutes(5))
    assert(math.abs(pole:reading().power - 91.5) < 3, "the new one burns: " .. pole:reading().power .. " W")
    pole:refit()
    assert(pole:model() ~= "LED-street-90", "the city's own again")
    assert(not pcall(function() pole:refit("LED-street-91") end))
    street:segments():commission()
end)

-- Batches, weather and lightning.
local bad
process(function()
    wait_until("21:25")
    bad = lamps():batch { share = 30, fault = "led_short", factor = 100 }
    weather { rain = 25, clouds = 100, temperature = 22, storm = { flashes = 2, lasts = "10m" } }
    assert(sky().rain == 25 and sky().clouds == 100 and sky().temperature == 22)
    strike(bad:first(1), 30)
    strike(street, 30)
    strike(segment("S-20"), 30)
    wait(minutes(12))
    act("weather nature")
    assert(sky().rain == 0)
end)
expect { name = "the batch's share", at = "21:26", between = { 28, 32 }, measure = function() return 100 * #bad / #lamps() end, unit = "%" }
local strikes = 0
on("strike", function() strikes = strikes + 1 end)
expect { name = "strikes", at = "21:50", at_least = 10, measure = function() return strikes end }
