/*
 * libFuzzer on preload/symbol_file: the input is an ELF file, laid out in memory and looked for on
 * disk. Whatever it holds, an answer must be code of the object, and nothing may stay open.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "layout.h"
#include "symbol_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_code(const struct elf_image *image, const void *address)
{
    for (size_t i = 0; i < image->header_count; i++)
        if (image->headers[i].p_type == PT_LOAD && (image->headers[i].p_flags & PF_X) &&
            lies_in((uintptr_t)address - image->base - image->headers[i].p_vaddr, 1,
                    image->headers[i].p_filesz))
            return true;
    return false;
}

static void look(const struct elf_image *image, const char *path, const void *caller)
{
    struct wanted_symbol wanted[] = {{.name = "copied_first"}, {.name = "copied_second"},
                                     {.name = "small_local"},  {.name = "RAND_bytes"},
                                     {.name = "_start"},       {.name = "frame_dummy"}};
    const size_t count = sizeof(wanted) / sizeof(wanted[0]);
    enum symbol_file_answer answer = symbol_file_find(image, path, caller, wanted, count);

    need(answer <= SYMBOLS_NO_MEMORY && *symbol_file_reason(answer));
    for (size_t i = 0; i < count; i++)
        need(!wanted[i].address || (answer == SYMBOLS_FOUND && is_code(image, wanted[i].address)));
}

/* The descriptors that are open now end there. */
static int next_descriptor(void)
{
    int next = dup(0);

    close(next);
    return next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct layout layout = {.count = 0};
    struct elf_image image;
    char path[32];
    int file, next;

    if (!lay_out(&layout, data, size))
        return 0;
    file = memfd_create("input", MFD_CLOEXEC);
    need(file >= 0 && write(file, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    next = next_descriptor();
    image = (struct elf_image){
        .base = (uintptr_t)layout.memory, .headers = layout.headers, .header_count = layout.count};
    look(&image, path, NULL);
    look(&image, path, layout.memory + layout.span / 2);
    need(next_descriptor() == next);
    close(file);
    free(layout.memory);
    return 0;
}
