local dd = ...
local Selection = dd.selection_methods

-- A method that is called with a dot does not get its selection: that is said, whatever comes of it.
for name, method in pairs(Selection) do
    Selection[name] = function(self, ...)
        if not dd.is_selection(self) then
            error("methods are called with a colon: selection:" .. name .. "(...)", 2)
        end
        return method(self, ...)
    end
end
