/*
 * The module where objects are ELF: it finds the OpenSSL that calls as the shim does, reads the
 * same settings and prints the same lines.
 */
#include "libcrypto.h"
#include "loaded.h"
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

/* It may not be the first to bind. */
const struct libcrypto *module_openssl_at(const void *address)
{
    struct loaded loaded;
    const struct libcrypto *found = libcrypto_around(address);

    if (found && libcrypto_is_still(found))
        return found;
    if (!loaded_at(address, &loaded) || !elf_image_symbol(&loaded.image, "ENGINE_set_id"))
        return NULL;
    return libcrypto_enter(&loaded, NULL);
}
