/*
 * A library whose constructor calls the function at the address in STANDS, and so stands still
 * inside dlopen().
 */
#include <stdint.h>
#include <stdlib.h>

__attribute__((constructor)) static void stand(void)
{
    const char *address = getenv("STANDS");
    uintptr_t number = 0;

    if (!address)
        return;
    for (; *address >= '0' && *address <= '9'; address++)
        number = 10 * number + (uintptr_t)(*address - '0');
    ((void (*)(void))number)();
}
