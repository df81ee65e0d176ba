/*
 * The RAND_METHOD "osrandom".
 *
 * All members are set: without add RAND_poll() fails, without status RAND_status() and
 * RAND_load_file() do, without pseudorand RAND_pseudo_bytes() does, and cleanup tells that OpenSSL
 * is closing down. What a program adds to the pool is dropped, and it is told that this went well:
 * the kernel needs no help.
 */
#include "method.h"

#include "imports.h"
#include "random.h"
#include "report.h"
#include "settings.h"
#include "status.h"

void stop_process(void)
{
    if (abort)
        abort();
    __builtin_trap();
}

/* Not inlined: a draw that is served would save and restore registers for it. */
__attribute__((noinline, cold)) static int failed(int error)
{
    __atomic_fetch_add(&status_counters()->failures, 1, __ATOMIC_RELAXED);
    report(REPORT_FAILED, "no source of random bytes works (errno %u); OpenSSL is told so",
           (unsigned int)error);
    if (settings.on_failure == FAILURE_ABORT)
        stop_process();
    return 0;
}

int method_draw(void *buffer, size_t length)
{
    int error = random_fill(buffer, length);

    return error ? failed(error) : 1;
}

int method_bytes(unsigned char *buffer, int length)
{
    return length < 0 ? 0 : method_draw(buffer, (size_t)length);
}

/* ---- What an OpenSSL calls ---- */

void (*_Atomic method_used)(const void *caller);
void (*_Atomic method_released)(const void *caller);

static void call(void (*hook)(const void *caller), const void *caller)
{
    if (hook)
        hook(caller);
}

#define CALLER __builtin_return_address(0)

static int seed(const void *buffer, int length)
{
    (void)buffer;
    (void)length;
    call(method_used, CALLER);
    return 1;
}

static int bytes(unsigned char *buffer, int length)
{
    if (length >= 0)
        call(method_used, CALLER);
    return method_bytes(buffer, length);
}

static void cleanup(void)
{
    call(method_released, CALLER);
}

static int add(const void *buffer, int length, double entropy)
{
    (void)buffer;
    (void)length;
    (void)entropy;
    call(method_used, CALLER);
    return 1;
}

static int status(void)
{
    call(method_used, CALLER);
    return 1;
}

const struct rand_method osrandom_method = {
    .seed = seed,
    .bytes = bytes,
    .cleanup = cleanup,
    .add = add,
    .pseudorand = bytes,
    .status = status,
};

void report_of_source(enum random_notice notice, enum random_source source, int error)
{
    if (notice == RANDOM_NOTICE_UNSEEDED)
        report(REPORT_UNSEEDED, "the kernel's generator has no seed yet; waiting for it");
    else
        report(REPORT_SOURCE_LOST, "source %s does not work (errno %u); the next one serves",
               random_source_name(source), (unsigned int)error);
    status_update();
}
