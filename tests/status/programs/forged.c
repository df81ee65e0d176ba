/*
 * A library that passes for the shim and exports a block of its own making.
 */
#include "status.h"

__attribute__((visibility("default"))) struct osrandom_status osrandom_status = {
    .magic = {'o', 's', 'r', 'a', 'n', 'd', 'o', 'm'},
    .layout = OSRANDOM_STATUS_LAYOUT,
    .size = 0xffffffff,
    .mode = 0x80000001,
    .source = 0xffffffff,
    .counters = 0xdeadbeefdeadbeef,
    .libcrypto = {{.base = 1, .version = 0x30000000, .pin = 0xffffffff}},
};
