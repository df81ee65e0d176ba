/*
 * reader_seed FILE VDSO: draws by OpenSSL, and writes what a reader sees of this very process,
 * which runs under the shim, as the fuzzer's first input (reader_input.h); and the vDSO, which is
 * an ELF object without a file. Exits 2 if there is no shim.
 */
#include <link.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "process/status_block.h"
#include "reader_input.h"

enum { LONGEST = 1 << 16, LONGEST_LIST = 1 << 16 };

static struct block status;

static bool is_shims(const struct process *process, size_t index)
{
    const struct mapping *mapping = &process->mappings[index];

    if (mapping->inode == status.shim.inode)
        return true;
    return index > 0 && mapping->inode == 0 && *mapping->path == '\0' &&
           mapping->start == mapping[-1].end && mapping[-1].inode == status.shim.inode;
}

/* The lines of the shim and of the OpenSSLs are all that the reader looks at. */
static bool is_listed(const struct process *process, size_t index)
{
    for (size_t i = 0; i < status.openssl_count; i++)
        if (process->mappings[index].inode == status.openssl[i].object.inode)
            return true;
    return is_shims(process, index);
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

static bool write_pieces(struct process *process, FILE *file)
{
    static unsigned char bytes[LONGEST];

    for (size_t i = 0; i < process->count; i++) {
        const struct mapping *mapping = &process->mappings[i];
        struct reader_piece piece = {.address = mapping->start};

        if (!is_shims(process, i))
            continue;
        piece.length = (uint32_t)(mapping->end - mapping->start);
        if (piece.length > sizeof(bytes))
            piece.length = sizeof(bytes);
        if (!process_read(process, piece.address, bytes, piece.length) ||
            fwrite(&piece, sizeof(piece), 1, file) != 1 ||
            fwrite(bytes, piece.length, 1, file) != 1)
            return false;
    }
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
    FILE *file;

    if (argc < 3 || RAND_bytes(bytes, sizeof(bytes)) != 1 ||
        block_of_pid(getpid(), &status) != BLOCK_READ || process_open(&process, getpid()) != 0)
        return 2;
    file = fopen(argv[1], "wb");
    if (!file || !write_list(&process, file) || !write_pieces(&process, file))
        return 1;
    process_close(&process);
    return fclose(file) != 0 || !write_vdso(argv[2]);
}
