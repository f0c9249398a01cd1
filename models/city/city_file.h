// Reading a city inventory: dd_city_read and dd_city_parse of models/city.h. The file is GeoJSON;
// its features may come in any order and carry their kind in the property "type": Ward, Road,
// StreetlightGroup (a segment), StreetlightControlCabinet, StreetlightFeeder, Streetlight, and
// StreetlightModel for luminaires that are not built in (models/city/city_model.h). The attributes
// are named after FIWARE's Streetlighting models where those have a name.
#pragma once

#include "models/city/city.h"

// A luminaire farther than this from its road is refused by the reader, m; `domdom city check`
// asks for less.
#define DD_CITY_ASTRAY_M 250
