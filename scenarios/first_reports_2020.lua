-- First Reports: 3 August to 13 November 2020. "Thành phố Bến Tre trực tuyến", the citizens' app, goes
-- live on a Monday evening; until 13 November it is given two reports, a pavement that has sunk and a
-- sign that nobody allowed. The urban management office hands the one to Phú Tân ward, the other to
-- Mỹ Thạnh An commune. On which days they came nobody has written down; these here are made up.
--
-- What it teaches. An app that hardly anybody knows tells a city nothing: two reports in 102 days are
-- one in a thousand of what a mature app brings. The office's work is the same for one report as for a
-- thousand: read it, correct its group, find whose it is, watch the day by which it is to be answered,
-- weekends and National Day not counted. `--set chance=true` leaves it to luck: at the adoption of
-- 2020 (0.16 % of a mature app's) there are two in the mean, as often one or four.
scenario {
    name = "First Reports 2020",
    about = "The first two reports of the citizens' app, from filing to answer.",
    city = "bentre",
    start = "2020-08-03 18:00",
    stop = "2020-11-13 18:00",
}
local chance = param("chance", false)

-- `--set happens=false` plays the same months without the two; then the criteria are not met.
local happens = param("happens", true)

-- Only the citizens matter here: the radios stay off, and nobody is to read a lamp.
set {
    ["mesh.off"] = 1, ["centre.poll_s"] = 0, ["backhaul.outages"] = 0, ["controller.meter_s"] = 0,
    ["controller.keepalive_s"] = 3600, ["centre.silence_s"] = 86400, ["account.meter_s"] = 86400,
    ["citizens.adoption"] = chance and 0.16 or 0,
}

program { { at = "sunset", level = 100 }, { at = "sunrise", level = 0 } }

local filed, handed, answered, marks = {}, {}, {}, {}
on("report", function(report)
    filed[#filed + 1] = report
    note("report " .. report.number .. " (" .. report.topic .. "): " .. report.text)
end)
on("report_transferred", function(report)
    handed[#handed + 1] = report
    note("report " .. report.number .. " handed to " .. report.entity)
end)
on("report_answered", function(report)
    answered[#answered + 1] = report
    note("report " .. report.number .. " answered: " .. report.answer .. ", after " .. report.after // 24 .. " days")
end)
on("report_rated", function(report)
    marks[#marks + 1] = report.content
    note("its citizen gives the answer " .. report.content .. " of 5")
end)

if happens and not chance then
    at("2020-08-12 19:20", function()
        file_report { topic = "infrastructure", where = ward("Phú Tân"), text = "the pavement has sunk" }
    end)
    -- A Saturday: nobody reads it before Monday.
    at("2020-10-17 08:45", function()
        file_report {
            topic = "advertising", where = ward("Mỹ Thạnh An"),
            text = "somebody has put up a sign without a permit",
        }
    end)
end

local function handed_to(name)
    local n = 0
    for _, report in ipairs(handed) do
        if report.entity == ward(name):ids()[1] then n = n + 1 end
    end
    return n
end

expect { name = "two reports in 102 days", measure = "reports.filed", equals = 2 }
if not chance then
    expect { name = "the pavement goes to Phú Tân", measure = function() return handed_to("Phú Tân") end, equals = 1, unit = "reports" }
    expect { name = "the sign goes to Mỹ Thạnh An", measure = function() return handed_to("Mỹ Thạnh An") end, equals = 1, unit = "reports" }
    expect { name = "and nobody else gets any", measure = "reports.transferred", equals = 2 }
    expect {
        name = "the first is read next morning", at = "2020-08-13 12:00",
        measure = function() return #handed end, equals = 1, unit = "reports",
    }
    expect {
        name = "over the weekend the second is not", at = "2020-10-19 06:59",
        measure = function() return #handed end, equals = 1, unit = "reports",
    }
    expect {
        name = "but on Monday it is", at = "2020-10-19 17:00",
        measure = function() return #handed end, equals = 2, unit = "reports",
    }
    expect { name = "both are answered", measure = function() return #answered end, equals = 2, unit = "reports" }
    expect { name = "in their time", measure = "office.in_time", equals = 100 }
    expect { name = "none is forgotten", measure = "office.open", equals = 0 }
end
