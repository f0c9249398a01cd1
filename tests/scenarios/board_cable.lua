-- Two boards on bad wires; one is unplugged and comes back, one is reset.
scenario { name = "Board Cable", city = "bentre", start = "2020-08-03 17:50", stop = "18:40" }
set { ["backhaul.outages"] = 0 }
program { { at = "sunset", level = 100 }, { at = "sunrise", level = 0 } }
local pulled, reset = segment("S-10"), segment("S-11")
pulled:attach { emulated = param("machine", "host"), on_lost = "fallback", shadow = true }
reset:attach { emulated = param("machine", "host"), on_lost = "fallback", shadow = true }
at("17:52", function() pulled:wire { drop = 0.05, corrupt = 0.02 } end)
at("18:05", function() pulled:unplug() end)
at("18:15", function() pulled:plug() end)
at("18:20", function() reset:reset_board() end)
expect {
    name = "the shadow has the segment meanwhile", at = "18:10", equals = 1,
    measure = function() return pulled:board().seat == "shadow" and 1 or 0 end,
}
for _, it in ipairs { pulled, reset } do
    expect {
        name = "back at work: " .. it:ids()[1], at = "18:35", equals = 1,
        measure = function() return it:board().state == "in_step" and it:board().seat == "board" and 1 or 0 end,
    }
    expect {
        name = "of one mind: " .. it:ids()[1], equals = 0,
        measure = function() return it:board().divergences end,
    }
end
