/*
 * Says which settings were read, and whether the kernel calls this a secure execution.
 */
#include <stdio.h>
#include <sys/auxv.h>

#include "settings.h"

int main(void)
{
    settings_read();
    printf("secure=%lu mode=%u source=%u\n", getauxval(AT_SECURE), settings.mode, settings.source);
    return 0;
}
