/*
 * replace LIBRARY OTHER: has an OpenSSL draw and unloads it, then one that is smaller, which begins
 * where the first did. The draws are made inside, as in reload.c: only a method that was pinned
 * there can serve them.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

struct extent {
    uintptr_t base, end;
};

static int note_end(struct dl_phdr_info *info, size_t size, void *context)
{
    struct extent *extent = context;

    (void)size;
    if (info->dlpi_addr != extent->base)
        return 0;
    for (size_t i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD)
            extent->end = (extent->base + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz +
                           PAGE - 1) &
                          -(uintptr_t)PAGE;
    return 1;
}

static struct extent draw(const char *name, int round)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    int (*bytes)(unsigned char *, int);
    unsigned char buffer[32];
    struct extent extent;

    if (!library) {
        fprintf(stderr, "replace: %s\n", dlerror());
        exit(127);
    }
    *(void **)&bytes = dlsym(library, "RAND_bytes");
    if (!bytes || bytes(buffer, sizeof(buffer)) != 1)
        exit(1);
    printf("draw %d=", round);
    for (size_t i = 0; i < sizeof(buffer); i++)
        printf("%02x", buffer[i]);
    printf("\n");
    extent = (struct extent){.base = ((struct link_map *)library)->l_addr};
    dl_iterate_phdr(note_end, &extent);
    dlclose(library);
    return extent;
}

int main(int argc, char **argv)
{
    struct extent small, large, again;
    size_t more;

    if (argc != 3)
        return 127;
    small = draw(argv[2], 0);
    large = draw(argv[1], 1);
    more = (large.end - large.base) - (small.end - small.base);
    if (mmap((void *)(large.end - more), more, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
        return 127;
    again = draw(argv[2], 2);
    printf("in its place=%d\n", again.base == large.base);
    return 0;
}
