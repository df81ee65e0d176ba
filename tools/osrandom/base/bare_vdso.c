/*
 * See bare_vdso.h.
 */
#include "base/bare_vdso.h"

#include <elf.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "elf_image.h"

/* As linux/random.h has it since 6.11: struct vgetrandom_opaque_params. */
struct parameters {
    uint32_t state_size;
    uint32_t mmap_protection;
    uint32_t mmap_flags;
    uint32_t reserved[13];
};

struct bare_vdso bare_vdso;

/* powerpc's tells errors by a condition bit, which C does not see. */
bool bare_vdso_find(void)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    struct parameters asked = {0};
    struct bare_vdso found = {0};
    struct elf_image image;

#if defined(__powerpc__)
    return false;
#endif
    if (!header || !elf_image_read_at(&image, header))
        return false;
    found.call = elf_image_symbol(&image, "__vdso_getrandom");
    if (!found.call)
        found.call = elf_image_symbol(&image, "__kernel_getrandom");
    if (!found.call || found.call(NULL, 0, 0, &asked, ~(size_t)0) != 0 || asked.state_size == 0 ||
        asked.state_size > BARE_VDSO_PAGE)
        return false;
    found.state_size = asked.state_size;
    found.mmap_protection = (int)asked.mmap_protection;
    found.mmap_flags = (int)asked.mmap_flags;
    bare_vdso = found;
    return true;
}

void *bare_vdso_state(void)
{
    void *state = MAP_FAILED;

    if (bare_vdso.call)
        state = mmap(NULL, BARE_VDSO_PAGE, bare_vdso.mmap_protection, bare_vdso.mmap_flags, -1, 0);
    return state != MAP_FAILED ? state : NULL;
}
