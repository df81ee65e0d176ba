/*
 * forge SHIM LEVEL: draws from OpenSSL as it is, and shows the genuine shim's file, mapped by hand,
 * with a block that says that OpenSSL is pinned. Prints "ready" and waits.
 *
 *   block     no more than that
 *   pointers  its pointers are relocated too, imports bound, and a word of OpenSSL's data that
 *             OpenSSL does not use holds the method's address
 *   code      it is loaded and at work, and its code is then changed
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "status.h"

enum { PAGE = 4096 };

static struct osrandom_counters counters;

static char *read_file(const char *path, size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *bytes;

    if (file < 0 || fstat(file, &status) != 0)
        exit(2);
    *size = (size_t)status.st_size;
    bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    return bytes;
}

static void map_segment(char *base, int file, const ElfW(Phdr) *segment)
{
    size_t start = segment->p_vaddr & ~(size_t)(PAGE - 1);
    size_t end = segment->p_vaddr + segment->p_filesz;
    size_t behind = (end + PAGE - 1) & ~(size_t)(PAGE - 1);
    size_t whole = segment->p_vaddr + segment->p_memsz;
    int rights = (segment->p_flags & PF_W) ? PROT_READ | PROT_WRITE : PROT_READ | PROT_EXEC;

    mmap(base + start, end - start, rights, MAP_PRIVATE | MAP_FIXED, file,
         (off_t)(segment->p_offset & ~(size_t)(PAGE - 1)));
    if (whole > behind)
        mmap(base + behind, whole - behind, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (segment->p_flags & PF_W)
        memset(base + end, 0, behind - end);
}

static char *map_by_hand(const char *path, const ElfW(Ehdr) *header)
{
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    char *base = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (int i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD)
            map_segment(base, file, &segments[i]);
    close(file);
    return base;
}

/* As the loader does it, for x86-64. */
static void relocate(char *base, const ElfW(Ehdr) *header)
{
    const char *file = (const char *)header;
    const ElfW(Shdr) *sections = (const ElfW(Shdr) *)(file + header->e_shoff);

    for (int i = 0; i < header->e_shnum; i++) {
        const ElfW(Rela) *entry = (const ElfW(Rela) *)(file + sections[i].sh_offset);

        for (size_t j = 0;
             sections[i].sh_type == SHT_RELA && j < sections[i].sh_size / sizeof(*entry); j++) {
            uintptr_t value = (entry[j].r_info >> (sizeof(void *) == 8 ? 32 : 8))
                                  ? (uintptr_t)&getenv
                                  : (uintptr_t)base + (uintptr_t)entry[j].r_addend;

            memcpy(base + entry[j].r_offset, &value, sizeof(value));
        }
    }
}

/* The only place with magic and size. */
static struct osrandom_status *block_in(char *start, size_t size)
{
    for (size_t at = 0; at + sizeof(struct osrandom_status) <= size; at += 8) {
        struct osrandom_status *block = (struct osrandom_status *)(start + at);

        if (memcmp(block->magic, OSRANDOM_STATUS_MAGIC, 8) == 0 && block->size == sizeof(*block))
            return block;
    }
    exit(3);
}

static struct osrandom_status *find_block(char *base, const ElfW(Ehdr) *header)
{
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);

    for (int i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_W))
            return block_in(base + segments[i].p_vaddr, segments[i].p_filesz);
    exit(3);
}

/* The last word of OpenSSL's data that nothing has been put into: of the memory without a file
 * behind its last mapping. */
static uint64_t *unused_word(void)
{
    char line[512];
    unsigned long start, end, found = 0;
    int behind = 0;
    FILE *maps = fopen("/proc/self/maps", "re");

    while (maps && fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx", &start, &end) != 2)
            continue;
        if (behind && strstr(line, " rw-p 00000000 00:00 0"))
            found = end;
        behind = strstr(line, "/libcrypto.so") != NULL;
    }
    if (!found)
        exit(7);
    fclose(maps);
    for (uint64_t *word = (uint64_t *)found - 1;; word--)
        if (*word == 0)
            return word;
}

/* Six pointers to its code, one behind another, among its constants. */
static uint64_t method_in(const char *base, const ElfW(Ehdr) *header)
{
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);
    uintptr_t code_end = (uintptr_t)base + segments[0].p_memsz;

    for (int i = 0; i < header->e_phnum; i++) {
        const uintptr_t *words = (const uintptr_t *)(base + segments[i].p_vaddr);

        for (size_t j = 0; segments[i].p_type == PT_GNU_RELRO && j + 6 < segments[i].p_memsz / 8;
             j++) {
            size_t run = 0;

            while (run < 6 && words[j + run] > (uintptr_t)base && words[j + run] < code_end)
                run++;
            if (run == 6)
                return (uint64_t)(uintptr_t)&words[j];
        }
    }
    exit(4);
}

static void forge(const char *path, int with_pointers)
{
    size_t size;
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)read_file(path, &size);
    char *base = map_by_hand(path, header);
    struct osrandom_status *block = find_block(base, header);
    struct link_map *openssl =
        dlopen("libcrypto.so.3", RTLD_NOW) ?: dlopen("libcrypto.so.1.1", RTLD_NOW);

    if (!openssl)
        exit(5);
    block->source = RANDOM_VDSO;
    block->libcrypto[0].base = openssl->l_addr;
    block->libcrypto[0].version = OpenSSL_version_num();
    block->libcrypto[0].pin = PIN_HELD;
    counters.tallies[0].draws = 1234567;
    counters.tallies[0].bytes = 99999999;
    block->counters = (uintptr_t)&counters;
    if (with_pointers) {
        relocate(base, header);
        block->method[0] = (uintptr_t)unused_word();
        *(uint64_t *)(uintptr_t)block->method[0] = method_in(base, header);
    }
}

/* The first bytes of the shim's RAND_bytes(), so that it answers 1 and does nothing. */
static void change_code(void)
{
    static const unsigned char answer_1[] = {0xb8, 1, 0, 0, 0, 0xc3};
    char *code = (char *)(uintptr_t)&RAND_bytes;
    char *page = (char *)((uintptr_t)code & ~(uintptr_t)(PAGE - 1));

    if (mprotect(page, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
        exit(6);
    memcpy(code, answer_1, sizeof(answer_1));
}

int main(int argc, char **argv)
{
    unsigned char bytes[16];

    if (argc < 3 || RAND_bytes(bytes, sizeof(bytes)) != 1)
        return 2;
    if (strcmp(argv[2], "code") == 0)
        change_code();
    else
        forge(argv[1], strcmp(argv[2], "pointers") == 0);
    puts("ready");
    fflush(stdout);
    return getchar() == EOF ? 0 : 1;
}
