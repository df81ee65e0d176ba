/*
 * libFuzzer on tools/osrandom/process/status_block.c, through process_from(): the input is all that
 * a hostile process can show, its mappings and its memory (reader_input.h). There must be an
 * answer, and a well formed one.
 */
#include "base/printable.h"
#include "process/status_block.h"
#include "reader_damage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct block *status)
{
    char printable[PATH_MAX];

    need(status->mode <= MODE_RESEED && status->source <= RANDOM_URANDOM);
    need(status->openssl_count <= OSRANDOM_STATUS_LIBCRYPTOS && status->shims > 0);
    need(status->build_id_size <= sizeof(status->build_id));
    need(memchr(status->shim.path, '\0', sizeof(status->shim.path)) != NULL);
    need(status->counters == BLOCK_COUNTED || (status->draws | status->bytes) == 0);
    for (size_t i = 0; i < status->openssl_count; i++)
        need(status->openssl[i].pin <= PIN_GUARDED &&
             memchr(status->openssl[i].object.path, '\0', PATH_MAX) != NULL);
    printable_into(printable, sizeof(printable), status->shim.path);
    for (const char *byte = printable; *byte; byte++)
        need((unsigned char)*byte >= ' ' && *byte != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct block status;
    struct process process;
    enum block_result result;
    bool changed;

    if (!reader_process(&process, data, size))
        return 0;
    result = block_of_process(&process, &status, &changed);
    need(result <= BLOCK_FAILED);
    if (result == BLOCK_READ)
        check(&status);
    process_close(&process);
    return 0;
}
