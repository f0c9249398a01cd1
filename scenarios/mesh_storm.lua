-- Mesh Storm: a wet evening in October on which everything that can disturb a mesh does so, one after
-- the other. Rain from 18:20; a jammer in Lạc Long Quân from 18:40; an RFID reader in Hùng Vương from
-- 19:15; at 19:50 the lamp that most others send through dies. The mesh has to route around what it
-- can, and to name the cause of what it loses: `domdom mesh scenarios/mesh_storm.lua --lost`.
scenario {
    name = "Mesh Storm",
    about = "Rain, a jammer, an RFID reader and a dead router, on the air of 920 MHz.",
    city = "bentre",
    start = "2020-10-10 18:00",
    stop = "20:30",
}

-- 920 MHz, 50 kb/s, in the band that RFID readers hop over; every lamp also reports by itself.
set {
    ["mesh.preset"] = 2,
    ["node.report_s"] = 300,
    ["backhaul.outages"] = 0,
}

local jammed = road("Lạc Long Quân"):segments() -- a jammer reaches farther than its road
local read = road("Hùng Vương")
local far = segment("S-66")                     -- some of its lamps are three hops away
local router, orphans                           -- found when it dies

-- Lost messages since the last look, of some lamps: how many, and how many for a reason.
local lost = {}
on("mesh_loss", function(loss) lost[#lost + 1] = loss end)

local function losses(of, reason)
    local among, n, named = {}, 0, 0
    for _, id in ipairs(of:lamps():ids()) do among[id] = true end
    for _, loss in ipairs(lost) do
        if among[loss.entity] then
            n = n + 1
            if loss.reason == reason then named = named + 1 end
        end
    end
    return n, named
end

-- Percent of them that the reason explains; 100 when there are none.
local function explained(of, reason)
    local n, named = losses(of, reason)
    return n == 0 and 100 or 100 * named / n
end

at("18:20", function() weather { rain = 40 } end)
at("18:40", function()
    lost = {}
    road("Lạc Long Quân"):fail("jammer")
end)
at("19:10", function() road("Lạc Long Quân"):repair("jammer") end)
at("19:15", function()
    lost = {}
    read:fail("jammer", { kind = "rfid", duty = 90 })
end)
at("19:45", function()
    read:repair("jammer")
    weather { rain = 0 }
end)

at("19:50", function()
    local most = 0
    far:parents():each(function(lamp)
        local n = #lamp:children()
        if n > most then router, most = lamp, n end
    end)
    orphans = router:children()
    lost = {}
    router:fail("node_dead")
    note(router:ids()[1] .. " dies; " .. most .. " lamps send through it")
end)
on("mesh_parent", function(place)
    if router and place.parent and place.parent ~= router:ids()[1] then
        for _, id in ipairs(orphans:ids()) do
            if id == place.entity then note(id .. " sends through " .. place.parent .. " now") end
        end
    end
end)
at("20:10", function() router:repair() end)

expect { name = "the mesh delivers in dry weather", at = "18:20", measure = "mesh.delivered", at_least = 99.9 }
expect {
    name = "rain alone costs hardly a message", at = "18:39",
    measure = function() return #lost end, at_most = 5, unit = "messages",
}

within {
    name = "the jammer is felt", from = "18:40", limit = minutes(6),
    check = function() return losses(jammed) > 0 end,
}
expect {
    name = "what is lost around it is laid to it", at = "19:09",
    measure = function() return explained(jammed, "jammed") end, at_least = 80, unit = "%",
}
expect {
    name = "the rest of the city hears nothing of it", at = "19:09",
    measure = function() return (losses(lamps():without(jammed:lamps()))) end, at_most = 10, unit = "messages",
}
within {
    name = "all around are heard again when it is off", from = "19:10", limit = minutes(15),
    check = function() return jammed:heard(minutes(6)) == 100 end,
}

expect {
    name = "the mesh lives with an RFID reader", at = "19:44",
    measure = function() return (losses(read)) end, at_most = 20, unit = "messages",
}
expect {
    name = "what is lost around it is laid to it too", at = "19:44",
    measure = function() return explained(read, "jammed") end, at_least = 80, unit = "%",
}

within {
    name = "who sent through a dead router is reachable again", from = "19:50", limit = minutes(10),
    check = function() return orphans:reachable() == 100 end,
}
expect {
    name = "nobody sends through it any more", at = "20:05",
    measure = function() return #router:children() end, equals = 0, unit = "lamps",
}
expect {
    name = "all of them are heard", at = "20:09",
    measure = function() return orphans:heard(minutes(10)) end, equals = 100, unit = "%",
}
expect {
    name = "hardly a message is lost but the dead one's own", at = "20:09",
    measure = function() return (losses(far:lamps():without(router))) end, at_most = 5, unit = "messages",
}

expect { name = "all are in the mesh at the end", at = "20:29", measure = function() return lamps():reachable() end, equals = 100, unit = "%" }
expect { name = "the evening's messages arrived", measure = "mesh.delivered", at_least = 99.5 }
