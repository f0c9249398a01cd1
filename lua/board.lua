local dd, own = ...
local check_fields, only, shown, target_text = own.check_fields, own.only, own.shown, own.target_text
local ns_of, duration_text = own.ns_of, own.duration_text
local Selection = dd.selection_methods

--# Boards: the instructor's bench

local attach_fields = {
    serial = "string", vid = "number", pid = "number", interface = "number", path = "string", emulated = "any",
    on_lost = "string", shadow = "any", lock_step = "boolean", late = "string", late_n = "number",
    tolerance = "any", find = "any", answer = "any", supply = "string",
    leeway = "table",
}
local shadow_fields = { serial = "string", path = "string", emulated = "any" }

local function word(key, value)
    if value:find('[%c"]') then error("attach: " .. key .. " must be free of quotes and control characters", 4) end
    return key .. "=" .. (value:find("%s") and '"' .. value .. '"' or value)
end

-- The words that say which board is meant: "serial=SEG-0042".
local function board_words(words, spec, prefix)
    for _, key in ipairs { "serial", "path" } do
        if spec[key] then words[#words + 1] = word(prefix .. key, spec[key]) end
    end
    if spec.emulated then
        if spec.emulated ~= true and type(spec.emulated) ~= "string" then
            error("attach: emulated is true or a machine such as \"lm3s6965evb\", not " .. shown(spec.emulated), 4)
        end
        words[#words + 1] = spec.emulated == true and prefix .. "emulated" or word(prefix .. "emulated", spec.emulated)
    end
end

local function shadow_words(words, shadow)
    if shadow == true then
        words[#words + 1] = "shadow"
    elseif shadow then
        check_fields(shadow, shadow_fields, "attach's shadow")
        board_words(words, shadow, "shadow.")
    end
end

-- How far the two may be apart: { line = { clock_ms = 2000 } } as "line.clock_ms=2000".
local function leeway_word(leeway)
    local words = {}
    for kind, figures in pairs(leeway) do
        if type(figures) ~= "table" then
            error("attach: leeway is a table of tables: { line = { clock_ms = 2000 } }", 4)
        end
        for figure, value in pairs(figures) do
            if value == true then value = 1 elseif value == false then value = 0 end
            if math.type(value) ~= "integer" then
                error("attach: leeway's " .. tostring(figure) .. " is a whole number, true or false, not " .. shown(value), 4)
            end
            words[#words + 1] = kind .. "." .. figure .. "=" .. value
        end
    end
    table.sort(words)
    return word("leeway", table.concat(words, " "))
end

---Puts a real board in the place of its controller, or an emulated one. Of one segment; before the
---run begins, it is there from the first moment. Which board: the `serial` of its USB device (with `vid`,
---`pid` and `interface`, if need be), the `path` of a pseudo-terminal or serial port, or `emulated`
---("lm3s6965evb", "netduinoplus2", "host").
---
---When it is lost, `on_lost` says what happens: "fallback" (the simulated controller takes over, with
---the state of its shadow, else cold), "wait" (nobody is there until it is back) or "fail" (the run
---fails). With `shadow = true` the simulated controller works beside it, and what the two say is
---compared; `shadow = { serial = "..." }` has another board do that.
---
---A run as fast as possible needs a board that offers lock-step; with `--speed 1` it keeps real time
---(unless `lock_step = true`): then an answer or a deadline missed by more than the `tolerance` (5 ms)
---is an overrun, and what is late is counted only, dropped or, after `late_n` times, the end of it:
---`late` = "count", "drop", "lose". It must be found within `find` (10 s) and, in lock-step, answer within
---`answer` (2 s). `supply` is a command that switches its supply, called with `on` or `off`.
---
---`leeway` says how far board and shadow may be apart before it counts, by kind of message ("datagram",
---"line", "contactors", "look", "boot", "leds", "air"): in `time_us`, `clock_ms`, `level_pm`, `power_mw`,
---`voltage_dv`, `energy_wh`; and whether `ids` and `order` count, or the kind is `ignored`. In lock-step
---nothing may differ; in real time about what wires and clocks make of it.
---@param spec {serial?: string, vid?: integer, pid?: integer, interface?: integer, path?: string, emulated?: string|boolean, on_lost?: "fallback"|"wait"|"fail", shadow?: boolean|{serial?: string, path?: string, emulated?: string|boolean}, lock_step?: boolean, late?: "count"|"drop"|"lose", late_n?: integer, tolerance?: Duration|string, find?: Duration|string, answer?: Duration|string, supply?: string, leeway?: table<string, table<string, integer|boolean>>}
function Selection:attach(spec)
    only(self, "segment", "attach")
    check_fields(spec, attach_fields, "attach")
    local words = {}
    board_words(words, spec, "")
    if spec.vid then words[#words + 1] = string.format("vid=%04x", spec.vid) end
    if spec.pid then words[#words + 1] = string.format("pid=%04x", spec.pid) end
    if spec.interface then words[#words + 1] = "interface=" .. spec.interface end
    if spec.on_lost then words[#words + 1] = word("on_lost", spec.on_lost) end
    shadow_words(words, spec.shadow)
    if spec.lock_step then words[#words + 1] = "lock_step" end
    if spec.late then words[#words + 1] = word("late", spec.late) end
    if spec.late_n then words[#words + 1] = "late_n=" .. spec.late_n end
    for _, key in ipairs { "tolerance", "find", "answer" } do
        if spec[key] then words[#words + 1] = key .. "=" .. duration_text(ns_of(spec[key], "attach's " .. key)) end
    end
    if spec.supply then words[#words + 1] = word("supply", spec.supply) end
    if spec.leeway then words[#words + 1] = leeway_word(spec.leeway) end
    dd.attach(self, target_text(self), table.concat(words, " "))
end

---Takes its board away in good order: the simulated controller goes on.
function Selection:detach() dd.act("detach " .. target_text(self)) end

---Pulls its board's cable: the twin lets go of the port, and finds it again only when it is put back.
function Selection:unplug() dd.act("unplug " .. target_text(self)) end

---Puts its board's cable back.
function Selection:plug() dd.act("plug " .. target_text(self)) end

---Switches its board's supply, by the command that `attach` was given.
---@param on boolean
function Selection:power_board(on)
    if type(on) ~= "boolean" then error("power_board takes true or false, not " .. shown(on), 2) end
    dd.act("supply " .. target_text(self) .. (on and " on" or " off"))
end

---Has its board start anew.
function Selection:reset_board() dd.act("reset " .. target_text(self)) end

local wire_fields = {
    drop = "number", corrupt = "number", duplicate = "number", truncate = "number", delay_ms = "number",
    jitter_ms = "number", stall_every_s = "number", stall_s = "number",
}

---Makes its board's wire bad from now on: chances (0 to 1) by which a frame is dropped, spoilt,
---repeated or cut off, a delay and its jitter in milliseconds of the wall, stalls of `stall_s` seconds
---every `stall_every_s` on average; `wire{}` is a good one again. The same seed spoils the same frames.
---@param spec {drop?: number, corrupt?: number, duplicate?: number, truncate?: number, delay_ms?: number, jitter_ms?: number, stall_every_s?: number, stall_s?: number}
function Selection:wire(spec)
    check_fields(spec, wire_fields, "wire")
    local words = {}
    for key, value in pairs(spec) do words[#words + 1] = string.format("%s=%.17g", key, value) end
    table.sort(words)
    dd.act("wire " .. target_text(self) .. " " .. (#words > 0 and table.concat(words, " ") or "good"))
end

---@class Board
---@field board string which one was asked for
---@field mode "lock-step"|"real time"
---@field state "absent"|"found"|"greeted"|"in_step"|"late"|"lost"
---@field verdict string why it is not at work: "unplugged", "silent", "no_hello" and the like; or "well"
---@field seat "board"|"shadow"|"cold"|"nobody" who controls the segment now
---@field serial? string as its Hello tells
---@field firmware? string likewise
---@field losses? integer how often it was lost
---@field deadlines integer in real time, so far
---@field overruns integer of these, missed by more than the tolerance
---@field compared integer messages laid beside its shadow's
---@field divergences integer of these, the ones in which the two have parted
---@field first_divergence? string the first of them, in a line

---How it stands with its board. Of one segment; nil when it has none.
---@return Board?
function Selection:board()
    only(self, "segment", "board")
    return dd.board(self)
end
