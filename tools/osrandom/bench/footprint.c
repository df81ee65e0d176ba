/*
 * The pages of the shim's own object are looked up one by one in /proc/self/pagemap, for the kernel
 * joins its zeroed data with whatever lies behind it. What it maps is known in /proc/self/smaps by
 * marks that nothing else in a fresh process has: the states are droppable ("dp", Linux 6.11), the
 * counters are wiped on fork ("wf"). See proc(5).
 */
#include "footprint.h"

#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Bits of a page's entry. */
#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define OF_FILE (UINT64_C(1) << 61)

struct span {
    uintptr_t start, end;
};

static int note_shim(struct dl_phdr_info *info, size_t size, void *context)
{
    struct span *span = context;

    (void)size;
    if (!strstr(info->dlpi_name, "libosrandom_preload.so"))
        return 0;
    span->start = info->dlpi_addr;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type == PT_LOAD)
            span->end = info->dlpi_addr + header->p_vaddr + header->p_memsz;
    }
    return 1;
}

/* -1 if they cannot be told. */
static long private_bytes_in(struct span span)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    long bytes = 0;

    for (uintptr_t address = span.start; address < span.end && bytes >= 0; address += page) {
        uint64_t entry;

        if (pread(pagemap, &entry, sizeof(entry), (off_t)(address / page * sizeof(entry))) !=
            sizeof(entry))
            bytes = -1;
        else if ((entry & (PRESENT | SWAPPED)) && !(entry & OF_FILE))
            bytes += (long)page;
    }
    close(pagemap);
    return bytes;
}

/* -1 if they cannot be told. */
static long bytes_in_marked_mappings(void)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    char line[512];
    long resident = 0, kib = 0;

    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file)) {
        sscanf(line, "Rss: %ld", &resident);
        if (strncmp(line, "VmFlags:", 8) == 0 && (strstr(line, " dp") || strstr(line, " wf")))
            kib += resident;
    }
    fclose(file);
    return kib * 1024;
}

long bench_memory_of_shim(void)
{
    struct span span = {0};
    long own, mapped = bytes_in_marked_mappings();

    dl_iterate_phdr(note_shim, &span);
    own = private_bytes_in(span);
    return own < 0 || mapped < 0 ? -1 : own + mapped;
}
