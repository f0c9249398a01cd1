local dd, own = ...
local ns_of, check_fields = own.ns_of, own.check_fields
local Selection = dd.selection_methods

--# Firmware

---@class Release
---A firmware release, made by `firmware{...}`.
---@field name string
---@field version integer
local Release = {}
Release.__index = Release
Release.__name = "release"

local release_fields = {
    name = "string", target = "string", version = "number", kib = "number", defect = "string", damaged = "number",
}

local function whole(value, what)
    if math.type(value) ~= "integer" or value < 0 then
        error(what .. " must be a whole number from 0 on, not " .. tostring(value), 3)
    end
    return value
end

---Declares a firmware release, before the first lamps{}, road() or segment(): for nodes
---(`target = "node"`) or for controllers ("controller"). Devices are made with version 1. Its octets
---are made of its name; `kib` of them (256 at most; 32 unless said). `defect` is what is wrong with
---it though its digest is right: "does_not_start", "mute" (sends nothing), and of nodes
---"wrong_curve" (dims by the other curve), "forgets_overrides" (after a minute),
---"override_never_ends", "midnight_rollover" (dark from midnight to noon). `damaged` is the place
---of an octet that is wrong in the centre's file.
---@param spec {name: string, target: string, version: integer, kib?: integer, defect?: string, damaged?: integer}
---@return Release
function firmware(spec)
    check_fields(spec, release_fields, "firmware")
    for _, key in ipairs { "name", "target", "version" } do
        if not spec[key] then error("firmware{...} needs the field '" .. key .. "'", 2) end
    end
    dd.firmware(spec.name, spec.target, whole(spec.version, "firmware's version"), whole(spec.kib or 32, "firmware's kib"),
        spec.defect, spec.damaged and whole(spec.damaged, "firmware's damaged"))
    return setmetatable({ name = spec.name, version = spec.version }, Release)
end

---@class Campaign
---A release on its way to segments, made by `Selection:update`.
---@field number integer
local Campaign = {}
Campaign.__index = Campaign
Campaign.__name = "campaign"

local update_fields = {
    canary = "number", wave = "number", soak = "any", patience = "any", failed = "number", alarms = "number", go_back = "boolean",
}

---An operator has the centre bring a release to the segments of the selection, wave after wave. The
---first wave has `canary` segments (1), each further one `wave` percent of all (25). When all of a
---wave has been updated it is watched for `soak` (a day) before the next begins; it may take
---`patience` (three days). When more than `failed` percent (5) of a wave's devices fail, or more
---than `alarms` percent (5) of those updated have new alarms, the campaign halts, and with
---`go_back` (true) what was updated goes back to what it ran before.
---@param release Release|string
---@param how? {canary?: integer, wave?: number, soak?: Duration|string, patience?: Duration|string, failed?: number, alarms?: number, go_back?: boolean}
---@return Campaign
function Selection:update(release, how)
    how = how or {}
    check_fields(how, update_fields, "update")
    local name = getmetatable(release) == Release and release.name or release
    if type(name) ~= "string" then error("update needs a release, made by firmware{...}", 2) end
    local number = dd.update(self, name, how.canary, how.wave, how.soak and ns_of(how.soak, "update's soak"),
        how.patience and ns_of(how.patience, "update's patience"), how.failed, how.alarms, how.go_back)
    return setmetatable({ number = number }, Campaign)
end

---@class DeskCampaign
---How a campaign stands, as the centre holds it.
---@field number integer
---@field release string
---@field state string "wave" (it goes on), "halted", "done" or "aborted"
---@field gate string why it halted: "none", "operator", "failed" or "alarms"
---@field wave integer the present one, of
---@field waves integer
---@field devices integer nodes or controllers of its segments
---@field done integer of these, those that run the release
---@field failed integer those that could not be updated, or rolled it back
---@field alarmed integer of those done, lamps with alarms that they did not have before
---@field segments integer
---@field settled integer of these, those that have said how it ended

---How it stands, as the centre holds it.
---@return DeskCampaign
function Campaign:status() return dd.campaign(self.number) end

---All firmware campaigns so far, by number.
---@return DeskCampaign[]
function desk.campaigns() return dd.desk_campaigns() end

---An operator halts it; with `go_back` what was updated goes back.
---@param go_back? boolean
function Campaign:halt(go_back) dd.update_step(self.number, "halt", go_back) end

---An operator lets it go on.
function Campaign:continue() dd.update_step(self.number, "continue") end

---An operator ends it for good; with `go_back` what was updated goes back.
---@param go_back? boolean
function Campaign:abort(go_back) dd.update_step(self.number, "abort", go_back) end

---How many of the lamps' nodes, or of the segments' controllers, of the selection truly run a version
---of firmware now.
---@param version integer
---@return integer
function Selection:running(version) return dd.running(self, version) end
