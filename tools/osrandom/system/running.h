/*
 * What runs on this machine, by explain.
 */
#ifndef OSRANDOM_RUNNING_H
#define OSRANDOM_RUNNING_H

/* Tells on standard output which running programs will not be covered when they start again, and
 * how many there are of each kind. */
void tell_of_running_programs(const char *shim);

#endif
