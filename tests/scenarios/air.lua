-- What disturbs the air, and what is given for the radios.
scenario { name = "air", city = "bentre", start = "2020-08-03 19:00", stop = "20:30" }
set { ["backhaul.outages"] = 0, ["citizens.per_day"] = 0 }
set { ["mesh.cca_mode"] = 2 } -- radios that do not mind energy: they send, and nobody hears them
radios { ["S-05"] = { channel = 15, pan = 0x1a2b }, ["S-06"] = { channel = 25 } }

local faults, rains = {}, {}
on("fault", function(record)
    if record.fault == "jammer" then faults[#faults + 1] = record.entity .. " " .. record.state end
end)
on("weather", function(record) -- also told when it has become warmer or cooler
    if record.rain ~= (rains[#rains] or 0) then rains[#rains + 1] = record.rain end
end)

local here = road("Đồng Khởi")
at("19:10", function()
    here:fail("jammer", { kind = "wifi", power = 20, channel = 3, duty = 40 })
    segment("S-05"):fail("jammer")
    weather { rain = 30 }
end)
at("19:40", function()
    here:repair("jammer")
    act("repair segment:S-05")
    act("weather rain=0")
end)
local function equals(name, measure, value)
    expect { name = name, at = "20:00", measure = measure, equals = value }
end
equals("jammers told", function() return #faults end, 4)
equals("the road's last", function() return faults[3] == here:ids()[1] .. " repaired" and 1 or 0 end, 1)
equals("rain told", function() return #rains == 2 and rains[1] - rains[2] or -1 end, 30)

-- Losses name the jammer by where it stands.
local jammed = 0
on("mesh_loss", { reason = "jammed", culprit = "S-05" }, function() jammed = jammed + 1 end)
expect { name = "the jammer is named", at = "20:00", measure = function() return jammed end, at_least = 10 }

-- Parents and children are the two ends of the same links.
local street = segment("S-21"):lamps()
expect { name = "somebody sends through others", at = "19:05", at_least = 1, measure = function() return #street:parents() end }
expect {
    name = "whose child is whose parent's", at = "19:05", equals = 0,
    measure = function()
        local routers = street:parents()
        return #routers:children():parents():without(routers) + #routers:without(routers:children():parents())
    end,
}
expect { name = "a controller's children have no parent among lamps", at = "19:05", equals = 0, measure = function() return #street:without(lamps():children()):parents() end }
