// Trigonometry in plain IEEE double additions, multiplications and divisions, so that the twin, a
// board and every optimiser agree to the last bit. Angles are degrees. Good to about 1e-12.
#pragma once

double dd_sin_deg(double degrees);  // |degrees| below 1e12
double dd_cos_deg(double degrees);  // ...
double dd_root(double x);           // square root of x in 0..1e6; below 0 gives 0
double dd_atan_deg(double x);       // -90..90
double dd_asin_deg(double x);       // -90..90; x is held to -1..1
double dd_acos_deg(double x);       // 0..180; x is held to -1..1
double dd_turn_deg(double degrees); // the same angle within 0..360
