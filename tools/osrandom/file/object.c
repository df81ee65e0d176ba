/*
 * See object.h. libelf checks every offset that the file gives; texts are searched for in the whole
 * file, since the linker keeps them in no section of their own.
 */
#include "object.h"

#include <ctype.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

struct text {
    const char *bytes;
    size_t length;
};

static const char *find(struct text text, const char *wanted)
{
    return text.bytes ? memmem(text.bytes, text.length, wanted, strlen(wanted)) : NULL;
}

/* ---- Headers ---- */

static void read_program_headers(struct object *object, Elf *elf, struct text file)
{
    size_t count = 0;

    elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;

        if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_INTERP ||
            header.p_offset >= file.length || header.p_filesz > file.length - header.p_offset)
            continue;
        free(object->loader);
        object->loader = strndup(file.bytes + header.p_offset, (size_t)header.p_filesz);
    }
}

static void replace(char **text, const char *by)
{
    free(*text);
    *text = by ? text_of("%s", by) : NULL;
}

static void add_needed(struct object *object, const char *name)
{
    if (!name)
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

/* ---- Symbols ---- */

struct symbols_seen {
    bool set_method, version_number, own_bytes, exported_bytes;
};

static void note_symbol(struct object *object, struct symbols_seen *seen, const char *name,
                        const GElf_Sym *symbol, bool dynamic)
{
    bool defined = symbol->st_shndx != SHN_UNDEF;

    if (!dynamic) {
        seen->own_bytes |= defined && strcmp(name, "RAND_bytes") == 0;
        return;
    }
    if (!defined) {
        object->imports_dlopen |= strcmp(name, "dlopen") == 0 || strcmp(name, "dlmopen") == 0;
        return;
    }
    seen->set_method |= strcmp(name, "RAND_set_rand_method") == 0;
    seen->version_number |= strcmp(name, "OpenSSL_version_num") == 0 || strcmp(name, "SSLeay") == 0;
    seen->exported_bytes |= strcmp(name, "RAND_bytes") == 0; /* so does the shim */
    object->defines_getenv |= strcmp(name, "getenv") == 0;
    object->is_boringssl |= strncmp(name, "BORINGSSL_", strlen("BORINGSSL_")) == 0;
    object->is_aws_lc |= strncmp(name, "awslc_", strlen("awslc_")) == 0;
}

static void read_symbols(struct object *object, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct symbols_seen *seen)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

        if (name)
            note_symbol(object, seen, name, &symbol, header->sh_type == SHT_DYNSYM);
    }
}

static void read_sections(struct object *object, Elf *elf)
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
        if (header.sh_type == SHT_DYNAMIC)
            read_dynamic(object, elf, section, &header);
        else if (header.sh_type == SHT_DYNSYM || header.sh_type == SHT_SYMTAB)
            read_symbols(object, elf, section, &header, &seen);
        else if (header.sh_type == SHT_NOTE)
            read_build_id(object, section);
        else if (name && strcmp(name, ".go.buildinfo") == 0)
            object->is_go = true;
    }
    object->exports_openssl = seen.exported_bytes && seen.version_number;
    object->exports_set_method = seen.set_method;
    object->has_generator = object->exports_openssl || (seen.own_bytes && !seen.exported_bytes);
}

/* ---- Texts ---- */

/* "OpenSSL 3.0.19 27 Jan 2026", or LibreSSL and its number. Other texts that begin so go on in
 * words. */
static char *version_at(const char *start, const char *end)
{
    const char *number = (const char *)memchr(start, ' ', (size_t)(end - start)) + 1;
    const char *last = number;
    int dots = 0;

    for (; last < end && isprint((unsigned char)*last); last++)
        dots += *last == '.';
    if (!isdigit((unsigned char)*number) || dots < 2 || last - start > 60)
        return NULL;
    return text_of("%.*s", (int)(last - start), start);
}

static char *find_version(struct text file, const char *name)
{
    const char *end = file.bytes + file.length;
    struct text rest = file;
    const char *start;

    while ((start = find(rest, name))) {
        char *version = version_at(start, end);

        if (version)
            return version;
        rest = (struct text){start + 1, (size_t)(end - start - 1)};
    }
    return NULL;
}

/* OpenSSL's generator names its source files in error records, 1.0.x a web page: in every release
 * one of these. In two parts each, lest this program hold them itself. */
static bool holds_generator(struct text file)
{
    static const char *const traces[][2] = {
        {"/rand/", "rand_lib.c"},
        {"/rand/", "drbg_lib.c"},
        {"/rands/", "drbg_ctr.c"},
        {"OpenSSL NIST ", "SP 800-90A DRBG"},
        {"www.openssl.org/", "support/faq.html"},
    };
    bool found = false;

    for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]) && !found; i++) {
        char *trace = text_of("%s%s", traces[i][0], traces[i][1]);

        found = find(file, trace);
        free(trace);
    }
    return found;
}

static void read_texts(struct object *object, struct text file)
{
    object->has_generator = object->has_generator || holds_generator(file);
    object->names_libcrypto = find(file, "libcrypto.so") || find(file, "libssl.so");
    object->version = find_version(file, "LibreSSL ");
    if (!object->version)
        object->version = find_version(file, "OpenSSL ");
    if (object->is_boringssl)
        replace(&object->version, object->is_aws_lc ? "AWS-LC" : "BoringSSL");
}

/* ---- */

static struct object *read_elf(const char *path, Elf *elf, const struct stat *status,
                               const char **error)
{
    struct object *object;
    struct text file = {0};
    GElf_Ehdr header;

    *error = "it is no ELF program";
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
        return NULL;
    file.bytes = elf_rawfile(elf, &file.length);
    object = grown(NULL, 0, sizeof(*object));
    *object = (struct object){.path = text_of("%s", path),
                              .device = status->st_dev,
                              .inode = status->st_ino,
                              .class = header.e_ident[EI_CLASS],
                              .machine = header.e_machine,
                              .type = header.e_type};
    if (!file.bytes)
        file.length = 0;
    read_program_headers(object, elf, file);
    read_sections(object, elf);
    read_texts(object, file);
    return object;
}

struct object *object_of(const char *path, const char **error)
{
    struct object *object = NULL;
    struct stat status;
    int descriptor = -1;

    *error = "it cannot be read";
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) /* a device is not even opened */
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return NULL;
    elf_version(EV_CURRENT);
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        Elf *elf = elf_begin(descriptor, ELF_C_READ_MMAP, NULL);

        object = read_elf(path, elf, &status, error);
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
    free(object->path);
    free(object->loader);
    free(object->rpath);
    free(object->runpath);
    free(object->version);
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
