#include "models/city/import/field.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// By field; each list ends with its first NULL. Of several columns for one field the first counts.
static const char *const names[DD_FIELDS][20] = {
    [DD_FIELD_X] = {"lon", "long", "lng", "longitude", "x", "xcoord", "easting", "east", "pointx",
                    "kinhđộ", "kinhdo"},
    [DD_FIELD_Y] = {"lat", "latitude", "y", "ycoord", "northing", "north", "pointy", "vĩđộ",
                    "vido"},
    [DD_FIELD_ID] = {"id", "lampid", "poleid", "lightid", "assetid", "streetlightid", "luminaireid",
                     "objectid", "mã", "mãđèn"},
    [DD_FIELD_POWER] = {"power", "wattage", "watts", "watt", "w", "lampwattage", "lamppower",
                        "powerrating", "ratedpower", "nominalpower", "lightpower", "powerw",
                        "luminairepower", "maxpowerconsumption", "bulbwattage", "congsuat",
                        "côngsuất", "lightwattage"},
    [DD_FIELD_HEIGHT] = {"height", "lanternheight", "mountingheight", "poleheight", "lampheight",
                         "heightm", "lightheight", "chiềucao"},
    [DD_FIELD_ROAD] = {"road", "street", "roadname", "streetname", "strname", "refroad", "đường",
                       "tênđường", "tuyếnđường", "tenduong"},
    [DD_FIELD_GROUP] = {"segment", "group", "controller", "refstreetlightgroup", "segmentid",
                        "groupid", "controllerid", "segmentcontroller"},
    [DD_FIELD_CABINET] = {"cabinet", "cabinetid", "refstreetlightcontrolcabinet", "controlcabinet",
                          "pillar", "feederpillar", "feederpillarnum", "tủ", "tủđiện"},
    [DD_FIELD_FEEDER] = {"feeder", "circuit", "feederid", "circuitid", "refstreetlightfeeder",
                         "circuitnumber", "lộ"},
    [DD_FIELD_MODEL] = {"model", "refstreetlightmodel", "luminaire", "luminairemodel", "lampmodel"},
    [DD_FIELD_TECHNOLOGY] = {"technology", "lamptechnology", "lamptype", "lighttype", "lightmethod",
                             "lighttechnology", "sourcetype"},
    [DD_FIELD_FLUX] = {"flux", "lumens", "lumen", "luminousflux", "lm"},
    [DD_FIELD_NAME] = {"name", "tên"},
    [DD_FIELD_CLASS] = {"highway", "class", "roadclass", "fclass"},
    [DD_FIELD_LIT] = {"lit"},
    [DD_FIELD_ONEWAY] = {"oneway"},
    [DD_FIELD_PLACE] = {"place"},
};

// Small letters without what does not matter, up to a bracket.
static void simplify(const char *name, char *simple, size_t size) {
    size_t n = 0;
    if (strncmp(name, "\xEF\xBB\xBF", 3) == 0) name += 3;
    for (; *name && *name != '(' && *name != '[' && n + 1 < size; name++) {
        unsigned char c = (unsigned char)*name;
        if (c >= 0x80 || isalnum(c)) simple[n++] = (char)(c < 0x80 ? tolower(c) : c);
    }
    simple[n] = 0;
}

dd_field dd_field_of(const char *name) {
    char simple[64];
    simplify(name, simple, sizeof simple);
    for (int field = 1; field < DD_FIELDS; field++)
        for (size_t i = 0; i < DD_COUNT(names[field]) && names[field][i]; i++)
            if (strcmp(names[field][i], simple) == 0) return (dd_field)field;
    return 0;
}

// The factor of a unit behind a number; 0 for what is no unit known here.
static double unit_of(const char *text) {
    static const struct {
        const char *name;
        double factor;
    } units[] = {{"", 1},  {"w", 1},  {"watt", 1}, {"watts", 1},
                 {"m", 1}, {"lm", 1}, {"a", 1},    {"kw", 1000}};
    char simple[16];
    simplify(text, simple, sizeof simple);
    for (size_t i = 0; i < DD_COUNT(units); i++)
        if (strcmp(units[i].name, simple) == 0) return units[i].factor;
    return 0;
}

bool dd_field_number(const char *text, bool comma, double *number) {
    char copy[48], *end;
    while (*text == ' ')
        text++;
    if (strlen(text) >= sizeof copy || !(isdigit((unsigned char)*text) || strchr("+-.", *text)))
        return false;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) return false; // no hexadecimals
    strcpy(copy, text);
    for (char *c = copy; comma && *c; c++)
        if (*c == ',') *c = '.';
    *number = strtod(copy, &end);
    double factor = end > copy ? unit_of(end) : 0;
    *number *= factor;
    return factor > 0 && isfinite(*number);
}
