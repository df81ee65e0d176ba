/*
 * See machine.h. The kernel mixes its processor's generator into each reseed itself; it is taken
 * here too, for then it can be said that there is one.
 */
#include "machine.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "host_clock.h"
#include "vmclock.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

enum {
    WORDS = 4,
    TRIES = 100,
    READINGS = 64,
    FETCHED_BEFORE =
        256, /* hw_random keeps a buffer, and virtio-rng has one of the host's at hand */
};

/* ---- The processor's generator: one word, false if it has none to give ---- */

#if defined(__x86_64__)

static bool rdseed(uint64_t *word)
{
    bool served;

    __asm__ volatile("rdseed %0; setc %1" : "=r"(*word), "=qm"(served) : : "cc");
    return served;
}

static bool rdrand(uint64_t *word)
{
    bool served;

    __asm__ volatile("rdrand %0; setc %1" : "=r"(*word), "=qm"(served) : : "cc");
    return served;
}

static const char *find_generator(bool (**draw)(uint64_t *word))
{
    unsigned int a, b, c, d;

    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_RDSEED) {
        *draw = rdseed;
        return "RDSEED";
    }
    if (__get_cpuid(1, &a, &b, &c, &d) && c & bit_RDRND) {
        *draw = rdrand;
        return "RDRAND";
    }
    return NULL;
}

#elif defined(__aarch64__)

#ifndef HWCAP2_RNG
#define HWCAP2_RNG (1UL << 16)
#endif

static bool rndr(uint64_t *word)
{
    uint64_t served;

    __asm__ volatile("mrs %0, s3_3_c2_c4_0; cset %1, ne" : "=r"(*word), "=r"(served) : : "cc");
    return served;
}

static const char *find_generator(bool (**draw)(uint64_t *word))
{
    *draw = rndr;
    return getauxval(AT_HWCAP2) & HWCAP2_RNG ? "RNDR" : NULL;
}

#else

static const char *find_generator(bool (**draw)(uint64_t *word))
{
    (void)draw;
    return NULL;
}

#endif

/* Processors are known whose generator answers all ones, time after time. */
static const char *gather_processor(struct seed *seed)
{
    bool (*draw)(uint64_t * word) = NULL;
    const char *name = find_generator(&draw);
    uint64_t words[WORDS] = {0};

    if (!name)
        return NULL;
    for (int i = 0; i < WORDS; i++) {
        int tries = 0;

        while (!draw(&words[i]))
            if (++tries == TRIES)
                return NULL;
        if (words[i] == 0 || words[i] == UINT64_MAX || (i > 0 && words[i] == words[i - 1]))
            return NULL;
    }
    seed_add(seed, words, sizeof(words));
    explicit_bzero(words, sizeof(words));
    return name;
}

/* ---- The rest ---- */

unsigned long long machine_counter(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __rdtsc();
#elif defined(__aarch64__)
    unsigned long long count;

    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(count));
    return count;
#else
    return 0;
#endif
}

bool machine_counter_is_steady(void)
{
#if defined(__x86_64__) || defined(__i386__)
    unsigned int a, b, c, d;

    return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & 1 << 8;
#else
    return false; /* elsewhere the clocks are this counter, and jump with it */
#endif
}

static bool gather_clocks(struct seed *seed)
{
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME};
    struct host_clock host = host_clock_open();
    struct {
        struct timespec times[sizeof(clocks) / sizeof(clocks[0])];
        unsigned long long counts[READINGS];
        double host, doubt;
    } readings = {0};

    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
        clock_gettime(clocks[i], &readings.times[i]);
    for (int i = 0; i < READINGS; i++)
        readings.counts[i] = machine_counter();
    if (host.file >= 0) {
        host_clock_read(&host, &readings.host, &readings.doubt);
        close(host.file);
    }
    seed_add(seed, &readings, sizeof(readings));
    return true;
}

/* What begins a file of sysfs or /proc, if it is there. */
static bool gather_file(struct seed *seed, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char text[256];
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text));

    if (file >= 0)
        close(file);
    if (length > 0)
        seed_add(seed, text, (size_t)length);
    return length > 0;
}

static bool gather_serial(struct seed *seed)
{
    static const char *const files[] = {"/sys/class/dmi/id/product_uuid",
                                        "/sys/class/dmi/id/product_serial",
                                        "/proc/device-tree/serial-number", "/etc/machine-id"};
    bool found = false;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        found |= gather_file(seed, files[i]);
    return found;
}

static bool gather_vmclock(struct seed *seed)
{
    struct vmclock clock;

    if (!vmclock_open(&clock, "/dev/vmclock0"))
        return false;
    seed_add(seed, &clock.disruption, sizeof(clock.disruption));
    seed_add(seed, &clock.generation, sizeof(clock.generation));
    close(clock.file);
    return true;
}

struct machine machine_gather(struct seed *seed)
{
    int before = seed->length;
    struct machine machine = {0};

    if (access("/dev/hwrng", R_OK) == 0)
        free(seed_read_file(seed, "/dev/hwrng", 1));
    machine.device_bytes = seed->length - before;
    machine.processor = gather_processor(seed);
    machine.clocks = gather_clocks(seed);
    machine.vmclock = gather_vmclock(seed);
    machine.serial = gather_serial(seed);
    return machine;
}

int machine_worth(const struct machine *machine)
{
    int bits = machine->processor ? WORDS * 64 : 0;

    if (machine->device_bytes > FETCHED_BEFORE)
        bits += 8 * (machine->device_bytes - FETCHED_BEFORE);
    return bits;
}

char *machine_in_words(const struct machine *machine)
{
    char *device = machine->device_bytes > 0
                       ? text_of("%d bytes of /dev/hwrng, ", machine->device_bytes)
                       : text_of("%s", "");
    char *processor = machine->processor
                          ? text_of("%d bytes of %s, ", WORDS * 8, machine->processor)
                          : text_of("%s", "");
    char *words =
        text_of("%s%sthe clocks%s%s", device, processor, machine->vmclock ? ", the vmclock" : "",
                machine->serial ? ", the machine's serial" : "");

    free(device);
    free(processor);
    return words;
}
