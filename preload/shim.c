/*
 * See shim.h.
 */
#include "shim.h"

#include <stdatomic.h>

#include "report.h"
#include "settings.h"
#include "status.h"

/* It holds its own address once the loader has written that into it. */
static const void *const volatile relocation_marker = (const void *)&relocation_marker;

bool shim_is_relocated(void)
{
    return relocation_marker == (const void *)&relocation_marker;
}

void shim_start(void)
{
    static _Atomic bool started;

    if (started)
        return;
    settings_read();
    report_start();
    status_update();
    started = true;
}
