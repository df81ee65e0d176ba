/*
 * See object.h. libelf checks every offset that the file gives.
 */
#include "object.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "object_symbols.h"
#include "object_texts.h"
#include "regular.h"

static const char too_large[] = "it is larger than what is looked at";

/* ---- Headers ---- */

static void read_program_headers(struct object *object, Elf *elf, int descriptor)
{
    char path[PATH_MAX];
    size_t count = 0;

    elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        ssize_t length;

        if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_INTERP ||
            header.p_filesz > sizeof(path))
            continue;
        length = pread(descriptor, path, (size_t)header.p_filesz, (off_t)header.p_offset);
        if (length <= 0)
            continue;
        free(object->loader);
        object->loader = text_of("%.*s", (int)length, path);
    }
}

static void replace(char **text, const char *by)
{
    free(*text);
    *text = by ? text_of("%s", by) : NULL;
}

static void add_needed(struct object *object, const char *name)
{
    if (!name || object->needed_count == OBJECT_MOST_NEEDED)
        return;
    object->needed = grown(object->needed, object->needed_count, sizeof(*object->needed));
    object->needed[object->needed_count++] = text_of("%s", name);
}

static void read_dynamic(struct object *object, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Dyn entry;

    for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
        const char *text = elf_strptr(elf, header->sh_link, (size_t)entry.d_un.d_val);

        if (entry.d_tag == DT_NEEDED)
            add_needed(object, text);
        else if (entry.d_tag == DT_RPATH)
            replace(&object->rpath, text);
        else if (entry.d_tag == DT_RUNPATH)
            replace(&object->runpath, text);
        else if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_PIE))
            object->is_position_independent_program = true;
    }
}

static void read_build_id(struct object *object, Elf_Scn *section)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t offset = 0, name, content;
    GElf_Nhdr note;

    while (data && (offset = gelf_getnote(data, offset, &note, &name, &content)) > 0) {
        const char *bytes = data->d_buf;

        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
            memcmp(bytes + name, "GNU", sizeof("GNU")) != 0 ||
            note.n_descsz > sizeof(object->build_id))
            continue;
        memcpy(object->build_id, bytes + content, note.n_descsz);
        object->build_id_size = note.n_descsz;
    }
}

/* ---- Sections ---- */

static void read_section(struct object *object, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct symbols_seen *seen)
{
    if (header->sh_type == SHT_DYNAMIC)
        read_dynamic(object, elf, section, header);
    else if (header->sh_type == SHT_DYNSYM || header->sh_type == SHT_SYMTAB)
        object_read_symbols(object, elf, section, header, seen);
    else if (header->sh_type == SHT_NOTE)
        read_build_id(object, section);
}

/* False: one of them is past the bounds. */
static bool read_sections(struct object *object, Elf *elf)
{
    struct symbols_seen seen = {0};
    size_t names = 0;
    Elf_Scn *section = NULL;

    elf_getshdrstrndx(elf, &names);
    while ((section = elf_nextscn(elf, section))) {
        const char *name;
        GElf_Shdr header;

        if (!gelf_getshdr(section, &header))
            continue;
        object->has_sections = true;
        name = elf_strptr(elf, names, header.sh_name);
        object->is_go |= name && strcmp(name, ".go.buildinfo") == 0;
        if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_PROGBITS)
            continue;
        if (header.sh_size > OBJECT_LARGEST_TABLE)
            return false;
        read_section(object, elf, section, &header, &seen);
    }
    object_judge_symbols(object, &seen);
    return true;
}

/* ---- */

static struct object *read_elf(const char *path, Elf *elf, int descriptor,
                               const struct stat *status, const char **error)
{
    struct object *object;
    GElf_Ehdr header;

    *error = "it is no ELF program";
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
        return NULL;
    object = grown(NULL, 0, sizeof(*object));
    *object = (struct object){.path = text_of("%s", path),
                              .device = status->st_dev,
                              .inode = status->st_ino,
                              .class = header.e_ident[EI_CLASS],
                              .machine = header.e_machine,
                              .type = header.e_type};
    read_program_headers(object, elf, descriptor);
    if (!read_sections(object, elf)) {
        *error = too_large;
        object_free(object);
        return NULL;
    }
    object_read_texts(object, descriptor, status->st_size);
    return object;
}

struct object *object_of(const char *path, const char **error)
{
    struct object *object = NULL;
    struct stat status;
    int descriptor = regular_open(path, &status);

    *error = errno == EINVAL ? "it is no regular file" : "it cannot be read";
    if (descriptor < 0)
        return NULL;
    *error = too_large;
    if (status.st_size <= OBJECT_LARGEST) {
        Elf *elf;

        elf_version(EV_CURRENT);
        elf = elf_begin(descriptor, ELF_C_READ_MMAP, NULL);
        object = read_elf(path, elf, descriptor, &status, error);
        elf_end(elf);
    }
    close(descriptor);
    return object;
}

void object_free(struct object *object)
{
    if (!object)
        return;
    for (size_t i = 0; i < object->needed_count; i++)
        free(object->needed[i]);
    free(object->needed);
    for (size_t i = 0; i < object->named_count; i++)
        free(object->named[i]);
    free(object->named);
    free(object->path);
    free(object->loader);
    free(object->rpath);
    free(object->runpath);
    free(object->version);
    free(object->openssldir);
    free(object->modulesdir);
    free(object);
}

bool object_needs(const struct object *object, const char *start_of_name)
{
    for (size_t i = 0; i < object->needed_count; i++)
        if (strncmp(object->needed[i], start_of_name, strlen(start_of_name)) == 0)
            return true;
    return false;
}

bool object_takes_no_method(const struct object *object)
{
    return object->is_boringssl || !object->exports_set_method ||
           (object->version && strncmp(object->version, "LibreSSL", strlen("LibreSSL")) == 0);
}

/* ---- The OpenSSL inside ---- */

/* As preload/symbol_file.c has it, except that a pin compares more than the build id. */
static bool has_debug_symbols(const struct object *object)
{
    char digits[2 * OBJECT_LONGEST_BUILD_ID + 1] = "";
    struct object *debug;
    const char *error;
    bool has;
    char *path;

    if (object->build_id_size == 0)
        return false;
    for (size_t i = 0; i < object->build_id_size; i++)
        snprintf(digits + 2 * i, 3, "%02x", object->build_id[i]);
    path = text_of("/usr/lib/debug/.build-id/%.2s/%s.debug", digits, digits + 2);
    debug = object_of(path, &error);
    has = debug && debug->has_own_symbols && debug->build_id_size == object->build_id_size &&
          memcmp(debug->build_id, object->build_id, object->build_id_size) == 0;
    object_free(debug);
    free(path);
    return has;
}

enum inside object_inside(const struct object *object)
{
    if (object->exports_openssl)
        return INSIDE_EXPORTED;
    if (!object->has_generator)
        return INSIDE_NONE;
    if (!object->has_signal)
        return INSIDE_SILENT;
    if (object->is_provider) /* a pin would be for a generator that its owner does not draw from */
        return INSIDE_STRIPPED;
    return object->has_own_symbols || has_debug_symbols(object) ? INSIDE_SYMBOLS : INSIDE_STRIPPED;
}
