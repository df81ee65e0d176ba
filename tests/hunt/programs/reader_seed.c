/*
 * reader_seed FILE VDSO: draws by OpenSSL, and writes what a reader sees of this very process as a
 * fuzzer's first input (reader_input.h): of the shim that it runs under, or else of the provider's
 * module; and the vDSO, which is an ELF object without a file. Exits 2 if neither is there.
 */
#include <link.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <sys/auxv.h>

#include "process/status_block.h"
#include "reader_input.h"

enum { LONGEST = 1 << 16, LONGEST_LIST = 1 << 16, HEADERS = 1024 };

static struct block status;
static struct block_provider provider;
static const struct block_object *shown;

static bool is_shown(const struct process *process, size_t index)
{
    const struct mapping *mapping = &process->mappings[index];

    if (mapping->inode == shown->inode)
        return true;
    return index > 0 && mapping->inode == 0 && *mapping->path == '\0' &&
           mapping->start == mapping[-1].end && mapping[-1].inode == shown->inode;
}

/* The lines of the shim and of the OpenSSLs are all that the reader of the shim's block looks at.
 * For the provider's they lead from one object to the other, up to the loader's list. */
static bool is_listed(const struct process *process, size_t index)
{
    for (size_t i = 0; i < status.openssl_count; i++)
        if (process->mappings[index].inode == status.openssl[i].object.inode)
            return true;
    return provider.is_there || is_shown(process, index);
}

static bool write_list(const struct process *process, FILE *file)
{
    static char list[LONGEST_LIST];
    struct reader_input input = {0};

    for (size_t i = 0; i < process->count; i++) {
        const struct mapping *mapping = &process->mappings[i];

        if (is_listed(process, i) && input.list_length < sizeof(list))
            input.list_length += (uint32_t)snprintf(
                list + input.list_length, sizeof(list) - input.list_length,
                "%lx-%lx %s %08lx 08:01 %lu   %s\n", mapping->start, mapping->end,
                mapping->permissions, mapping->offset, mapping->inode, mapping->path);
    }
    return input.list_length < sizeof(list) && fwrite(&input, sizeof(input), 1, file) == 1 &&
           fwrite(list, input.list_length, 1, file) == 1;
}

static bool write_piece(struct process *process, FILE *file, uint64_t address, size_t length)
{
    static unsigned char bytes[LONGEST];
    struct reader_piece piece = {.address = address,
                                 .length = (uint32_t)(length < LONGEST ? length : LONGEST)};

    return process_read(process, address, bytes, piece.length) &&
           fwrite(&piece, sizeof(piece), 1, file) == 1 && fwrite(bytes, piece.length, 1, file) == 1;
}

static bool write_object(struct process *process, FILE *file)
{
    for (size_t i = 0; i < process->count; i++)
        if (is_shown(process, i) &&
            !write_piece(process, file, process->mappings[i].start,
                         process->mappings[i].end - process->mappings[i].start))
            return false;
    return true;
}

/* The loader has its own struct r_debug written there. */
static const struct r_debug *loaders_debug(void)
{
    const ElfW(Dyn) *entry = _DYNAMIC;

    while (entry->d_tag != DT_DEBUG && entry->d_tag != DT_NULL)
        entry++;
    return (const struct r_debug *)entry->d_un.d_ptr;
}

/* What leads to the loader's list, and the list: the program's headers, its dynamic section, struct
 * r_debug. */
static bool write_loader_list(struct process *process, FILE *file)
{
    const struct r_debug *debug = loaders_debug();

    if (!write_piece(process, file, getauxval(AT_PHDR) & ~UINT64_C(4095), HEADERS) ||
        !write_piece(process, file, (uintptr_t)_DYNAMIC, HEADERS) ||
        !write_piece(process, file, (uintptr_t)debug, sizeof(*debug)))
        return false;
    for (const struct link_map *object = debug->r_map; object; object = object->l_next)
        if (!write_piece(process, file, (uintptr_t)object, sizeof(*object)))
            return false;
    return true;
}

/* Its section headers are the last of it. */
static bool write_vdso(const char *path)
{
    const ElfW(Ehdr) *vdso = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    FILE *file = vdso ? fopen(path, "wb") : NULL;

    if (!file)
        return !vdso;
    fwrite(vdso, vdso->e_shoff + (size_t)vdso->e_shnum * vdso->e_shentsize, 1, file);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    unsigned char bytes[32];
    struct process process;
    bool changed, written;
    FILE *file;

    if (argc < 3 || RAND_bytes(bytes, sizeof(bytes)) != 1 || process_open(&process, getpid()) != 0)
        return 2;
    if (blocks_of_process(&process, &status, &provider, &changed) == BLOCK_READ)
        shown = &status.shim;
    else if (provider.is_there)
        shown = &provider.module.shim;
    else
        return 2;
    file = fopen(argv[1], "wb");
    written = file && write_list(&process, file) && write_object(&process, file) &&
              (!provider.is_there || write_loader_list(&process, file)) && fclose(file) == 0;
    process_close(&process);
    return !written || !write_vdso(argv[2]);
}
