/*
 * The module where objects are ELF: it finds the OpenSSL that calls as the shim does, reads the
 * same settings and prints the same lines.
 */
#include "find.h"
#include "module.h"
#include "report.h"
#include "settings.h"
#include "status.h"

void module_start(void)
{
    settings_read();
    report_start();
    settings_report();
    status_start();
}

const struct libcrypto *module_openssl_at(const void *address)
{
    const struct libcrypto *found = find_meant(address, "ENGINE_set_id");
    return found && elf_image_contains(&found->image, address) ? found : NULL;
}
