-- What was saved, and by what: the whole city for three years, one with the lamps of before 2020,
-- one with LED luminaires and nothing else, one with the nodes that dim them at night.
--
-- What it teaches. Most of the saving comes from the LED, and would come without any radio. The
-- nodes' dimming adds to it, and costs something too: each node takes its watt and a half day and
-- night. So the question what "smart" pays for itself must be asked against LED, not against
-- sodium; and what remains for it are the faults that are found sooner, which no kilowatt-hour
-- shows. And a saving is as good as its assumptions, so that all of them are told at the end:
-- `domdom energy` tells them of any run.
--
-- The radios are off and nobody is polled, so that a year takes seconds; energy is integrated
-- between changes, so nothing is lost by that. None of the three years is a leap year.
scenario {
    name = "Three years of energy",
    about = "Sodium, LED, LED with dimming: the whole of Bến Tre, a year each.",
    city = "bentre",
    start = "2021-01-01 12:00",
    stop = "2024-01-01 12:00",
}

local tariff = param("tariff", 1827)        -- VND/kWh without VAT: 2019, unverified
local vat = param("vat", 10)                -- %
local co2 = param("co2", 0.7221)            -- kg/kWh: the grid's factor of 2021
local cost = param("cost", 40e9)            -- VND: "nearly 40 billion"
local maintenance = param("maintenance", 0) -- VND a lamp and year: unknown

set {
    ["light.before"] = 1,
    ["mesh.off"] = 1, ["centre.poll_s"] = 0,
    -- The controllers have nothing to tell.
    ["controller.keepalive_s"] = 28800, ["controller.clock_s"] = 86400, ["centre.silence_s"] = 86400,
    ["account.meter_s"] = 86400,
    -- Closed forms know no cables: as good as none, so that each ballast gets the voltage of its plate.
    ["power.cable_mm2"] = 300, ["power.cable_resistivity"] = 10,
    -- Time switches from sunset to sunrise: the cabinets' photocells at the daylight of those moments.
    ["cabinet.photocell_on_lx"] = 500, ["cabinet.photocell_off_lx"] = 500,
    -- Nobody sets the nodes' clocks by radio now; in three years they would stray by minutes.
    ["node.drift_ppm"] = 0,
    ["backhaul.outages"] = 0, ["citizens.per_day"] = 0,
    ["account.tariff_vnd"] = tariff, ["account.vat"] = vat, ["account.co2_kg"] = co2,
    ["account.cost_vnd"] = cost, ["account.maintenance_vnd"] = maintenance,
}

program {
    { at = "sunset", level = 100 },
    { at = "23:00", level = 60 },
    { at = "04:30", level = 100 },
    { at = "sunrise", level = 0 },
}

-- The project's luminaires without nodes: on and off with their feeder.
local watts = {
    ["LED-street-75"] = 75, ["LED-street-120"] = 120, ["LED-street-150"] = 150,
    ["LED-flood-100"] = 100, ["LED-flood-200"] = 200, ["LED-flood-400"] = 400,
    ["LED-bulb-5"] = 5, ["LED-bulb-10"] = 10,
}
for kind in pairs(watts) do
    luminaire { name = kind .. "-plain", like = kind, node = 0 }
end

local all = lamps()
local taken, dark, connected_kw = {}, {}, 0 -- by year: kWh and hours of darkness
for kind, w in pairs(watts) do connected_kw = connected_kw + #lamps { kind = kind } * w / 1000 end

-- A year is over: what it took.
local total, total_h = 0, 0
local light -- luminance of all roads together, in the evening
local function close_year(name)
    local kwh, hours = all:energy(), figure("energy.dark_h")
    taken[name], dark[name] = kwh - total, hours - total_h
    total, total_h = kwh, hours
    note(string.format("%-14s %9.0f kWh in %.0f h of darkness; %.2f cd/m2 on the roads in the evening", name,
        taken[name], dark[name], light))
end

for _, evening in ipairs { "2021-07-01 20:00", "2022-07-01 20:00", "2023-07-01 20:00" } do
    at(evening, function() light = roads():luminance() end)
end

local sodium_kwh -- in closed form
at("2022-01-01 12:00", function()
    sodium_kwh = figure("energy.baseline_kwh")
    close_year("sodium")
    for kind in pairs(watts) do lamps { kind = kind }:refit(kind .. "-plain") end
end)
at("2023-01-01 12:00", function()
    close_year("LED")
    all:refit()
    segments():commission()
end)

-- What a year of `now` saves against one of `before`.
local function saved_kwh(before, now) return taken[before] - taken[now] end
local function saved_vnd(before, now)
    return saved_kwh(before, now) * tariff * (1 + vat / 100) + (before == "sodium" and maintenance * #all or 0)
end
local function tell(before, now)
    local kwh = saved_kwh(before, now)
    note(string.format("%s instead of %s saves %.0f kWh a year: %.1f %%, %.2f billion VND, %.0f t of CO2", now,
        before, kwh, 100 * kwh / taken[before], saved_vnd(before, now) / 1e9, kwh * co2 / 1000))
end

at("2024-01-01 11:59", function()
    close_year("LED dimmed")
    tell("sodium", "LED")
    tell("LED", "LED dimmed")
    tell("sodium", "LED dimmed")
    note(string.format("the project's %.1f billion VND are paid back after %.1f years; as LED alone at the " ..
        "same cost, %.1f", cost / 1e9, cost / saved_vnd("sodium", "LED dimmed"), cost / saved_vnd("sodium", "LED")))
    note(string.format("assumed: %g VND/kWh and %g %% VAT, the same for ever; %g kg of CO2 a kWh; maintenance " ..
        "saves %g VND a lamp and year; no interest", tariff, vat, co2, maintenance))
    note("assumed: before 2020 sodium, halide and compact lamps that gave as much light, on from dusk to dawn; " ..
        "nothing fails, nothing is stolen; losses in cables are left out")
end)

-- What was burnt is what the closed forms say.
expect {
    name = "sodium burns as its closed form", unit = "%",
    measure = function() return 100 * taken["sodium"] / sodium_kwh end, between = { 99.5, 100.5 },
}
expect {
    name = "LED alone burns as its closed form", unit = "%",
    measure = function() return 100 * taken["LED"] / (connected_kw * dark["LED"]) end, between = { 99.5, 100.5 },
}
-- Dimmed to 60 % for five and a half hours LEDs take 63 % of their power; nodes and standby come on top.
expect {
    name = "dimmed LED burns as its closed form", unit = "%",
    measure = function()
        local dimmed_h = 5.5 * 365
        local led = connected_kw * (dark["LED dimmed"] - dimmed_h + 0.6318 * dimmed_h)
        local nodes = #all * 1.5 / 1000 * 8760 + #all * 0.4 / 1000 * (8760 - dark["LED dimmed"])
        return 100 * taken["LED dimmed"] / (led + nodes)
    end,
    between = { 99.5, 100.5 },
}
-- What it is worth.
expect {
    name = "LED alone saves", unit = "%",
    measure = function() return 100 * saved_kwh("sodium", "LED") / taken["sodium"] end, between = { 45, 60 },
}
expect {
    name = "dimming saves more", unit = "%",
    measure = function() return 100 * saved_kwh("LED", "LED dimmed") / taken["LED"] end, between = { 8, 20 },
}
expect {
    name = "payback of the project", unit = "years",
    measure = function() return cost / saved_vnd("sodium", "LED dimmed") end, between = { 3, 10 },
}
