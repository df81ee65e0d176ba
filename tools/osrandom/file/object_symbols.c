/*
 * See object_symbols.h.
 */
#include "object_symbols.h"

#include <string.h>

/* What loads a library by a name that its caller gives: whoever calls these has modules. */
static bool is_loader(const char *name)
{
    static const char *const loaders[] = {
        "dlopen",
        "dlmopen",
        "apr_dso_load",
        "g_module_open",
        "g_module_open_full",
        "lt_dlopen",
        "lt_dlopenext",
        "lt_dlopenadvise",
        "uv_dlopen",
        "PR_LoadLibrary",
        "PR_LoadLibraryWithFlags",
        "sqlite3_load_extension",
        "sqlite3_enable_load_extension",
        "xmlModuleOpen",
        "Tcl_LoadFile",
    };

    for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++)
        if (strcmp(name, loaders[i]) == 0)
            return true;
    return false;
}

static bool is_one_of_starts(const char *name, const char *const *starts)
{
    for (; *starts; starts++)
        if (strncmp(name, *starts, strlen(*starts)) == 0)
            return true;
    return false;
}

static void note_import(struct object *object, const char *name)
{
    static const char *const execs[] = {"execl", "execv", "fexecve", NULL};
    static const char *const forks[] = {"fork",        "vfork",  "clone", "__libc_fork",
                                        "posix_spawn", "system", "popen", NULL};
    static const char *const generators[] = {"OSSL_LIB_CTX_new", "RAND_set", "EVP_RAND_CTX_new",
                                             "ENGINE_set_default", NULL};

    object->imports_loader |= is_loader(name);
    object->imports_exec |= is_one_of_starts(name, execs);
    object->imports_fork |= is_one_of_starts(name, forks);
    object->imports_generators |= is_one_of_starts(name, generators);
}

/* BoringSSL's self-test may not be linked. What its RAND_bytes() calls is: a function of C, since
 * 2025 of C++. */
static bool is_boringssls(const char *name)
{
    static const char *const starts[] = {
        "BORINGSSL_self_test", "awslc_version_string",     "RAND_bytes_with_additional_data",
        "BCM_rand_bytes",      "_ZN4bssl14BCM_rand_bytes", NULL};

    return is_one_of_starts(name, starts);
}

static void note_own(struct symbols_seen *seen, const char *name, const GElf_Sym *symbol)
{
    static const char *const needed[PIN_NEEDS] = {"RAND_set_rand_method", "RAND_get_rand_method",
                                                  "RAND_bytes"};

    seen->own_boringssl |= is_boringssls(name);
    seen->own_aws_lc |= strcmp(name, "awslc_version_string") == 0;
    if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC)
        return;
    for (size_t i = 0; i < PIN_NEEDS; i++) {
        if (strcmp(name, needed[i]) != 0 ||
            (seen->own[i].places && seen->own[i].address == symbol->st_value))
            continue;
        seen->own[i].address = symbol->st_value;
        seen->own[i].places++;
    }
}

static void note_export(struct object *object, struct symbols_seen *seen, const char *name)
{
    seen->set_method |= strcmp(name, "RAND_set_rand_method") == 0;
    seen->is_openssl |=
        strcmp(name, "OpenSSL_version_num") == 0 || strcmp(name, "CRYPTO_free") == 0;
    seen->exported_bytes |= strcmp(name, "RAND_bytes") == 0; /* so does the shim */
    object->defines_getenv |= strcmp(name, "getenv") == 0;
    object->is_provider |= strcmp(name, "OSSL_provider_init") == 0;
    object->is_osrandom_module |= strcmp(name, "osrandom_provider_status") == 0;
    object->is_boringssl |= strncmp(name, "BORINGSSL_", strlen("BORINGSSL_")) == 0;
    object->is_aws_lc |= strncmp(name, "awslc_", strlen("awslc_")) == 0;
}

void object_read_symbols(struct object *object, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct symbols_seen *seen)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        bool defined = symbol.st_shndx != SHN_UNDEF;

        if (!name)
            continue;
        if (header->sh_type == SHT_DYNSYM && defined)
            note_export(object, seen, name);
        else if (header->sh_type == SHT_DYNSYM)
            note_import(object, name);
        else if (defined)
            note_own(seen, name, &symbol);
    }
}

void object_judge_symbols(struct object *object, const struct symbols_seen *seen)
{
    object->exports_openssl = seen->exported_bytes && seen->is_openssl;
    object->exports_set_method = seen->set_method;
    object->has_own_symbols = true;
    for (size_t i = 0; i < PIN_NEEDS; i++)
        object->has_own_symbols = object->has_own_symbols && seen->own[i].places == 1;
    if (seen->own_boringssl && !seen->exported_bytes) {
        object->is_boringssl = true;
        object->is_aws_lc = seen->own_aws_lc;
        return;
    }
    /* the shim exports RAND_bytes() too, and is no OpenSSL */
    object->has_generator =
        object->exports_openssl || (seen->own[PIN_NEEDS - 1].places && !seen->exported_bytes);
}
