-- The light on a road, as it is switched, dimmed and fails; energy and what it is compared with.
scenario { name = "light", city = "../cities/three_streets.geojson", start = "2021-01-01 17:00", stop = "21:00" }
set { ["mesh.off"] = 1, ["centre.poll_s"] = 0, ["light.age_h"] = 0 }
program { { at = "sunset", level = 100 }, { at = "20:00", level = 50 }, { at = "sunrise", level = 0 } }

local street = road("Đồng Khởi")
local full, even, dimmed, torn

at("19:00", function()
    full, even = street:luminance(), street:uniformity()
    assert(math.abs(street:illuminance() * 0.07 - full) < 0.01 * full, "L = q0 E")
    assert(street:lighting_class() ~= "none", "it is lit")
    assert(street:lamps():luminance() == full, "its lamps' road is itself")
end)
at("20:30", function()
    dimmed = street:luminance()
    local overall = street:uniformity()
    assert(math.abs(overall - even) < 0.01, "dimming leaves uniformity")
    street:lamps():first(2):fail("driver_dead")
    torn = select(3, street:uniformity())
end)

expect { name = "dark by day", at = "17:10", measure = function() return street:luminance() end, equals = 0 }
expect { name = "half the light", measure = function() return 100 * dimmed / full end, between = { 49, 51 } }
expect { name = "dark lamps tear a hole", measure = function() return torn / even end, at_most = 0.7 }
expect { name = "less than before 2020", measure = "energy.saving", at_least = 40 }
expect { name = "darkness since sunset", measure = "energy.dark_h", between = { 3.2, 3.3 } }
