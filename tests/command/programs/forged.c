/*
 * Says in the shim's words that the program's OpenSSL is pinned. Like the shim it is linked to
 * nothing.
 */
#include <dlfcn.h>
#include <stdint.h>

#include "status.h"

#pragma weak dladdr
extern int RAND_bytes(unsigned char *, int) __attribute__((weak));

__attribute__((visibility("default"))) struct osrandom_status osrandom_status = {
    .magic = {'o', 's', 'r', 'a', 'n', 'd', 'o', 'm'},
    .layout = OSRANDOM_STATUS_LAYOUT,
    .size = sizeof(osrandom_status),
    .source = RANDOM_VDSO,
};

__attribute__((constructor)) static void forge(void)
{
    Dl_info object;

    if (!RAND_bytes || !dladdr || !dladdr((void *)(uintptr_t)&RAND_bytes, &object))
        return;
    osrandom_status.libcrypto[0].base = (uintptr_t)object.dli_fbase;
    osrandom_status.libcrypto[0].version = 0x30000000;
    osrandom_status.libcrypto[0].pin = 2; /* PIN_HELD */
}
