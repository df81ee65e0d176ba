/*
 * The module where objects are DLLs. There are no settings on Windows; what must be said goes to
 * standard error.
 */
#include <windows.h>

#include <stdarg.h>
#include <stdio.h>

#include "module.h"
#include "report.h"
#include "settings.h"
#include "status.h"

struct settings settings;

static struct osrandom_counters counters;

/* OpenSSL unloads a module at exit, when its method may still be asked: it stays. */
void module_start(void)
{
    HMODULE ourselves;

    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                       (const WCHAR *)(uintptr_t)&module_start, &ourselves);
}

/* A struct libcrypto is nothing but the module's handle here. */
const struct libcrypto *module_openssl_at(const void *address)
{
    HMODULE module = NULL;

    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                           GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       address, &module);
    return (const struct libcrypto *)module;
}

void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol)
{
    return (void *)(uintptr_t)GetProcAddress((HMODULE)(uintptr_t)libcrypto, symbol);
}

void report(enum report_kind kind, const char *format, ...)
{
    va_list arguments;

    if (kind < REPORT_SETTING)
        return;
    va_start(arguments, format);
    fputs("osrandom: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
}

struct osrandom_counters *status_counters(void)
{
    return &counters;
}

void status_update(void)
{
}
