/*
 * See symbol_file.h. Offsets and sizes of the file are never added up: each is handed to pread(),
 * and what is not there is not read.
 */
#include "symbol_file.h"

#include <fcntl.h>
#include <linux/mman.h>

#include "build_id.h"
#include "linux_file.h"
#include "linux_maps.h"
#include "linux_syscall.h"

enum { MOST_NOTES = 8, LARGEST_NOTE = 4096, LONGEST_PATH = 4096, COMPARED_CODE = 32 };

struct file {
    int descriptor;
    ElfW(Ehdr) header;
    ElfW(Shdr) symbols; /* SHT_NULL: none */
    ElfW(Shdr) notes[MOST_NOTES];
    size_t note_count;
};

struct work {
    const struct elf_image *image;
    const void *caller;
    struct wanted_symbol *wanted;
    size_t count;
    char path[LONGEST_PATH];
    struct build_id mapped;
    struct file file;
    struct symbol_search search;
};

/* ---- Is it the file in memory? ---- */

static bool same_bytes(const void *one, const void *other, size_t size)
{
    return __builtin_memcmp(one, other, size) == 0;
}

static bool is_own_format(const ElfW(Ehdr) *header)
{
    const unsigned char class = sizeof(ElfW(Addr)) == 8 ? ELFCLASS64 : ELFCLASS32;
    const unsigned char order =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

    return same_bytes(header->e_ident, ELFMAG, SELFMAG) && header->e_ident[EI_CLASS] == class &&
           header->e_ident[EI_DATA] == order && header->e_shentsize == sizeof(ElfW(Shdr));
}

/* The window is free while nothing is searched. */
static bool same_program_headers(struct work *work)
{
    const struct elf_image *image = work->image;
    size_t size = image->header_count * sizeof(*image->headers);

    return work->file.header.e_phnum == image->header_count && size <= SEARCH_WINDOW &&
           symbol_search_read(work->file.descriptor, work->file.header.e_phoff, work->search.window,
                              size) &&
           same_bytes(work->search.window, image->headers, size);
}

static bool same_header(const struct work *work)
{
    const ElfW(Ehdr) *mapped = elf_header_of(work->image);

    return mapped && same_bytes(mapped, &work->file.header, sizeof(*mapped));
}

static bool same_build_id(struct work *work)
{
    const struct file *file = &work->file;
    struct build_id id;

    for (size_t i = 0; i < file->note_count; i++)
        if (symbol_search_read(file->descriptor, file->notes[i].sh_offset, work->search.window,
                               file->notes[i].sh_size) &&
            build_id_read(&id, work->search.window, file->notes[i].sh_size,
                          file->notes[i].sh_addralign))
            return id.size == work->mapped.size &&
                   same_bytes(id.bytes, work->mapped.bytes, id.size);
    return false;
}

static bool is_same_file(struct work *work, bool is_debug_file)
{
    if (work->mapped.size && !same_build_id(work))
        return false;
    return is_debug_file ||
           (same_program_headers(work) && (work->mapped.size || same_header(work)));
}

/* ---- Its sections ---- */

static void note_section(struct file *file, const ElfW(Shdr) *section)
{
    if (section->sh_type == SHT_SYMTAB)
        file->symbols = *section;
    else if (section->sh_type == SHT_NOTE && section->sh_size <= LARGEST_NOTE &&
             file->note_count < MOST_NOTES)
        file->notes[file->note_count++] = *section;
}

static bool read_sections(struct work *work)
{
    enum { AT_ONCE = SEARCH_WINDOW / sizeof(ElfW(Shdr)) };
    const ElfW(Shdr) *sections = (const void *)work->search.window;
    struct file *file = &work->file;

    for (size_t done = 0; done < file->header.e_shnum; done += AT_ONCE) {
        size_t left = file->header.e_shnum - done, count = left < AT_ONCE ? left : AT_ONCE;

        if (!symbol_search_read(file->descriptor,
                                file->header.e_shoff + (uint64_t)done * sizeof(*sections),
                                work->search.window, count * sizeof(*sections)))
            return false;
        for (size_t i = 0; i < count; i++)
            note_section(file, &sections[i]);
    }
    return true;
}

static bool find_table(const struct file *file, struct symbol_table *table)
{
    ElfW(Shdr) names;

    if (file->symbols.sh_entsize != sizeof(ElfW(Sym)) ||
        file->symbols.sh_link >= file->header.e_shnum ||
        !symbol_search_read(file->descriptor,
                            (uint64_t)file->header.e_shoff +
                                (uint64_t)file->symbols.sh_link * sizeof(names),
                            &names, sizeof(names)) ||
        names.sh_type != SHT_STRTAB)
        return false;
    table->symbols = file->symbols.sh_offset;
    table->symbol_count = file->symbols.sh_size / sizeof(ElfW(Sym));
    table->names = names.sh_offset;
    table->name_bytes = names.sh_size;
    return true;
}

/* ---- What is found in it ---- */

static const ElfW(Phdr) *segment_with_code(const struct elf_image *image, uintptr_t address)
{
    for (size_t i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *load = &image->headers[i];

        if (load->p_type == PT_LOAD && (load->p_flags & PF_X) && address >= load->p_vaddr &&
            address - load->p_vaddr < load->p_filesz)
            return load;
    }
    return NULL;
}

/* Of two builds without a build id all headers may be alike. */
static bool is_same_code(const struct work *work, const ElfW(Phdr) *segment, uintptr_t address)
{
    unsigned char code[COMPARED_CODE];
    uintptr_t offset = address - segment->p_vaddr;
    size_t left = segment->p_filesz - offset;
    size_t size = left < COMPARED_CODE ? left : COMPARED_CODE;

    return symbol_search_read(work->file.descriptor, (uint64_t)segment->p_offset + offset, code,
                              size) &&
           same_bytes(code, (const void *)(work->image->base + address), size);
}

/* The function that was wanted last is the one that calls us, if it is there. */
static bool is_one_copy(const struct work *work)
{
    const uintptr_t code = (uintptr_t)work->caller - work->image->base;
    const struct symbol_search *search = &work->search;

    for (size_t i = 0; i < search->count; i++)
        if (search->wanted[i].places > 1)
            return false;
    return !work->caller || search->wanted[work->count].places == 0 ||
           code - search->wanted[work->count].address < search->wanted[work->count].size;
}

static enum symbol_file_answer take(struct work *work)
{
    enum symbol_file_answer answer = SYMBOLS_NONE;

    if (!is_one_copy(work))
        return SYMBOLS_AMBIGUOUS;
    for (size_t i = 0; i < work->count; i++) {
        uintptr_t found = work->search.wanted[i].address;
        const ElfW(Phdr) *segment = segment_with_code(work->image, found);

        if (work->search.wanted[i].places == 0 || !segment)
            continue;
        if (!work->mapped.size && !is_same_code(work, segment, found))
            return SYMBOLS_OTHER;
        work->wanted[i].address = (void *)(work->image->base + found);
        answer = SYMBOLS_FOUND;
    }
    return answer;
}

static void want_all(struct work *work)
{
    for (size_t i = 0; i < work->count; i++)
        symbol_search_want(&work->search, work->wanted[i].name);
    symbol_search_want(&work->search, "OPENSSL_cpuid_setup");
}

static enum symbol_file_answer read_file(struct work *work, bool is_debug_file)
{
    struct file *file = &work->file;
    struct symbol_table table;

    if (!symbol_search_read(file->descriptor, 0, &file->header, sizeof(file->header)) ||
        !is_own_format(&file->header))
        return SYMBOLS_OTHER;
    if (!read_sections(work))
        return SYMBOLS_DAMAGED;
    if (!is_same_file(work, is_debug_file))
        return SYMBOLS_OTHER;
    if (file->symbols.sh_type != SHT_SYMTAB)
        return SYMBOLS_NONE;
    want_all(work);
    return find_table(file, &table) && symbol_search_run(&work->search, file->descriptor, &table)
               ? take(work)
               : SYMBOLS_DAMAGED;
}

static enum symbol_file_answer read_path(struct work *work, const char *path, bool is_debug_file)
{
    enum symbol_file_answer answer = SYMBOLS_NO_FILE;
    struct linux_file kind;
    long descriptor =
        linux_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (descriptor < 0)
        return SYMBOLS_NO_FILE;
    __builtin_memset(&work->file, 0, sizeof(work->file));
    __builtin_memset(&work->search, 0, offsetof(struct symbol_search, window));
    work->file.descriptor = (int)descriptor;
    if (linux_file_of((int)descriptor, &kind) && kind.regular)
        answer = read_file(work, is_debug_file);
    linux_syscall(SYS_close, descriptor);
    return answer;
}

/* ---- The file, or what its debug symbols were put into ---- */

static char *add_text(char *to, const char *text)
{
    while (*text)
        *to++ = *text++;
    return to;
}

static void name_debug_file(char path[LONGEST_PATH], const struct build_id *id)
{
    static const char digits[] = "0123456789abcdef";

    path = add_text(path, "/usr/lib/debug/.build-id/");
    for (size_t i = 0; i < id->size; i++) {
        *path++ = digits[id->bytes[i] >> 4];
        *path++ = digits[id->bytes[i] & 15];
        if (i == 0)
            *path++ = '/';
    }
    *add_text(path, ".debug") = '\0';
}

/* The program's own file is another one if it was started through its loader's name. */
static enum symbol_file_answer read_own_file(struct work *work)
{
    const uintptr_t start = elf_image_start(work->image);
    enum symbol_file_answer answer = read_path(work, "/proc/self/exe", false);

    return answer == SYMBOLS_OTHER && linux_maps_path(start, work->path, LONGEST_PATH)
               ? read_path(work, work->path, false)
               : answer;
}

static enum symbol_file_answer find(struct work *work, const char *path)
{
    enum symbol_file_answer answer = *path ? read_path(work, path, false) : read_own_file(work);
    enum symbol_file_answer debug;

    if (answer == SYMBOLS_FOUND || answer == SYMBOLS_AMBIGUOUS || work->mapped.size == 0)
        return answer;
    name_debug_file(work->path, &work->mapped);
    debug = read_path(work, work->path, true);
    return debug == SYMBOLS_FOUND || (answer == SYMBOLS_NONE && debug != SYMBOLS_NO_FILE) ? debug
                                                                                          : answer;
}

static void forget_all(struct wanted_symbol *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wanted[i].address = NULL;
}

enum symbol_file_answer symbol_file_find(const struct elf_image *image, const char *path,
                                         const void *caller, struct wanted_symbol *wanted,
                                         size_t count)
{
    enum symbol_file_answer answer;
    struct work *work;

    forget_all(wanted, count);
    work = linux_mmap(sizeof(*work), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    if (linux_mmap_failed(work))
        return SYMBOLS_NO_MEMORY;
    work->image = image;
    work->caller = caller;
    work->wanted = wanted;
    work->count = count;
    build_id_of_image(&work->mapped, image);
    answer = find(work, path);
    if (answer != SYMBOLS_FOUND)
        forget_all(wanted, count);
    linux_syscall(SYS_munmap, work, sizeof(*work));
    return answer;
}

const char *symbol_file_reason(enum symbol_file_answer answer)
{
    switch (answer) {
    case SYMBOLS_FOUND:
        return "found";
    case SYMBOLS_NO_FILE:
        return "its file cannot be read";
    case SYMBOLS_OTHER:
        return "its file is not the one in memory";
    case SYMBOLS_NONE:
        return "it has no symbols";
    case SYMBOLS_DAMAGED:
        return "its symbols are damaged or too many";
    case SYMBOLS_AMBIGUOUS:
        return "it holds more than one copy";
    default:
        return "no memory";
    }
}
