/*
 * libFuzzer on tools/osrandom/process/status_block.c, through process_from(): the input is all that
 * a hostile process can show, its mappings and its memory (reader_input.h). There must be an
 * answer, and a well formed one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/printable.h"
#include "process/status_block.h"
#include "reader_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool condition)
{
    if (!condition)
        abort();
}

static void take(void *into, size_t length, const uint8_t **data, size_t *left)
{
    memcpy(into, *data, length);
    *data += length;
    *left -= length;
}

/* The offsets of the file are the addresses of the process; what no piece fills reads as 0. */
static int memory_of(const uint8_t *data, size_t left)
{
    int memory = memfd_create("memory", MFD_CLOEXEC);
    struct reader_piece piece;

    need(memory >= 0);
    while (left >= sizeof(piece)) {
        take(&piece, sizeof(piece), &data, &left);
        if (piece.length > left)
            piece.length = (uint32_t)left;
        if (piece.address < INT64_MAX - UINT32_MAX)
            need(pwrite(memory, data, piece.length, (off_t)piece.address) >= -1);
        data += piece.length;
        left -= piece.length;
    }
    return memory;
}

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
    struct reader_input input;
    struct process process;
    enum block_result result;
    bool changed;
    char *list;

    if (size < sizeof(input))
        return 0;
    take(&input, sizeof(input), &data, &size);
    if (input.list_length > size)
        input.list_length = (uint32_t)size;
    list = calloc(1, input.list_length + 1);
    take(list, input.list_length, &data, &size);
    if (process_from(&process, list, memory_of(data, size)) != 0)
        return 0;
    result = block_of_process(&process, &status, &changed);
    need(result <= BLOCK_FAILED);
    if (result == BLOCK_READ)
        check(&status);
    process_close(&process);
    return 0;
}
