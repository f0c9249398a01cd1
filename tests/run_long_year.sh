#!/bin/sh
# Three years of the whole city, with the closed forms that its scenario expects.
set -eu
exec "$DOMDOM" run "$DOMDOM_SOURCE/scenarios/energy_saving_year.lua" --quiet
