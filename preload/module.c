/*
 * The engine as a module that OpenSSL itself loads (1.0.0 to 3.x), for where nothing can be
 * preloaded: by `openssl rand -engine osrandom` with OPENSSL_ENGINES, or by openssl.cnf. The same
 * file is a provider too (provider.c).
 *
 * It is linked to no OpenSSL: one file serves every generation, since the functions are looked up
 * in the one that calls. So the callbacks, which tell a module's own OpenSSL where to allocate, are
 * of no use here.
 */
#include "module.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "method.h"
#include "random.h"
#include "report.h"
#include "same_text.h"
#include "settings.h"
#include "status.h"

/* OSSL_DYNAMIC_VERSION and OSSL_DYNAMIC_OLDEST, the same from 0.9.8 to 3.6. */
enum { INTERFACE = 0x00030000 };

void module_start_once(const char *as)
{
    static _Atomic unsigned int started; /* RISC-V exchanges no single bytes */
    int error;

    if (atomic_exchange(&started, 1))
        return;
    module_start();
    error = random_start(settings.source, status_counters()->tallies, report_of_source);
    report(REPORT_ACTIVATED,
           "loaded as %s; what it is made the default for draws from the "
           "operating system (source %s)",
           as, random_source_name(random_source()));
    if (error)
        report(REPORT_FAILED, "no source of random bytes works (errno %u); OpenSSL will be told so",
               (unsigned int)error);
}

unsigned long v_check(unsigned long version)
{
    return version >= INTERFACE ? INTERFACE : 0;
}

int bind_engine(ENGINE *engine, const char *wanted_id, const void *callbacks)
{
    const struct libcrypto *caller = module_openssl_at(__builtin_return_address(0));

    (void)callbacks;
    if (!caller || (wanted_id && !same_text(wanted_id, engine_id)))
        return 0;
    module_start_once("an engine");
    return engine_fill_in(caller, engine);
}
