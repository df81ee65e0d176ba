/*
 * The RAND_METHOD "osrandom".
 *
 * All members but cleanup are set: without add RAND_poll() fails, without status RAND_status() and
 * RAND_load_file() do, without pseudorand RAND_pseudo_bytes() does. What a program adds to the pool
 * is dropped, and it is told that this went well: the kernel needs no help.
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

static int failed(int error)
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

static int seed(const void *buffer, int length)
{
    (void)buffer;
    (void)length;
    return 1;
}

static int add(const void *buffer, int length, double entropy)
{
    (void)buffer;
    (void)length;
    (void)entropy;
    return 1;
}

static int status(void)
{
    return 1;
}

const struct rand_method osrandom_method = {
    .seed = seed,
    .bytes = method_bytes,
    .add = add,
    .pseudorand = method_bytes,
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
