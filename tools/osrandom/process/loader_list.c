/*
 * See loader_list.h. The program's DT_DEBUG leads there. Which object the program is is not asked:
 * one that was started as an argument of ld.so is not the one that the kernel has started.
 */
#include "loader_list.h"

#include <elf.h>
#include <string.h>

#include "mapped.h"
#include "remote_image.h"

enum { MOST_CANDIDATES = 4096, MOST_ENTRIES = 8192 };

static bool read_words(struct process *process, unsigned int size, uint64_t address,
                       uint64_t *words, size_t count)
{
    uint32_t narrow[8];

    if (size == sizeof(*words))
        return process_read(process, address, words, count * sizeof(*words));
    if (count > sizeof(narrow) / sizeof(narrow[0]) ||
        !process_read(process, address, narrow, count * sizeof(narrow[0])))
        return false;
    for (size_t i = 0; i < count; i++)
        words[i] = narrow[i];
    return true;
}

/* The first entry of the list, by what DT_DEBUG holds: a version, and the entry's address. */
static uint64_t first_entry(struct process *process, unsigned int *word)
{
    size_t candidates = 0;

    for (size_t i = 0; i < process->count && candidates < MOST_CANDIDATES; i++) {
        struct remote_image image;
        uint64_t debug, first[2];

        if (!mapped_is_candidate(&process->mappings[i]))
            continue;
        candidates++;
        if (remote_image_headers(&image, process, &process->mappings[i]) != REMOTE_IMAGE_COPIED ||
            !remote_image_dynamic(&image, process, DT_DEBUG, &debug) || debug == 0 ||
            !read_words(process, image.word, debug, first, 2) || first[1] == 0)
            continue;
        *word = image.word;
        return first[1];
    }
    return 0;
}

enum listed loader_lists(struct process *process, uint64_t dynamic)
{
    enum { ADDRESS, NAME, DYNAMIC, NEXT, WORDS };
    unsigned int word = 0;
    uint64_t entry = first_entry(process, &word), words[WORDS];

    if (entry == 0)
        return LIST_UNREADABLE;
    for (size_t i = 0; i < MOST_ENTRIES && entry != 0; i++) {
        if (!read_words(process, word, entry, words, WORDS))
            return LIST_UNREADABLE;
        if (words[DYNAMIC] == dynamic)
            return LISTED;
        entry = words[NEXT];
    }
    return entry == 0 ? NOT_LISTED : LIST_UNREADABLE;
}
