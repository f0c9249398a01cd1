-- What the boards of the USB tests control: an hour about sunset in three streets.
scenario{city = "three_streets.geojson", start = "2020-08-03 17:45", stop = "2020-08-03 18:45"}
set{["backhaul.outages"] = 0, ["citizens.per_day"] = 0}
expect{name = "lamps are lit at the end", measure = "lamps.lit", at_least = 90}
