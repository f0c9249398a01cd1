local dd, own = ...
local only, shown = own.only, own.shown
local Selection = dd.selection_methods

--# What is true

---How many of its lamps give light now.
---@return integer
function Selection:lit() return dd.measure(self, "lit") end

---How many of its lamps are dark now.
---@return integer
function Selection:dark() return dd.measure(self, "dark") end

---The share of its lamps that give light now, percent.
---@return number
function Selection:lit_share() return dd.measure(self, "lit_share") end

---The mean light of its lamps now, percent of full.
---@return number
function Selection:level() return dd.measure(self, "level") end

---The power its lamps take now, watts.
---@return number
function Selection:power() return dd.measure(self, "power_w") end

---The energy its lamps have taken so far, kilowatt-hours.
---@return number
function Selection:energy() return dd.measure(self, "energy_kwh") end

-- The light on its roads now. A road without two luminaires to measure between has none.
local function light_on(selection) return dd.road_light(dd.related(selection, "road")) end

---Mean horizontal illuminance on its roads now, in lux: an engineering estimate from where the
---lamps stand, what they give now, and how a luminaire of their kind spreads it (`domdom light`
---tells the same of a city as built).
---@return number
function Selection:illuminance() return light_on(self).e_av end

---Mean luminance of its roads now, in cd/m2: illuminance times setting road.q0.
---@return number
function Selection:luminance() return light_on(self).l_av end

---Uniformity of luminance on its roads now, 0 to 1: overall (least by mean) and longitudinal (least
---by most along the worst lane), means over the stretches between neighbouring luminaires; then the
---overall one of the worst stretch.
---@return number, number, number
function Selection:uniformity()
    local light = light_on(self)
    return light.u0, light.ul, light.u0_least
end

---The class of EN 13201 that the means on its roads meet now ("ME1" is the best, "none" is below
---ME6), and the one that the first road of them should have.
---@return string, string
function Selection:lighting_class()
    local light = light_on(self)
    return light.met, light.wanted
end

---Percent of the length of its roads that has what its road's class should have now.
---@return number
function Selection:well_lit() return light_on(self).share end

---The share of its lamps with a route to their controller now, percent.
---@return number
function Selection:reachable() return dd.measure(self, "reachable") end

---The lamps that its lamps send to first on the way to their controllers, now: their parents in the
---mesh. A lamp that sends to its controller at once has none.
---@return Selection
function Selection:parents() return dd.parents(dd.lamps_of(self)) end

---The lamps whose parent in the mesh is one of its lamps now.
---@return Selection
function Selection:children() return dd.children(dd.lamps_of(self)) end

---The voltage at its lamps now, volts: the mean of those that have any, or 0.
---@return number
function Selection:voltage() return dd.voltage(self) end

---The current that its lamps take now, amperes: the sum of what their nodes measure. With a phase,
---"L1", "L2" or "L3": what the meter in the cabinet measures, of one feeder.
---@param phase? "L1"|"L2"|"L3"
---@return number
function Selection:current(phase)
    if phase == nil then return dd.current(self) end
    only(self, "feeder", "the current of a phase")
    local amperes = type(phase) == "string" and rawget(dd.cabinet(self), "current_" .. phase:lower())
    if not amperes then error('a phase is "L1", "L2" or "L3", not ' .. shown(phase), 2) end
    return amperes
end

---The name of its lamps' luminaires, as they hang there now; nil when they differ.
---@return string?
function Selection:model() return dd.model(self) end

---What its feeders' meters say, kilowatt-hours since they were made.
---@return number
function Selection:meter_kwh()
    local sum = 0
    dd.related(self, "feeder"):each(function(it) sum = sum + dd.cabinet(it).meter end)
    return sum
end

---@class Reading
---@field level number percent of light that the node commands
---@field power number watts
---@field voltage number volts
---@field current number amperes
---@field energy number watt-hours, counted modulo 65536
---@field silent boolean the gear does not answer on its bus
---@field open boolean the light source is an open circuit
---@field short boolean the light source is shorted
---@field derated boolean the gear reduces its output for its temperature
---@field hot boolean the gear is too hot
---@field relay boolean the voltage behind the relay is not as commanded
---@field cycling boolean it has started again and again

---What its node would read out now, whether anybody asks or not. Of one lamp.
---@return Reading
function Selection:reading()
    only(self, "lamp", "reading")
    return dd.reading(self)
end

---@class CabinetReading
---@field voltage_l1 number volts at the meter's terminals; voltage_l2 and voltage_l3 likewise
---@field current_l1 number amperes; current_l2 and current_l3 likewise
---@field power number watts, as its meter says
---@field meter number kilowatt-hours, as its meter says
---@field leakage number amperes of residual current
---@field contactor boolean its feedback contact is closed
---@field tripped boolean its breaker has tripped
---@field override boolean its hand switch is not on automatic

---What the controller in the cabinet can see of it now. Of one feeder.
---@return CabinetReading
function Selection:cabinet()
    only(self, "feeder", "cabinet")
    return dd.cabinet(self)
end

---@class Sky
---@field illuminance number lux on open ground
---@field elevation number degrees of the sun over the horizon
---@field temperature number °C in the shade
---@field rain number mm/h
---@field clouds number percent
---@field tide number metres over mean sea level
---@field flood? number metres over mean sea level of water in low streets, when there can be any

---How it is outside now.
---@return Sky
function sky() return dd.sky() end

---How many of its lamps hold an override now.
---@return integer
function Selection:overridden() return dd.measure(self, "overridden") end

---What one lamp's gear says of itself by DALI (D4i: DiiA parts 251 to 253): its ratings, energy,
---voltage, power factor, temperature, failures and counters, by name. What it does not know is nil;
---nil altogether when it does not answer.
---
---    local gear = lamp"L-0001":gear()
---    print(gear.mains_voltage, gear.gear_temperature, gear.source_time / 3600)
---@return table<string, number|string>?
function Selection:gear() return dd.gear(self) end

---A figure of the whole city by name, such as "mesh.delivered".
---@param name string
---@return number value
---@return string unit
function figure(name) return dd.figure(name) end
